"""Tokens: stored as hashes, cached for a short time, read from the configuration."""

import time
from pathlib import Path

import pytest

from shared.config import Config
from shared.errors import InvalidConfig
from shared.job_store import Sessions, Tokens
from shared.job_store.connection import Connection
from web.identity import tokens
from web.identity.tokens import TokenLookup, configured_tokens, new_token, read_scopes

LONG = "x" * 40


def test_a_token_is_long_enough_and_every_one_is_new() -> None:
    texts = {new_token("a", "alice", frozenset())[0] for _ in range(100)}
    assert len(texts) == 100
    assert all(len(text.split("_", 2)[2]) >= 43 for text in texts)  # 256 bits in base64


def test_redis_holds_no_secret(redis: Connection) -> None:
    text, token = new_token("a", "alice", frozenset({"read"}))
    Tokens(redis).add(token)
    secret = text.split("_", 2)[2]
    kept = [str(redis.hgetall(key)) for key in redis.scan_iter("gw:token:*")]
    assert kept
    assert not [value for value in kept if secret in value]


def test_a_revoked_token_is_refused_once_the_cache_has_expired(
    redis: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert tokens.CACHE_SECONDS <= 10
    monkeypatch.setattr(tokens, "CACHE_SECONDS", 0.3)
    lookup = TokenLookup(Tokens(redis), Sessions(redis), [])
    text, token = new_token("a", "alice", frozenset({"read"}))
    assert lookup.of_text(text) is None
    Tokens(redis).add(token)
    time.sleep(0.35)
    assert lookup.of_text(text) is not None
    Tokens(redis).revoke(token.id)
    assert lookup.of_text(text) is not None
    time.sleep(0.35)
    assert lookup.of_text(text) is None


def test_a_cached_token_needs_no_redis(redis: Connection) -> None:
    lookup = TokenLookup(Tokens(redis), Sessions(redis), [])
    text, token = new_token("a", "alice", frozenset({"read"}))
    Tokens(redis).add(token)
    lookup.of_text(text)
    before = int(redis.info("stats")["total_commands_processed"])
    for _ in range(50):
        assert lookup.of_text(text) is not None
    assert int(redis.info("stats")["total_commands_processed"]) - before <= 1


def test_a_file_has_a_token_a_line(tmp_path: Path) -> None:
    file = tmp_path / "tokens"
    file.write_text(f"# ours\n\nalice submit,read {LONG}\nbob operate {LONG}y\n")
    alice, bob = configured_tokens(Config(GRAMWORKS_TOKENS_FILE=file))
    assert (alice.owner, sorted(alice.scopes)) == ("alice", ["read", "submit"])
    assert (bob.owner, sorted(bob.scopes)) == ("bob", ["operate"])
    assert alice.id != bob.id


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (f"alice {LONG}", "an owner, scopes and a token are needed"),
        (f"alice read {LONG} more", "an owner, scopes and a token are needed"),
        (f"alice write {LONG}", "the scopes are submit, read, operate"),
        (f"a:b read {LONG}", "an owner's name has"),
        (f"alice read {LONG[:20]}", "use 32 or more"),
        (f"alice read {LONG}!", "use 32 or more"),
    ],
)
def test_an_error_in_the_file_names_the_line_and_no_secret(
    tmp_path: Path, line: str, why: str
) -> None:
    file = tmp_path / "tokens"
    file.write_text(f"alice read {LONG}y\n{line}\n")
    with pytest.raises(InvalidConfig) as error:
        configured_tokens(Config(GRAMWORKS_TOKENS_FILE=file))
    message = str(error.value.parameters["message"])
    assert error.value.parameters["name"] == "GRAMWORKS_TOKENS_FILE"
    assert message.startswith("line 2 is not a token's: ")
    assert why in message
    assert LONG[:20] not in message


def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InvalidConfig, match="cannot be read"):
        configured_tokens(Config(GRAMWORKS_TOKENS_FILE=tmp_path / "none"))


@pytest.mark.parametrize("text", ["short", "with a space" * 4, "x" * 201])
def test_a_token_of_the_environment_is_checked_and_not_shown(text: str) -> None:
    with pytest.raises(InvalidConfig) as error:
        Config.read({"GRAMWORKS_TOKEN": text})
    assert "use 32 or more" in str(error.value.parameters["message"])
    assert text not in str(error.value)
    assert error.value.__cause__ is None


def test_the_configuration_does_not_show_its_token() -> None:
    config = Config(GRAMWORKS_TOKEN=LONG)
    assert LONG not in repr(config)
    assert LONG not in config.model_dump_json()


@pytest.mark.parametrize("text", ["", "write", "read,", "read write"])
def test_unknown_scopes_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="the scopes are"):
        read_scopes(text)
