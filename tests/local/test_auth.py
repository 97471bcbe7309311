"""`make up` and `make demo` need no token where only this machine reaches them."""

import pytest

from local.system import System
from shared.config import Config

LOOPBACK = [{}, {"GRAMWORKS_HOST": "localhost"}, {"GRAMWORKS_HOST": "::1"}]
REACHED_BY_OTHERS = [{"GRAMWORKS_HOST": "0.0.0.0"}, {"GRAMWORKS_PROXIES": "1"}]  # noqa: S104 - nothing is bound


def _auth(settings: dict[str, str]) -> tuple[str, str]:
    """Return what the web is started with, and what is said."""
    said: list[str] = []
    system = System(Config.read(settings), settings, said.append)
    return system._auth(), "\n".join(said)


@pytest.mark.parametrize("settings", LOOPBACK, ids=str)
def test_on_loopback_no_token_is_needed(settings: dict[str, str]) -> None:
    assert _auth(settings) == ("off", "")
    assert _auth({**settings, "GRAMWORKS_AUTH": "token"})[0] == "token"


@pytest.mark.parametrize("settings", REACHED_BY_OTHERS, ids=str)
def test_where_others_reach_it_a_token_is_needed(settings: dict[str, str]) -> None:
    auth, said = _auth(settings)
    assert auth == "token"
    assert "need a token" in said
    assert _auth({**settings, "GRAMWORKS_AUTH": "off"}) == ("off", "")
