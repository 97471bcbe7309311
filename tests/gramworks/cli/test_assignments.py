"""`--set` takes values as a person writes them, by the server's own schema."""

from typing import Any

import click
import pytest

from gramworks.cli.assignments import check_assignments, read_assignments
from shared.settings import StyleSettings, read_settings
from tests.gramworks.cli.commands import run, sent_settings, will_succeed
from tests.gramworks.fake_server import FakeServer, as_json

SCHEMA = StyleSettings.model_json_schema()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("deprocess_means=1,2,3", [1, 2, 3]),
        ("deprocess_means= 1.5, 2, 3 ", [1.5, 2, 3]),
        ("deprocess_means=[1, 2, 3]", [1, 2, 3]),
        ("deprocess_means=shifted", "shifted"),
        ("style_layers=block1_conv1,block2_conv1", ["block1_conv1", "block2_conv1"]),
        ("style_layers=block1_conv1", ["block1_conv1"]),
        (
            "style_layers=block1_conv1:1,block2_conv1:0.5",
            {"block1_conv1": 1, "block2_conv1": 0.5},
        ),
        ('style_layers={"block1_conv1": 2}', {"block1_conv1": 2}),
        ("style_blend=2", [2]),
        ("style_blend=2,1", [2, 1]),
        ("style_blend=", []),
        ("size=600", 600),
        ("size=original", "original"),
        ("tv_weight=1e-6", 1e-6),
        ("stop_when_settled=true", True),
        ("preserve_color=none", "none"),
    ],
)
def test_a_value_becomes_what_the_setting_expects(text: str, expected: object) -> None:
    read = read_assignments([text], SCHEMA)
    assert list(read.values()) == [expected]
    read_settings(read)  # and the server accepts it


@pytest.mark.parametrize(
    ("text", "expected"),
    [("size=1,5", "1,5"), ("mood=a=b", "a=b"), ("mood=1,2", "1,2"), ("mood=[1]", [1])],
)
def test_other_values_are_left_to_the_server(text: str, expected: object) -> None:
    assert list(read_assignments([text], SCHEMA).values()) == [expected]


def test_references_in_the_schema_are_followed() -> None:
    schema: dict[str, Any] = {
        "properties": {"new": {"$ref": "#/$defs/New"}},
        "$defs": {"New": {"oneOf": [{"type": "null"}, {"type": "array"}]}},
    }
    assert read_assignments(["new=1,x"], schema) == {"new": [1, "x"]}
    assert read_assignments(["new=null"], schema) == {"new": None}


@pytest.mark.parametrize("text", ["size", "=3", " =3", ""])
def test_a_text_without_a_name_is_a_usage_error(text: str) -> None:
    with pytest.raises(click.UsageError, match="NAME=VALUE"):
        check_assignments([text])


@pytest.mark.usefixtures("pictures")
def test_submit_reads_values_by_the_schema_of_the_server(server: FakeServer) -> None:
    will_succeed(server)
    server.answer("GET /api/v1/settings", as_json({"schema": SCHEMA, "default_preset": "fine"}))
    run(server, "submit", "photo.jpg", "painting.jpg", "-s", "deprocess_means=1,2,3")
    assert sent_settings(server) == {"preset": "fine", "deprocess_means": [1, 2, 3]}
    assert len(server.requests("GET /api/v1/settings")) == 1
