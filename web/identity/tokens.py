"""Tokens: making them, reading those of the configuration, and finding the one of a request."""

import re
import secrets
from collections.abc import Callable, Iterator
from threading import Lock
from typing import cast

from cachetools import TTLCache

from shared.config import TOKEN_RULE, Config, is_token
from shared.errors import InvalidConfig
from shared.job_store import SCOPES, Scope, Sessions, Token, Tokens, hash_of

CACHE_SECONDS = 10.0  # for which a token that was revoked can still be used
CACHED = 10_000  # tokens and cookies
OWNER_RULE = "an owner's name has 1 to 64 letters, digits, and any of - . _ @"
OPERATOR = "operator"  # the owner of GRAMWORKS_TOKEN and of the first token


def new_token(name: str, owner: str, scopes: frozenset[Scope]) -> tuple[str, Token]:
    """Return a new token's text, and its record, which does not hold the text."""
    token_id = secrets.token_hex(6)
    text = f"gw_{token_id}_{secrets.token_urlsafe(32)}"
    return text, Token(
        id=token_id, name=name, owner=owner, scopes=scopes, secret_hash=hash_of(text)
    )


def configured_tokens(config: Config) -> list[Token]:
    """Return the tokens of GRAMWORKS_TOKEN and GRAMWORKS_TOKENS_FILE.

    Raises:
        InvalidConfig: the file cannot be read, or has a line that is not a token's.
    """
    tokens = []
    if config.token is not None:
        text = config.token.get_secret_value()
        tokens.append(_configured("GRAMWORKS_TOKEN", OPERATOR, frozenset(SCOPES), text))
    if config.tokens_file is not None:
        try:
            lines = config.tokens_file.read_text(encoding="utf-8").splitlines()
        except (OSError, ValueError) as error:
            message = f"{str(config.tokens_file)!r} cannot be read"
            raise InvalidConfig(name="GRAMWORKS_TOKENS_FILE", message=message) from error
        tokens += _tokens_of(lines)
    return tokens


def is_owner(name: str) -> bool:
    """Return whether a text can be an owner's name, which is part of keys in Redis."""
    return re.fullmatch(r"[\w.@-]{1,64}", name, re.ASCII) is not None


def read_scopes(text: str) -> frozenset[Scope]:
    """Return the scopes in a list that is separated by commas, or raise ValueError."""
    names = {name.strip() for name in text.split(",")}
    if names.difference(SCOPES):
        raise ValueError(f"the scopes are {', '.join(SCOPES)}")
    return frozenset(cast("set[Scope]", names))


class TokenLookup:
    """Finds tokens. What it finds, and what it does not, is cached for `CACHE_SECONDS`.

    Every method may raise StoreUnavailable.
    """

    def __init__(self, tokens: Tokens, sessions: Sessions, configured: list[Token]) -> None:
        self._tokens = tokens
        self._sessions = sessions
        self._configured = {token.id: token for token in configured}
        self._cache: TTLCache[tuple[str, str], Token | None] = TTLCache(CACHED, CACHE_SECONDS)
        self._lock = Lock()

    def of_text(self, text: str) -> Token | None:
        """Return the valid token with this text."""
        key = "token", hash_of(text)
        return self._cached(key, lambda: self._find(text, key[1]))

    def of_cookie(self, cookie: str) -> Token | None:
        """Return the valid token that a browser signed in with."""
        key = "cookie", hash_of(cookie)
        return self._cached(key, lambda: self._signed_in(key[1]))

    def of_id(self, token_id: str) -> Token | None:
        """Return the valid token with this id; the answer is not cached."""
        return self._configured.get(token_id) or self._tokens.valid(token_id)

    def forget_cookie(self, cookie: str) -> None:
        """Look a cookie up again at its next use."""
        with self._lock:
            self._cache.pop(("cookie", hash_of(cookie)), None)

    def _cached(self, key: tuple[str, str], find: Callable[[], Token | None]) -> Token | None:
        with self._lock:
            if key in self._cache:
                return self._cache[key]
        token = find()
        with self._lock:
            self._cache[key] = token
        return token

    def _find(self, text: str, secret_hash: str) -> Token | None:
        for token in self._configured.values():
            if secrets.compare_digest(token.secret_hash, secret_hash):
                return token
        prefix, _, rest = text.partition("_")
        token_id, _, secret = rest.partition("_")
        if prefix != "gw" or not secret or not is_token(text):
            return None
        return self._tokens.valid(token_id, secret_hash)

    def _signed_in(self, cookie_hash: str) -> Token | None:
        token_id = self._sessions.token_id(cookie_hash)
        return None if token_id is None else self.of_id(token_id)


def _tokens_of(lines: list[str]) -> Iterator[Token]:
    for number, line in enumerate(lines, 1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        try:
            owner, scopes, text = words
            if not is_owner(owner):
                raise ValueError(OWNER_RULE)
            if not is_token(text):
                raise ValueError("the token is not valid: " + TOKEN_RULE)
            yield _configured(f"line {number}", owner, read_scopes(scopes), text)
        except ValueError as error:
            # the line itself holds a secret; unpacking's message would not help
            why = str(error) if len(words) == 3 else "an owner, scopes and a token are needed"
            message = f"line {number} is not a token's: {why}"
            raise InvalidConfig(name="GRAMWORKS_TOKENS_FILE", message=message) from None


def _configured(name: str, owner: str, scopes: frozenset[Scope], text: str) -> Token:
    # its id is made from its text, so that a browser stays signed in when the web starts again
    secret_hash = hash_of(text)
    return Token(
        id=f"configured-{hash_of(secret_hash)[:24]}",
        name=name,
        owner=owner,
        scopes=scopes,
        secret_hash=secret_hash,
    )
