"""The client and the command line send a token, and show it nowhere."""

import pytest
from click.testing import CliRunner

from gramworks import Client
from gramworks.cli.commands import cli
from gramworks.cli.session import Session
from tests.gramworks.fake_server import FakeServer, as_json, job_json

JOB = "GET /api/v1/jobs/j1"
TOKEN = "gw_abc_secret"  # noqa: S105 - of a fake server


def _sent(server: FakeServer) -> str | None:
    [request] = server.requests(JOB)
    return request.headers.get("authorization")


@pytest.mark.parametrize(("token", "sent"), [(TOKEN, f"Bearer {TOKEN}"), (None, None), ("", None)])
def test_the_client_sends_its_token(
    server: FakeServer, token: str | None, sent: str | None
) -> None:
    server.answer(JOB, as_json(job_json("succeeded")))
    with Client(server.url, token=token) as client:
        client.job("j1")
    assert _sent(server) == sent


@pytest.mark.parametrize("words", [["--token", TOKEN], []])
def test_the_command_line_sends_the_token_of_an_option_or_the_environment(
    server: FakeServer, words: list[str]
) -> None:
    server.answer(JOB, as_json(job_json("succeeded")))
    environment = {"GRAMWORKS_TOKEN": "gw_other_secret" if words else TOKEN}
    command = ["--url", server.url, *words, "status", "j1"]
    result = CliRunner().invoke(cli, command, env=environment)
    assert result.exit_code == 0, result.output
    assert _sent(server) == f"Bearer {TOKEN}"
    assert TOKEN not in result.output


def test_a_hint_does_not_show_the_token() -> None:
    session = Session(token=TOKEN)
    assert TOKEN not in session.command("watch", "j1") + repr(session)
