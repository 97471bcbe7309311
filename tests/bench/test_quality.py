"""The quality benchmark scores pictures as it says, and compares them with stored references."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from bench import minimum, neural_style, quality, quality_pairs
from bench.quality_pairs import pairs_to_score, read
from bench.scores import OCTAVES, Scorer
from samples import MEASURED_STYLES, PHOTOGRAPHS, photograph_path, style_path
from shared.settings import PRESETS
from worker.engine.vgg19.layers import Weights

PAIR = "astronaut/woodcut-waves"
QUICK = {"iterations": 1, "coarse_iterations": 1, "pyramid": 2}


@pytest.fixture(scope="module")
def scorer(weights: Weights) -> Scorer:
    return Scorer(weights)


@pytest.fixture
def stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty file of references."""
    file = tmp_path / "reference.json"
    file.write_text("{}")
    for module in (quality_pairs, neural_style):
        monkeypatch.setattr(module, "REFERENCES", file)
    return file


def test_all_samples_are_paired_and_a_folder_s_own_come_first(tmp_path: Path) -> None:
    assert len(list(pairs_to_score(None))) == len(PHOTOGRAPHS) * len(MEASURED_STYLES)
    names = [pair.name for pair in pairs_to_score(tmp_path)]
    assert names[:2] == ["golden_gate/the_scream", "golden_gate/starry_night"]
    assert [pair.stem for pair in pairs_to_score(None, [PAIR])] == ["astronaut-woodcut-waves"]


def test_a_picture_is_at_the_result_s_size_and_a_painting_keeps_its_shape() -> None:
    [pair] = pairs_to_score(None, ["coffee/brushwork"])
    assert pair.content(64).shape == (64, 96, 3)
    painting = read(style_path("brushwork"))
    rows, columns, _ = pair.style(64).shape
    assert columns / rows == pytest.approx(painting.shape[1] / painting.shape[0], rel=0.02)
    assert max(pair.style_as_long_as(96).shape) == 96


def test_the_photograph_has_no_content_error_and_the_painting_no_style_error(
    scorer: Scorer,
) -> None:
    content, style = (
        read(path, 128, 128)
        for path in (photograph_path("astronaut"), style_path(MEASURED_STYLES[0]))
    )
    photograph, painting = scorer(content, content, style), scorer(style, content, style)
    assert photograph.content == photograph.content_unread == 0
    assert painting.style == painting.style_unread == 0
    assert photograph.style > 0.1 < painting.content
    assert len(photograph.octaves) == OCTAVES


def test_a_picture_too_small_for_its_octaves_is_refused(
    scorer: Scorer, capsys: pytest.CaptureFixture[str]
) -> None:
    small = np.zeros((127, 300, 3), np.uint8)
    with pytest.raises(ValueError, match="below 128"):
        scorer(small, small, small)
    with pytest.raises(SystemExit):
        quality.main(["--rows", "127"])
    assert "--rows must be 128 or more" in capsys.readouterr().err


def test_a_grey_picture_has_no_gram_matrix_to_speak_of(scorer: Scorer) -> None:
    """Whatever the style, the error is near the error of nothing, which is 1."""
    grey = np.full((128, 128, 3), 118, np.uint8)
    style = read(style_path("stained-glass"), 128, 128)
    assert scorer(grey, grey, style).style > 0.5


def test_the_benchmark_writes_rows_pictures_and_a_sheet(
    stored: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setitem(PRESETS, "balanced", {**PRESETS["balanced"], **QUICK})
    stored.write_text(json.dumps({"128": {PAIR: {"style": 0.5, "content": 0.4}}}))
    out = tmp_path / "out" / "quality.json"
    quality.main(["--rows", "128", "--pairs", PAIR, "--matched", "--json", str(out)])
    as_it_comes, matched = json.loads(out.read_text())["rows"]
    assert as_it_comes["style_ratio"] == pytest.approx(as_it_comes["style"] / 0.5)
    assert as_it_comes["content_ratio"] == pytest.approx(as_it_comes["content"] / 0.4)
    assert as_it_comes["evaluations"] > 0
    assert matched["preset"] == "balanced, content matched"
    assert abs(matched["content"] - 0.4) <= abs(as_it_comes["content"] - 0.4) + 0.2
    picture = out.parent / "quality" / "astronaut-woodcut-waves-balanced.png"
    assert read(picture).shape == (128, 128, 3)
    assert out.with_suffix(".jpg").is_file()
    assert "1 pairs" in capsys.readouterr().out


def test_a_published_picture_is_the_reference_where_none_is_computed(
    stored: Path, tmp_path: Path
) -> None:
    for name, path in (
        ("golden_gate", photograph_path("astronaut")),
        ("the_scream", style_path("brushwork")),
    ):
        Image.fromarray(read(path)).save(tmp_path / f"{name}.jpg")
    photograph = read(tmp_path / "golden_gate.jpg", 128, 128)
    Image.fromarray(photograph).save(tmp_path / "published-golden_gate-the_scream.png")
    painter = quality.Painter(128)
    [pair] = pairs_to_score(tmp_path, ["golden_gate/the_scream"])
    published = painter.published(pair)
    assert published is not None
    assert published["content"] < 0.1
    assert stored.read_text() == "{}"


def test_the_peer_s_pictures_are_scored_once(
    stored: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = ["--rows", "128", "--iterations", "3", "--pairs", PAIR]
    chosen += ["--save", str(tmp_path / "pictures")]
    neural_style.main(chosen)
    made = json.loads(stored.read_text())
    assert made["128"][PAIR]["iterations"] == 3
    assert (tmp_path / "pictures" / "astronaut-woodcut-waves-neural-style.png").is_file()
    monkeypatch.setattr(neural_style, "paint", None)  # a second time would fail
    neural_style.main(chosen)
    assert json.loads(stored.read_text()) == made


def test_the_minimum_is_compared_for_each_preset_and_pair(tmp_path: Path) -> None:
    out = tmp_path / "minimum.json"
    minimum.main(["--rows", "32", "--evaluations", "24", "--pairs", "1", "--json", str(out)])
    rows = json.loads(out.read_text())["rows"]
    assert [row["preset"] for row in rows] == ["faithful", "balanced"]
    for row in rows:
        assert row["ours"] < row["start"] > row["scipy"]
        assert row["ratio"] == pytest.approx(row["ours"] / row["scipy"])
