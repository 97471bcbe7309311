"""The first token of a deployment, so that its operator can sign in without a command."""

import logging
import secrets
import sys

from shared.config import Config
from shared.errors import StoreUnavailable
from shared.job_store import SCOPES, Locks, Sessions, Tokens, connect, hash_of
from web.identity.tokens import OPERATOR, new_token

LINK_SECONDS = 3600.0
log = logging.getLogger(__name__)


def offer_first_token(config: Config) -> None:
    """Make an operator's token if there was never one, and print a link that signs in with it."""
    connection = connect(config.redis_url)
    tokens, locks = Tokens(connection), Locks(connection)
    try:
        with locks.hold("first-token") as is_held:  # several web processes may start together
            if not is_held or tokens.exist():
                return
            _, token = new_token("first token", OPERATOR, frozenset(SCOPES))
            tokens.add(token)
            link = sign_in_link(config, Sessions(connection), token.id)
    except StoreUnavailable as error:
        log.warning("There may be no token; make one with `python -m web token create`: %s", error)
        return
    finally:
        connection.close()
    hours = LINK_SECONDS / 3600
    sys.stderr.write(f"To sign in, open this link once within {hours:g} h: {link}\n")


def sign_in_link(config: Config, sessions: Sessions, token_id: str) -> str:
    """Return a link that signs a browser in with a token, once."""
    code = secrets.token_urlsafe(24)
    sessions.offer(hash_of(code), token_id, LINK_SECONDS)
    return f"{config.public_url}/signin?code={code}"
