"""`python -m web token`, and the first token of a deployment."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from shared.config import Config
from shared.job_store import Tokens
from shared.job_store.connection import Connection
from tests.ports import free_port
from tests.web.api_requests import JOBS
from tests.web.conftest import Serve
from tests.web.identity.requests import bearer, csrf_of
from web.identity.first_token import offer_first_token
from web.identity.token_commands import token_commands


@pytest.fixture
def config(redis: Connection, redis_url: str, tmp_path: Path) -> Config:
    del redis
    return Config(REDIS_URL=redis_url, GRAMWORKS_DATA=tmp_path, GRAMWORKS_URL="http://localhost")


def _run(config: Config, *words: str) -> Result:
    return CliRunner().invoke(token_commands, ["token", *words], obj=config)


def test_a_token_is_made_listed_used_and_revoked(config: Config, serve: Serve) -> None:
    made = _run(config, "create", "--owner", "alice", "--name", "laptop", "--expires", "30")
    text = made.output.strip()
    assert made.exit_code == 0
    client = serve().test_client()
    assert client.get(JOBS, headers=bearer(text)).status_code == 200
    _, token_id, secret = text.split("_", 2)
    listed = _run(config, "list").output
    assert all(word in listed for word in (token_id, "laptop", "alice", "submit,read"))
    assert secret not in listed
    assert _run(config, "revoke", token_id).exit_code == 0
    assert serve().test_client().get(JOBS, headers=bearer(text)).status_code == 401


def test_a_link_of_the_command_signs_in(config: Config, serve: Serve) -> None:
    text = _run(config, "create", "--owner", "alice").output
    link = _run(config, "link", text.split("_")[1]).stdout.strip()
    path, _, code = link.removeprefix("http://localhost").partition("?code=")
    client = serve().test_client()
    client.post(path, data={"csrf_token": csrf_of(client), "code": code})
    assert client.get(JOBS).status_code == 200


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["create"], "Missing option '--owner'"),
        (["create", "--owner", "a b"], "an owner's name has"),
        (["create", "--owner", "a", "--scopes", "write"], "the scopes are"),
        (["create", "--owner", "a", "--expires", "0"], "not in the range"),
        (["revoke", "none"], "There is no valid token none."),
        (["link", "none"], "There is no valid token none."),
    ],
)
def test_an_error_says_what_is_wrong(config: Config, words: list[str], message: str) -> None:
    result = _run(config, *words)
    assert result.exit_code != 0
    assert message in result.output


def test_without_redis_a_command_ends_with_one_line() -> None:
    config = Config(REDIS_URL=f"redis://127.0.0.1:{free_port()}/0")
    result = _run(config, "list")
    assert result.exit_code == 1
    assert result.output.startswith("Error: Redis does not answer: ")


def test_the_first_start_prints_a_link_that_signs_an_operator_in_and_later_ones_none(
    config: Config, serve: Serve, redis: Connection, capfd: pytest.CaptureFixture[str]
) -> None:
    offer_first_token(config)
    first = capfd.readouterr().err
    offer_first_token(config)
    assert capfd.readouterr().err == ""
    found = re.search(r"http://localhost(/signin)\?code=(\S+)\n", first)
    assert found is not None
    client = serve().test_client()
    client.post(found[1], data={"csrf_token": csrf_of(client), "code": found[2]})
    assert client.get(JOBS).status_code == 200
    [token] = Tokens(redis).all()
    assert (token.owner, sorted(token.scopes)) == ("operator", ["operate", "read", "submit"])


def test_without_redis_the_web_starts_all_the_same(caplog: pytest.LogCaptureFixture) -> None:
    offer_first_token(Config(REDIS_URL=f"redis://127.0.0.1:{free_port()}/0"))
    assert "python -m web token create" in json.dumps(caplog.messages)
