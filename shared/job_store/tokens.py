"""The tokens: who made each, for which owner, what it allows, and whether it is still valid.

Redis holds the hash of a token's secret, never the secret itself.
"""

import hmac
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, ValidationError, field_serializer, field_validator

from shared.job_store.connection import Connection
from shared.job_store.keys import Key

Scope = Literal["submit", "read", "operate"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
USE_SECONDS = 60.0  # within which a token's last use is not written again


def hash_of(secret: str) -> str:
    """Return the hash under which a secret is stored: of a token, a cookie, or a link."""
    # The secrets are random and long, so a slow hash would add nothing.
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


class Token(BaseModel):
    """A token's record; times are Redis's, in seconds."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    owner: str
    scopes: frozenset[Scope]
    secret_hash: str
    created: float = 0
    expires: float | None = None
    used: float | None = None
    revoked: float | None = None

    @field_validator("scopes", mode="before")
    @classmethod
    def _split(cls, scopes: object) -> object:
        return scopes.split() if isinstance(scopes, str) else scopes

    @field_serializer("scopes")
    def _join(self, scopes: frozenset[Scope]) -> str:
        return " ".join(scope for scope in SCOPES if scope in scopes)

    def is_valid_at(self, now: float) -> bool:
        """Return whether it is neither revoked nor expired."""
        return self.revoked is None and (self.expires is None or now < self.expires)


class Tokens:
    """The tokens in Redis. Every method may raise StoreUnavailable."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, token: Token, seconds: float | None = None) -> None:
        """Store a new token, which expires after `seconds`, or never."""
        now = self._connection.clock()
        expires = None if seconds is None else now + seconds
        made = token.model_copy(update={"created": now, "expires": expires})
        pipeline = self._connection.pipeline()
        fields: Any = made.model_dump(exclude_none=True)
        pipeline.hset(f"{Key.TOKEN}{token.id}", mapping=fields)
        pipeline.zadd(Key.TOKENS, {token.id: now})
        pipeline.execute()

    def valid(self, token_id: str, secret_hash: str | None = None) -> Token | None:
        """Return a token that is valid now, and record that it is used; None if there is none.

        Args:
            token_id: the token.
            secret_hash: what the secret's hash has to be, unless that was checked before.
        """
        pipeline = self._connection.pipeline(transaction=False)
        pipeline.hgetall(f"{Key.TOKEN}{token_id}")
        pipeline.time()
        fields, (seconds, _) = pipeline.execute()
        token = _token(fields)
        if token is None or not token.is_valid_at(seconds):
            return None
        if secret_hash is not None and not hmac.compare_digest(token.secret_hash, secret_hash):
            return None
        if token.used is None or seconds - token.used >= USE_SECONDS:
            self._connection.hset(f"{Key.TOKEN}{token_id}", "used", str(seconds))
        return token

    def all(self) -> list[Token]:
        """Return all tokens, also those that are no longer valid, oldest first."""
        ids: Any = self._connection.zrange(Key.TOKENS, 0, -1)
        pipeline = self._connection.pipeline(transaction=False)
        for token_id in ids:
            pipeline.hgetall(f"{Key.TOKEN}{token_id}")
        return [token for token in map(_token, pipeline.execute() if ids else []) if token]

    def exist(self) -> bool:
        """Return whether a token was ever made."""
        return bool(self._connection.exists(Key.TOKENS))

    def revoke(self, token_id: str) -> bool:
        """Let a token no longer be valid; return False if there is no such token."""
        key = f"{Key.TOKEN}{token_id}"
        if not self._connection.exists(key):
            return False
        self._connection.hsetnx(key, "revoked", str(self._connection.clock()))
        return True


def _token(fields: Mapping[str, str]) -> Token | None:
    try:
        return Token.model_validate(fields)
    except ValidationError:  # there is none, or it is of another version
        return None
