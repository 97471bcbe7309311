"""Deployment settings: read from the environment, each explained, each fault named."""

from pathlib import Path

import pytest

from shared.config import Config
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
        ("GRAMWORKS_PORT", "65536"),
        ("GRAMWORKS_PORT", "http"),
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
def test_a_value_that_breaks_its_rule_is_refused_by_name(variable: str, text: str) -> None:
    with pytest.raises(InvalidConfig) as error:
        Config.read({variable: text})
    assert error.value.parameters["name"] == variable
    assert error.value.parameters["message"]


def test_images_are_kept_beside_all_else_unless_told_otherwise() -> None:
    assert Config.read({"GRAMWORKS_DATA": "/data"}).object_store_url == "/data/images"
    both = {"GRAMWORKS_DATA": "/data", "GRAMWORKS_IMAGES": "s3://bucket/prefix"}
    assert Config.read(both).object_store_url == "s3://bucket/prefix"
