"""The engine's benchmark reports all columns, even if a loss is not reached."""

import json
from pathlib import Path

import numpy as np
import pytest

from bench import channels_last
from bench.curve import draw
from bench.engine import Measured, main, measure, median_run, report, row
from bench.measures import CurvePoint
from bench.ours import Run
from bench.pairs import pair
from bench.reference import MissingReference, Reference, reference
from bench.sheet import CELL, largest_of_each_pair, lay_out, line
from shared.settings import StyleSettings
from worker.engine.vgg19.layers import Weights

KEYS = [
    *("rows", "pair", "reference_loss", "loss", "evaluations", "seconds"),
    *("reference_step_seconds", "baseline_seconds", "ratio", "baseline_ratio"),
    *("torch_seconds", "torch_ratio"),
]
EASY = 8e5  # from 1.26e6, the content's own loss at 48 rows


def run_of(*losses: float, pace: float = 1.0) -> Run:
    curve = [CurvePoint(n, n * pace, loss) for n, loss in enumerate(losses, start=1)]
    black = np.zeros((48, 72, 3), np.float32)
    return Run(curve, {point.evaluation: black for point in curve})


def measured(loss: float, *runs: Run) -> Measured:
    known = Reference(loss, {1: 900.0, 4000: loss})
    baseline = [CurvePoint(1, 5.0, 500.0), CurvePoint(2, 12.0, 90.0)]
    torch = [CurvePoint(1, 6.0, 500.0), CurvePoint(2, 15.0, 90.0)]
    return Measured(pair(1, 48), known, [0.2, 0.1, 0.9], list(runs), baseline, torch)


def test_a_measured_pair_becomes_a_row_a_curve_and_a_picture(
    weights: Weights, tmp_path: Path
) -> None:
    settings = StyleSettings(size=48, iterations=8)
    known = Reference(EASY, {1: 1.26e6, 4000: EASY})
    done = measure(pair(1, 48), known, weights, settings, repeat=1)
    report(tmp_path / "made" / "engine.json", [(row(48, 1, done), done)])

    written = json.loads((tmp_path / "made" / "engine.json").read_text())
    [reported], [curves] = written["rows"], written["curves"]
    assert list(reported) == KEYS
    missing = {key for key, value in reported.items() if value is None}
    assert missing == (set() if channels_last.INSTALLED else {"torch_seconds", "torch_ratio"})
    assert reported["loss"] <= EASY
    assert len(curves["ours"]) == 8
    assert (tmp_path / "made" / "engine-48-1.png").read_bytes().startswith(b"\x89PNG")
    drawn = lay_out([line(reported, tmp_path / "made" / "engine.json")])
    assert drawn.width > 3 * CELL[0]
    draw(curves).savefig(tmp_path / "curve.png")
    assert (tmp_path / "curve.png").stat().st_size > 1000


def test_a_row_compares_the_reference_and_the_baseline_with_our_seconds() -> None:
    reported = row(48, 1, measured(100.0, run_of(900.0, 300.0, 80.0, 70.0)))
    assert (reported.loss, reported.evaluations, reported.seconds) == (80.0, 3, 3.0)
    assert reported.reference_step_seconds == 0.2
    assert reported.ratio == pytest.approx(0.2 * 4000 / 3)
    assert reported.baseline_ratio == pytest.approx(12 / 3)
    assert reported.torch_ratio == pytest.approx(15 / 3)


def test_if_the_loss_is_not_reached_the_row_has_the_lowest_loss_and_no_seconds() -> None:
    reported = row(48, 1, measured(10.0, run_of(900.0, 80.0, 95.0)))
    assert (reported.loss, reported.evaluations) == (80.0, 2)
    open_ones = (
        reported.seconds,
        reported.baseline_seconds,
        reported.ratio,
        reported.baseline_ratio,
    )
    assert open_ones == (None, None, None, None)


def test_the_median_of_several_runs_is_reported() -> None:
    runs = [run_of(900.0, 90.0, pace=pace) for pace in (3.0, 1.0, 2.0)]
    assert median_run(runs, 100.0)[2] == 4.0


def test_a_missing_reference_names_the_command_that_makes_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    command = "python -m bench.keras_example --rows 33 --pair 2"
    with pytest.raises(MissingReference, match=command):
        reference(33, 2)
    for chosen in (["--rows", "33", "--pairs", "2"], ["--rows", "33"]):
        with pytest.raises(SystemExit):
            main(chosen)
        assert "python -m bench.keras_example --rows 33 --pair" in capsys.readouterr().err


def test_the_sheet_shows_each_pair_at_its_largest_size() -> None:
    rows = [{"rows": rows, "pair": number} for rows, number in ((256, 1), (128, 2), (128, 1))]
    assert largest_of_each_pair(rows) == [{"rows": 256, "pair": 1}, {"rows": 128, "pair": 2}]
