"""The pictures that pages and the documentation show were painted with what there is now."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bench import preset_sheets, style_sheet
from bench.page_pictures import CARDS, PHOTOGRAPH, SAMPLE, PagePicture
from bench.paintings import is_stale
from samples import photograph_path
from shared.settings import PRESETS

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("picture", [*CARDS, SAMPLE], ids=lambda picture: picture.name)
def test_a_picture_was_painted_with_the_settings_that_it_shows(picture: PagePicture) -> None:
    assert not picture.is_stale(), "run make page-pictures"


@pytest.mark.parametrize("picture", [*CARDS, SAMPLE], ids=lambda picture: picture.name)
def test_a_picture_is_small_to_download(picture: PagePicture) -> None:
    with Image.open(picture.path) as image:
        assert (image.format, image.height) == ("WEBP", picture.rows)
    assert picture.path.stat().st_size < picture.most_bytes


def test_every_preset_has_a_card_and_no_card_is_left_over() -> None:
    assert {card.path.stem for card in CARDS} == set(PRESETS)
    assert set(CARDS[0].path.parent.iterdir()) == {card.path for card in CARDS}


def test_a_picture_of_other_settings_is_stale(tmp_path: Path) -> None:
    changed = SAMPLE._replace(preset="bold")
    assert changed.path == SAMPLE.path
    assert changed.is_stale()
    assert SAMPLE._replace(name=str(tmp_path / "missing")).is_stale()


def test_the_sample_photograph_is_the_one_of_scikit_image_and_small_to_download() -> None:
    with Image.open(PHOTOGRAPH) as sample, Image.open(photograph_path("chelsea")) as original:
        assert sample.size == original.size
        pixels = (np.asarray(each.convert("RGB"), np.float32) for each in (sample, original))
        assert np.abs(np.subtract(*pixels)).mean() < 4
    assert PHOTOGRAPH.stat().st_size < 120_000


SHEETS = {
    style_sheet.SHEET: style_sheet.EXAMPLES,
    **{sheet.path: sheet.examples for sheet in preset_sheets.SHEETS},
}


@pytest.mark.parametrize("path", SHEETS, ids=str)
def test_a_sheet_shows_the_styles_and_presets_as_they_are(path: Path) -> None:
    sheet = ROOT / path
    assert not is_stale(sheet, SHEETS[path]), "run make page-pictures"
    assert sheet.stat().st_size < 600_000


def test_a_sheet_is_stale_when_another_style_is_shown_or_its_settings_change() -> None:
    sheet, (first, *others) = ROOT / style_sheet.SHEET, style_sheet.EXAMPLES
    changed = first.settings.model_copy(update={"strength": 10})
    assert is_stale(sheet, [first])
    assert is_stale(sheet, [first._replace(settings=changed), *others])
    assert is_stale(Path("missing.jpg"), style_sheet.EXAMPLES)
