"""Deployment settings: read from the environment, each explained, each error named."""

import socket
from pathlib import Path

import pytest

from shared.config import Config, check_address
from shared.errors import InvalidConfig

FIELDS = Config.model_fields


@pytest.mark.parametrize("name", FIELDS)
def test_every_setting_has_help_and_a_name_in_the_environment(name: str) -> None:
    field = FIELDS[name]
    assert field.description
    assert field.alias
    assert field.alias == "REDIS_URL" or field.alias.startswith("GRAMWORKS_")
    assert field.alias.isupper()


def test_an_empty_environment_is_all_defaults() -> None:
    assert Config.read({}) == Config()


@pytest.mark.parametrize("name", FIELDS)
def test_an_empty_value_is_the_default(name: str) -> None:
    assert Config.read({str(FIELDS[name].alias): ""}) == Config()


@pytest.mark.parametrize(
    ("variable", "text", "name", "value"),
    [
        ("REDIS_URL", "redis://elsewhere:1/2", "redis_url", "redis://elsewhere:1/2"),
        ("GRAMWORKS_DATA", "/var/lib/gw", "data", Path("/var/lib/gw")),
        ("GRAMWORKS_PORT", "0", "port", 0),
        ("GRAMWORKS_MAX_RESULT_MEGAPIXELS", "0.5", "max_result_megapixels", 0.5),
        ("GRAMWORKS_STYLE_CACHE_MB", "0", "style_cache_mb", 0),
        ("GRAMWORKS_WEIGHTS_SOURCE", "keras", "weights_source", "keras"),
    ],
)
def test_a_value_is_taken_from_the_environment(
    variable: str, text: str, name: str, value: object
) -> None:
    assert getattr(Config.read({variable: text, "HOME": "/x", "redis_url": "no"}), name) == value


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("GRAMWORKS_PORT", "-1"),
        ("GRAMWORKS_OUTBOUND_ALLOWED", "10.0.0.0/33"),
        ("GRAMWORKS_OUTBOUND_ALLOWED", "http://files.internal"),
        ("GRAMWORKS_PORT", "65536"),
        ("GRAMWORKS_PORT", "http"),
        ("GRAMWORKS_WEB_PROCESSES", "-1"),
        ("GRAMWORKS_WEB_PROCESSES", "65"),
        ("GRAMWORKS_WEB_THREADS", "3"),
        ("GRAMWORKS_WEB_THREADS", "2001"),
        ("GRAMWORKS_MAX_UPLOAD_MB", "0"),
        ("GRAMWORKS_MAX_UPLOAD_MB", "2001"),
        ("GRAMWORKS_MAX_INPUT_MEGAPIXELS", "0"),
        ("GRAMWORKS_MAX_INPUT_MEGAPIXELS", "171"),
        ("GRAMWORKS_MAX_INPUT_MEGAPIXELS", "nan"),
        ("GRAMWORKS_MAX_RESULT_MEGAPIXELS", "-0"),
        ("GRAMWORKS_MAX_RESULT_MEGAPIXELS", "inf"),
        ("GRAMWORKS_WEIGHTS_SOURCE", "the moon"),
        ("GRAMWORKS_LOG_LEVEL", "loud"),
    ],
)
def test_the_error_for_an_invalid_value_has_its_name_and_the_value(
    variable: str, text: str
) -> None:
    with pytest.raises(InvalidConfig) as error:
        Config.read({variable: text})
    assert error.value.parameters["name"] == variable
    assert str(error.value.parameters["message"]).startswith(f"'{text}' is ")


@pytest.mark.parametrize(
    ("variable", "text", "message"),
    [
        ("GRAMWORKS_PORT", "abc", "'abc' is not a whole number"),
        ("GRAMWORKS_PORT", "70000", "'70000' is more than 65535"),
        *(
            ("REDIS_URL", url, f"{url!r} is not a URL such as redis://127.0.0.1:6379/0")
            for url in ("localhost", "redis://localhost:abc/0", "redis://[::1", "unix:///redis")
        ),
        (
            "GRAMWORKS_IMAGES",
            "s4://x",
            "'s4://x' is not a folder or a URL such as s3://bucket/prefix",
        ),
        ("GRAMWORKS_WEIGHTS_SOURCE", "moon", "'moon' is not 'pypi' or 'keras'"),
    ],
)
def test_the_message_says_what_is_allowed(variable: str, text: str, message: str) -> None:
    with pytest.raises(InvalidConfig) as error:
        Config.read({variable: text})
    assert error.value.parameters["message"] == message


def test_an_unknown_name_is_a_warning_with_the_nearest_known_one(
    caplog: pytest.LogCaptureFixture,
) -> None:
    unknown = {"GRAMWORKS_PROT": "1", "GRAMWORKS_WORKER": "1", "OTHER": "1"}
    assert Config.read(unknown) == Config()
    assert caplog.messages == [
        "GRAMWORKS_PROT is not a setting and is ignored. Did you mean GRAMWORKS_PORT?",
    ]


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(InvalidConfig) as error:
        check_address(Config(GRAMWORKS_HOST="1.2.3.4"))
    assert error.value.parameters["name"] == "GRAMWORKS_HOST"
    assert "not an address of this machine" in str(error.value.parameters["message"])


def test_a_taken_port_is_refused_with_an_alternative() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(InvalidConfig) as error:
            check_address(Config(GRAMWORKS_PORT=port))
    assert error.value.parameters["name"] == "GRAMWORKS_PORT"
    assert f"{port} is taken. Use another one, such as GRAMWORKS_PORT={port + 1}" in str(
        error.value.parameters["message"]
    )


def test_port_0_is_a_free_port() -> None:
    assert check_address(Config(GRAMWORKS_PORT=0)) > 0


def test_images_are_stored_in_the_data_folder_by_default() -> None:
    assert Config.read({"GRAMWORKS_DATA": "/data"}).object_store_url == "/data/images"
    both = {"GRAMWORKS_DATA": "/data", "GRAMWORKS_IMAGES": "s3://bucket/prefix"}
    assert Config.read(both).object_store_url == "s3://bucket/prefix"


def test_zero_means_no_limit() -> None:
    assert Config().retention is None
    assert Config(GRAMWORKS_RETENTION_DAYS=0.5).retention == 43_200
    assert Config().memory is None
    assert Config(GRAMWORKS_MEMORY_MB=3).memory == 3_000_000
