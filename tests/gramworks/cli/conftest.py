"""A folder with pictures."""

from pathlib import Path

import pytest

from tests.gramworks.cli.commands import fill


@pytest.fixture
def pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return fill(tmp_path, monkeypatch)
