"""The benchmarks measure correctly: crossings, operations, bytes, seconds."""

from collections.abc import Iterator

import pytest

from bench import measures
from bench.evaluation import evaluation_flops
from bench.measures import CurvePoint, first_crossing
from bench.memory import slopes
from shared.settings import StyleSettings


def test_the_first_crossing_is_found_even_if_the_loss_rises_again() -> None:
    curve = [CurvePoint(n, float(n), loss) for n, loss in enumerate((9.0, 5.0, 7.0, 4.0, 6.0), 1)]
    assert first_crossing(curve, 5.0) == curve[1]
    assert first_crossing(curve, 4.5) == curve[3]
    assert first_crossing(curve, 3.0) is None


def test_operations_match_a_count_by_hand() -> None:
    settings = StyleSettings(style_layers={"block1_conv1": 1.0}, content_layer="block2_conv1")
    first = 4 * 9 * 3 * 64 * 32 * 48
    second = 4 * 9 * 64 * 64 * 32 * 48
    third = 4 * 9 * 64 * 128 * 16 * 24
    gram = 4 * 64 * 64 * 32 * 48
    assert evaluation_flops(32, 48, settings) == first + second + third + gram


def test_odd_sides_are_halved_as_in_pooling() -> None:
    settings = StyleSettings(style_layers={"block2_conv1": 1.0}, content_layer="block1_conv1")
    assert evaluation_flops(33, 35, settings) - evaluation_flops(32, 34, settings) == (
        4 * 9 * (3 * 64 + 64 * 64) * (33 * 35 - 32 * 34)
    )


def test_bytes_per_pixel_are_computed_between_neighbouring_sizes() -> None:
    rows = [
        {"rows": 10, "columns": 10, "peak_mb": 1.0},
        {"rows": 20, "columns": 10, "peak_mb": 1.5},
        {"rows": 40, "columns": 10, "peak_mb": 1.7},
    ]
    assert slopes(rows) == pytest.approx([5000, 1000])


def test_the_clock_stops_while_the_caller_handles_an_item(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    time = [0.0]
    monkeypatch.setattr(measures, "perf_counter", lambda: time[0])

    def work() -> Iterator[str]:
        for item in "ab":
            time[0] += 1
            yield item

    reported = []
    for item in measures.timed(work):
        reported.append(item)
        time[0] += 100
    assert reported == [(1.0, "a"), (2.0, "b")]
