"""Settings and options of a request: errors name the field and the bound."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from shared.settings import PRESETS, StyleSettings
from tests.web.api_requests import JOBS, PLAIN, accepted, problem, submit, upload

NO_OBJECTS = {
    "no JSON": "size=64",
    "half": '{"size": 64',
    "a list": "[64]",
    "a number": "64",
    "null": "null",
    "a text": '"balanced"',
    "too deep": "[" * 100_000,
    "too long a number": '{"size": ' + "9" * 5000 + "}",
    "two objects": "{}{}",
    "a byte order mark": "\ufeff{}",
}
WRONG: list[tuple[str, str, str]] = [
    ('{"size": 31}', "settings.size", "must be 32 or more"),
    ('{"size": 65501}', "settings.size", "must be 65500 or less"),
    ('{"size": ' + "9" * 4000 + "}", "settings.size", "must be 65500 or less"),
    ('{"size": 1e400}', "settings.size", "whole number"),
    ('{"size": NaN}', "settings.size", "whole number"),
    ('{"size": "64"}', "settings.size", "whole number"),
    ('{"size": 64.5}', "settings.size", "whole number"),
    ('{"size": true}', "settings.size", "whole number"),
    ('{"size": "Original"}', "settings.size", "not a whole number, and not 'original'"),
    ('{"size": ["original"]}', "settings.size", "whole number"),
    ('{"iterations": 0}', "settings.iterations", "must be 1 or more"),
    ('{"pyramid": 6}', "settings.pyramid", "must be 5 or less"),
    ('{"tv_weight": NaN}', "settings.tv_weight", "finite number"),
    ('{"tv_weight": -1}', "settings.tv_weight", "must be 0"),
    ('{"tv_weight": null}', "settings.tv_weight", "must be a number"),
    ('{"style_layers": []}', "settings.style_layers", "must have 1 or more"),
    ('{"style_layers": "all"}', "settings.style_layers", "a list of layers"),
    ('{"style_layers": {"block1_conv1": 0}}', "settings.style_layers.block1_conv1", "more than 0"),
    ('{"style_layers": ["conv"]}', "settings.style_layers.conv", "'block1_conv1'"),
    ('{"style_blend": [0, 0]}', "settings.style_blend", "at least one weight must be above 0"),
    ('{"style_blend": [1, -1]}', "settings.style_blend.1", "must be 0 or more"),
    ('{"style_blend": [1001]}', "settings.style_blend.0", "must be 1000 or less"),
    ('{"style_blend": 3}', "settings.style_blend", "must be a list of numbers"),
    ('{"style_blend": [1, 1, 1, 1, 1, 1, 1, 1, 1]}', "settings.style_blend", "8 or fewer"),
    ('{"style_scale": 4.1}', "settings.style_scale", "must be 4 or less"),
    ('{"stop_when_settled": "yes"}', "settings.stop_when_settled", "must be true or false"),
    ('{"stop_when_settled": 1}', "settings.stop_when_settled", "must be true or false"),
    ('{"deprocess_means": "x"}', "settings.deprocess_means", "'keras' or 'shifted'"),
    ('{"deprocess_means": [1, 2]}', "settings.deprocess_means.2", "three numbers"),
    ('{"deprocess_means": [1, 2, 3, 4]}', "settings.deprocess_means", "must have 3 or fewer"),
    ('{"deprocess_means": {}}', "settings.deprocess_means", "list of three numbers"),
    ('{"deprocess_means": [1, 2, 511]}', "settings.deprocess_means.2", "must be 510"),
    ('{"geometry": "flat"}', "settings.geometry", "'keras' or 'aspect'"),
    ('{"geometry": "{0.__class__}"}', "settings.geometry", "'keras' or 'aspect'"),
    (
        '{"preset": "wild"}',
        "settings.preset",
        "'balanced', 'draft', 'bold', 'subtle', 'fine' or 'faithful'",
    ),
    ('{"size": ' + "[" * 900 + "]" * 900 + "}", "settings", "recursion"),
]


def _sent(client: FlaskClient, field: str, text: str) -> TestResponse:
    return client.post(JOBS, data=upload() | {field: text})


@pytest.mark.parametrize("field", ["settings", "options"])
@pytest.mark.parametrize("kind", NO_OBJECTS)
def test_anything_but_a_json_object_is_refused(client: FlaskClient, field: str, kind: str) -> None:
    body = problem(_sent(client, field, NO_OBJECTS[kind]), 422, "invalid_json")
    assert body["field"] == field
    assert "must be a JSON object" in body["detail"]


@pytest.mark.parametrize(("text", "field", "words"), WRONG, ids=[row[0][:40] for row in WRONG])
def test_a_wrong_value_is_refused_with_its_field_and_rule(
    client: FlaskClient, text: str, field: str, words: str
) -> None:
    body = problem(submit(client, settings=text), 422, "invalid_setting")
    assert body["field"] == field
    assert f"'{field}'" in body["detail"]
    assert words in body["detail"]


@pytest.mark.parametrize(
    ("settings", "bound"),
    [
        ({"size": 1}, {"minimum": 32}),
        ({"size": 70_000}, {"maximum": 65_500}),
        ({"style_layers": {"block1_conv1": 0}}, {"exclusive_minimum": 0}),
        ({"style_layers": {"block1_conv1": 2000}}, {"maximum": 1000}),
    ],
)
def test_the_error_has_the_bound_as_a_field(
    client: FlaskClient, settings: dict[str, Any], bound: dict[str, float]
) -> None:
    body = problem(submit(client, settings=json.dumps(settings)), 422, "invalid_setting")
    assert bound.items() <= body.items()


@pytest.mark.parametrize(
    ("field", "text", "known"),
    [
        ("settings", '{"colour": 1}', sorted(StyleSettings.model_fields)),
        ("settings", '{"": 1}', sorted(StyleSettings.model_fields)),
        ("settings", '{"{field}": 1}', sorted(StyleSettings.model_fields)),
        ("options", '{"webhok": ""}', ["priority", "provenance"]),
    ],
)
def test_an_unknown_name_is_refused_with_the_known_ones(
    client: FlaskClient, field: str, text: str, known: list[str]
) -> None:
    body = problem(_sent(client, field, text), 422, "unknown_setting")
    [name] = json.loads(text)
    assert body["field"] == f"{field}.{name}"
    assert body["known"] == known
    assert ", ".join(known) in body["detail"]


@pytest.mark.parametrize("priority", ['"urgent"', "1", "null"])
def test_a_wrong_option_is_refused_with_the_allowed_values(
    client: FlaskClient, priority: str
) -> None:
    sent = submit(client, options=f'{{"priority": {priority}}}')
    body = problem(sent, 422, "invalid_setting")
    assert body["field"] == "options.priority"
    assert "'high', 'normal' or 'low'" in body["detail"]


@pytest.mark.parametrize("field", ["settings", "options"])
def test_settings_sent_as_a_file_are_refused_and_not_ignored(
    client: FlaskClient, field: str
) -> None:
    sent = upload() | {field: upload([b'{"size": 64}'])["content"]}
    body = problem(client.post(JOBS, data=sent), 422, "invalid_json")
    assert body["field"] == field
    assert "as a file" in body["detail"]


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_is_accepted_and_shown_filled_in(client: FlaskClient, preset: str) -> None:
    job = accepted(submit(client, settings=json.dumps({"preset": preset, "size": 96})))
    expected = StyleSettings(**{**PRESETS[preset], "size": 96}).model_dump(mode="json")
    assert job["settings"] == expected


@pytest.mark.parametrize(("weights", "styles"), [(1, 2), (3, 2), (2, 1)])
def test_weights_for_another_number_of_styles_are_refused_with_both_numbers(
    client: FlaskClient, weights: int, styles: int
) -> None:
    blend = json.dumps({"style_blend": [1] * weights})
    body = problem(submit(client, style=[PLAIN] * styles, settings=blend), 422, "blend_mismatch")
    assert body["field"] == "settings.style_blend"
    assert (body["weights"], body["styles"]) == (weights, styles)
    for words in (f"{weights} weight", f"{styles} style image", "one weight for each", "leave"):
        assert words in body["detail"]


def test_a_weight_for_each_style_is_accepted_and_shown(client: FlaskClient) -> None:
    job = accepted(submit(client, style=[PLAIN] * 2, settings='{"style_blend": [3, 1]}'))
    assert job["settings"]["style_blend"] == [3, 1]


def test_styles_too_large_together_are_refused_with_what_would_do(client: FlaskClient) -> None:
    large = {"style_scale": 4, "preset": "balanced"}
    assert accepted(submit(client, settings=json.dumps(large)))
    body = problem(
        submit(client, style=[PLAIN] * 2, settings=json.dumps(large)), 422, "styles_too_large"
    )
    assert (body["field"], body["styles"], body["maximum"]) == ("settings.style_scale", 2, 2.82)
    fits = json.dumps({**large, "style_scale": body["maximum"]})
    assert accepted(submit(client, style=[PLAIN] * 2, settings=fits))
    one_counts = json.dumps({**large, "style_blend": [1, 0]})
    assert accepted(submit(client, style=[PLAIN] * 2, settings=one_counts))


def test_options_are_shown_as_they_were_sent(client: FlaskClient) -> None:
    assert accepted(submit(client))["options"] == {"priority": "normal", "provenance": True}
    sent = submit(client, options='{"priority": "high"}')
    assert accepted(sent)["options"] == {"priority": "high", "provenance": True}
