"""The settings of a picture: bounds, presets, and JSON in both directions."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.errors import InvalidJson, InvalidRequest, InvalidSetting, UnknownSetting
from shared.settings import (
    DEFAULT_PRESET,
    DEPROCESS_MEANS,
    PRESETS,
    StyleSettings,
    parse_settings,
)

KERAS_EXAMPLE = {
    "size": 400,
    "content_weight": 2.5e-8,
    "style_weight": 1e-6,
    "tv_weight": 1e-6,
    "content_layer": "block5_conv2",
    "style_layers": {f"block{block}_conv1": 1.0 for block in range(1, 6)},
    "deprocess_means": (103.939, 116.779, 123.68),
}
BOUNDS: list[tuple[str, float, float]] = [
    ("size", 32, 4096),
    ("iterations", 1, 4000),
    ("coarse_iterations", 1, 4000),
    ("coarse_content", 0, 4),
    ("strength", 0, 100),
    ("content_weight", 0, 100),
    ("style_weight", 0, 100),
    ("moments_weight", 0, 100),
    ("tv_weight", 0, 100),
    ("pyramid", 1, 5),
    ("style_scale", 0.1, 4),
    ("seed", 0, 2**32 - 1),
]
NAMES = list(StyleSettings.model_fields)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


def _parsed(**values: Any) -> StyleSettings:
    return parse_settings(json.dumps(values))


@pytest.mark.parametrize("name", NAMES)
def test_every_setting_is_explained(name: str) -> None:
    assert StyleSettings.model_fields[name].description


@pytest.mark.parametrize("text", ["", "{}", ' {"preset": "faithful"} '])
def test_empty_settings_are_the_keras_example(text: str) -> None:
    assert parse_settings(text) == StyleSettings()
    assert KERAS_EXAMPLE.items() <= StyleSettings().model_dump().items()


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_fills_what_is_left_out(preset: str) -> None:
    filled = _parsed(preset=preset, size=333)
    assert filled == StyleSettings(**{**PRESETS[preset], "size": 333})


def test_given_values_override_the_preset() -> None:
    assert DEFAULT_PRESET in PRESETS
    assert _parsed(preset="balanced", pyramid=2).pyramid == 2


@pytest.mark.parametrize("preset", PRESETS)
def test_strength_stands_for_the_content_s_weight(preset: str) -> None:
    weak, neutral, strong = (
        _parsed(preset=preset, strength=strength).content_weight for strength in (10, 50, 90)
    )
    assert weak == pytest.approx(10 * neutral, rel=1e-3)
    assert strong == pytest.approx(neutral / 10, rel=1e-3)


def test_strength_50_is_the_keras_example() -> None:
    assert _parsed(strength=50) == StyleSettings() == StyleSettings(strength=50)


def test_a_weight_that_is_given_overrides_strength() -> None:
    assert _parsed(preset="bold", content_weight=0.25).content_weight == 0.25
    assert _parsed(preset="balanced", strength=99, content_weight=0.25).content_weight == 0.25


def test_presets_of_more_and_less_style_are_in_that_order() -> None:
    subtle, balanced, bold = (
        _parsed(preset=name).content_weight for name in ("subtle", "balanced", "bold")
    )
    assert subtle > 2 * balanced > 4 * bold


@pytest.mark.parametrize("strength", [-1, 101, 50.5, "50", None, True])
def test_a_strength_of_another_kind_is_refused_as_strength(strength: Any) -> None:
    with pytest.raises(InvalidSetting) as error:
        _parsed(strength=strength)
    assert error.value.parameters["field"] == "settings.strength"


def test_a_loss_without_any_weight_is_refused_with_the_names() -> None:
    none = dict.fromkeys(("content_weight", "style_weight", "moments_weight", "tv_weight"), 0)
    with pytest.raises(InvalidSetting) as error:
        _parsed(**none)
    for name in none:
        assert name in str(error.value.parameters["message"])
        assert _parsed(**{**none, name: 1e-6})


@pytest.mark.parametrize(("name", "least", "most"), BOUNDS)
def test_a_bound_itself_is_allowed(name: str, least: float, most: float) -> None:
    for value in (least, most):
        assert getattr(_parsed(**{name: value}), name) == value


@pytest.mark.parametrize(("name", "least", "most"), BOUNDS)
def test_a_value_beyond_a_bound_is_refused_with_the_bound(
    name: str, least: float, most: float
) -> None:
    step = 1 if isinstance(getattr(StyleSettings(), name), int) else 1e-9
    for value, bound in ((least - step, {"ge": least}), (most + step, {"le": most})):
        with pytest.raises(InvalidSetting) as error:
            _parsed(**{name: value})
        assert error.value.parameters["field"] == f"settings.{name}"
        assert bound.items() <= error.value.parameters.items()


@pytest.mark.parametrize(
    "chosen",
    [
        {},
        {"deprocess_means": "shifted", "style_layers": ["block4_conv4"]},
        {"deprocess_means": [-255, 0, 510], "style_layers": {"block1_conv2": 0.25}},
        PRESETS["balanced"],
    ],
)
def test_settings_survive_json(chosen: dict[str, Any]) -> None:
    made = _parsed(**chosen)
    assert StyleSettings.model_validate_json(made.model_dump_json()) == made
    assert parse_settings(made.model_dump_json()) == made


def test_a_list_of_layers_gives_each_the_same_weight() -> None:
    listed = _parsed(style_layers=["block1_conv1", "block3_conv4"])
    assert listed == _parsed(style_layers={"block1_conv1": 1, "block3_conv4": 1})


@pytest.mark.parametrize("preset", DEPROCESS_MEANS)
def test_means_by_name_are_stored_as_numbers(preset: str) -> None:
    chosen = _parsed(deprocess_means=preset)
    assert chosen.deprocess_means == DEPROCESS_MEANS[preset]
    assert json.loads(chosen.model_dump_json())["deprocess_means"] == [*DEPROCESS_MEANS[preset]]


def test_the_named_means_have_their_documented_values() -> None:
    assert DEPROCESS_MEANS == {
        "keras": (103.939, 116.779, 123.68),
        "shifted": (123.939, 96.779, 96.68),
    }


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"style_layers": []}, "settings.style_layers"),
        ({"style_layers": ["block6_conv1"]}, "settings.style_layers.block6_conv1"),
        ({"style_layers": {"block1_conv1": 0}}, "settings.style_layers.block1_conv1"),
        ({"style_layers": {"block1_conv1": 1001}}, "settings.style_layers.block1_conv1"),
        ({"style_layers": [1]}, "settings.style_layers"),
        ({"content_layer": "block5_conv9"}, "settings.content_layer"),
        ({"geometry": None}, "settings.geometry"),
        ({"deprocess_means": "purple"}, "settings.deprocess_means"),
        ({"deprocess_means": [1, 2]}, "settings.deprocess_means.2"),
        ({"deprocess_means": [1, 2, 3, 4]}, "settings.deprocess_means"),
        ({"deprocess_means": [1, 2, 511]}, "settings.deprocess_means.2"),
        ({"deprocess_means": [1, "2", 3]}, "settings.deprocess_means.1"),
        ({"size": "400"}, "settings.size"),
        ({"size": True}, "settings.size"),
        ({"size": 400.0}, "settings.size"),
        ({"size": float("nan")}, "settings.size"),
        ({"tv_weight": float("inf")}, "settings.tv_weight"),
        ({"preset": "wild"}, "settings.preset"),
        ({"preset": ["balanced"]}, "settings.preset"),
    ],
)
def test_a_value_of_the_wrong_type_is_refused_with_its_path(
    values: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidSetting) as error:
        _parsed(**values)
    assert error.value.parameters["field"] == field


def test_an_unknown_name_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownSetting) as error:
        _parsed(colour="red")
    assert error.value.parameters == {"field": "settings.colour", "known": sorted(NAMES)}


@pytest.mark.parametrize("text", ["{", "[]", "null", "7", '"{}"', "\x00", "{}{}", "[" * 200_000])
def test_anything_but_a_json_object_is_refused(text: str) -> None:
    with pytest.raises(InvalidJson) as error:
        parse_settings(text)
    assert error.value.parameters["field"] == "settings"


@pytest.mark.parametrize("depth", [10, 150, 250, 900, 5_000])
def test_deeply_nested_values_are_refused_with_our_error(depth: int) -> None:
    with pytest.raises(InvalidRequest):
        parse_settings('{"size":' + "[" * depth + "]" * depth + "}")


@given(values=st.dictionaries(st.sampled_from([*NAMES, "preset"]) | st.text(), JSON, max_size=3))
@settings(max_examples=60, deadline=None, derandomize=True, database=None)
def test_any_json_is_accepted_or_refused_with_our_error(values: dict[str, Any]) -> None:
    try:
        made = parse_settings(json.dumps(values))
    except InvalidRequest as error:
        json.dumps(error.parameters, allow_nan=False)
    else:
        assert StyleSettings.model_validate_json(made.model_dump_json()) == made


@pytest.mark.parametrize(
    ("size", "width", "height", "shape"),
    [
        (400, 640, 480, (400, 533)),  # the Keras example truncates
        (400, 480, 640, (400, 300)),
        (32, 32, 32, (32, 32)),
        (300, 100, 300, (300, 100)),
    ],
)
def test_the_width_follows_from_the_content(
    size: int, width: int, height: int, shape: tuple[int, int]
) -> None:
    assert StyleSettings(size=size).result_shape(width, height) == shape
