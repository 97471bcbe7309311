"""The documents say what the program does."""

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.docs.tables import config_rows, preset_rows, setting_rows

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


@pytest.mark.parametrize(
    ("page", "rows"),
    [
        ("docs/settings.md", setting_rows()),
        ("docs/settings.md", preset_rows()),
        ("docs/operations.md", config_rows()),
    ],
)
def test_every_setting_is_documented_as_it_is(page: str, rows: Iterable[str]) -> None:
    lines = (ROOT / page).read_text().splitlines()
    missing = [row for row in rows if row not in lines]
    assert not missing, "put these rows into " + page + ":\n" + "\n".join(missing)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_link_leads_nowhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text())
    for link in links:
        assert "://" in link or (page.parent / link).exists(), f"{page.name}: {link}"
