"""The browsers that are signed in, and the links that sign one in."""

from typing import Any

from shared.job_store.connection import Connection
from shared.job_store.keys import Key


class Sessions:
    """Which token each cookie and each sign-in link stands for. May raise StoreUnavailable.

    Cookies and links are known by the hashes of their secrets.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def start(self, secret_hash: str, token_id: str, seconds: float) -> None:
        """Let a cookie stand for a token, for `seconds`."""
        self._connection.set(f"{Key.SESSION}{secret_hash}", token_id, px=round(seconds * 1000))

    def token_id(self, secret_hash: str) -> str | None:
        """Return the id of the token that a cookie stands for."""
        token_id: Any = self._connection.get(f"{Key.SESSION}{secret_hash}")
        return None if token_id is None else str(token_id)

    def end(self, secret_hash: str) -> None:
        """Let a cookie stand for nothing."""
        self._connection.delete(f"{Key.SESSION}{secret_hash}")

    def offer(self, code_hash: str, token_id: str, seconds: float) -> None:
        """Let a sign-in link sign in once with a token, within `seconds`."""
        self._connection.set(f"{Key.SIGN_IN}{code_hash}", token_id, px=round(seconds * 1000))

    def redeem(self, code_hash: str) -> str | None:
        """Return the id of a sign-in link's token, and let the link no longer work."""
        token_id: Any = self._connection.getdel(f"{Key.SIGN_IN}{code_hash}")
        return None if token_id is None else str(token_id)
