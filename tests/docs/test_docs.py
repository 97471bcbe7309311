"""The documents agree with the code."""

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from bench import settings_page
from bench.setting_examples import EXAMPLES, NOT_SHOWN
from bench.setting_tables import config_rows
from shared.job_store.keys import Key
from shared.settings import StyleSettings

ROOT = Path(__file__).parents[2]
OF_USERS = {"docker-compose.override.yml"}
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


def test_every_deployment_setting_is_documented_correctly() -> None:
    lines = (ROOT / "docs/operations.md").read_text().splitlines()
    missing = [row for row in config_rows() if row not in lines]
    assert not missing, "put these rows into docs/operations.md:\n" + "\n".join(missing)


def test_the_page_of_the_settings_is_what_its_command_writes() -> None:
    assert settings_page.PAGE.read_text() == settings_page.page(), "run make settings-page"


def test_every_setting_is_shown_by_pictures_or_says_why_not() -> None:
    assert {*EXAMPLES, *NOT_SHOWN} == set(StyleSettings.model_fields)


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_setting_s_picture_was_painted_with_the_settings_that_it_shows(name: str) -> None:
    assert not settings_page.is_stale(name), "run make settings-page"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_has_a_target(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text())
    for link in links:
        assert "://" in link or (page.parent / link).exists(), f"{page.name}: {link}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_named_file_exists(page: Path) -> None:
    """Text in backquotes that has a suffix, or ends with a slash, is the end of a path."""
    files = [f"/{path.relative_to(ROOT)}" for path in _files()]
    named = re.findall(r"`([\w./-]+(?:/|\.(?:py|lua|js|html|toml|yml)))`", page.read_text())
    for name in set(named) - OF_USERS:
        assert any(f"/{name}" in file for file in files), f"{page.name}: there is no {name}"


def _files() -> Iterable[Path]:
    """Yield the project's own files, without virtual environments and the files of runs."""
    yield from (path for path in ROOT.iterdir() if path.is_file())
    for folder in ROOT.iterdir():
        if folder.is_dir() and not folder.name.startswith("."):
            yield from (path for path in folder.rglob("*") if path.is_file())


def test_every_redis_key_is_documented() -> None:
    text = (ROOT / "docs/architecture.md").read_text()
    missing = [key for key in Key if f"`{key}" not in text]
    assert not missing, f"docs/architecture.md does not name {missing}"
