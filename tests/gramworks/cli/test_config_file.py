"""The configuration file gives the server and defaults; what is typed overrides it."""

from pathlib import Path

import pytest

from tests.gramworks.cli.commands import SUBMIT, run, sent_settings, settings_of, will_succeed
from tests.gramworks.fake_server import FakeServer, as_json

LIST = "GET /api/v1/jobs"
TOKEN = "t" * 32


@pytest.fixture
def config(pictures: Path) -> Path:
    """Return the place of the user's own file."""
    path = pictures / "config/gramworks/config.toml"
    path.parent.mkdir(parents=True)
    return path


def test_it_gives_the_server_and_the_token(server: FakeServer, config: Path) -> None:
    config.write_text(f'url = "{server.url}"\ntoken = "{TOKEN}"\n')
    assert run(server, "list", GRAMWORKS_URL="").exit_code == 0
    assert server.received[0].headers["authorization"] == f"Bearer {TOKEN}"


def test_the_environment_and_options_override_it(server: FakeServer, config: Path) -> None:
    config.write_text('url = "http://127.0.0.1:9"\n[list]\nlimit = 3\n')
    assert run(server, "list").exit_code == 0
    assert run(server, "--url", server.url, "list", "--limit", "4", GRAMWORKS_URL="").exit_code == 0
    assert [received.query for received in server.requests(LIST)] == ["limit=3", "limit=4"]


def test_it_gives_defaults_of_commands(server: FakeServer, config: Path) -> None:
    will_succeed(server)
    config.write_text('[submit]\npreset = "fine"\nset = ["size=64"]\nout = "{content}.webp"\n')
    result = run(server, "submit", "photo.jpg", "painting.jpg")
    assert result.exit_code == 0, result.output
    assert sent_settings(server) == {"preset": "fine", "size": 64}
    assert (config.parents[2] / "photo.webp").exists()


def test_one_value_of_a_list_may_stand_alone_and_is_replaced_by_options(
    server: FakeServer, config: Path
) -> None:
    will_succeed(server)
    config.write_text('[submit]\nset = "size=64"\nwatch = false\n')
    for words in ((), ("-s", "seed=3")):
        run(server, "submit", "photo.jpg", "painting.jpg", *words)
    assert [settings_of(sent) for sent in server.requests(SUBMIT)] == [
        {"preset": "balanced", "size": 64},
        {"preset": "balanced", "seed": 3},
    ]


def test_another_file_can_be_named(server: FakeServer, pictures: Path) -> None:
    other = pictures / "other.toml"
    other.write_text("[list]\nlimit = 7\n")
    assert run(server, "--config", str(other), "list").exit_code == 0
    assert run(server, "list", GRAMWORKS_CONFIG=str(other)).exit_code == 0
    assert [received.query for received in server.requests(LIST)] == ["limit=7"] * 2


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[submit]\npresset = 'x'", "[submit] presset is not an option. Did you mean preset?"),
        ("uri = 'x'", "uri is not an option. Did you mean url?"),
        ("[zzzzz]\na = 1", "zzzzz is not an option. Known are"),
        ("list = 3", "list is not an option."),
        ("url = ", "config.toml: "),
        ("[list]\nlimit = 'many'", "'many' is not a valid integer"),
        ("token = 'a b'", "a token has no spaces"),
    ],
)
def test_a_mistake_in_it_is_named(
    server: FakeServer, config: Path, text: str, sentence: str
) -> None:
    config.write_text(text)
    result = run(server, "list")
    assert result.exit_code == 2
    assert sentence in " ".join(result.stderr.split())
    assert server.received == []


def test_a_file_that_is_not_text_is_named(server: FakeServer, config: Path) -> None:
    config.write_bytes(b"\xff\xfe")
    result = run(server, "list")
    assert result.exit_code == 2
    assert "config.toml" in result.stderr


def test_hints_do_not_repeat_its_address(server: FakeServer, config: Path) -> None:
    will_succeed(server)
    config.write_text(f'url = "{server.url}"\n')
    result = run(server, "submit", "photo.jpg", "painting.jpg", GRAMWORKS_URL="")
    assert "Watch it with: gramworks watch j1" in result.stderr
    assert server.requests(SUBMIT)
    server.answer(LIST, as_json({"jobs": [], "next": None}))
