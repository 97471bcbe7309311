"""The examples in docs/api.md run against a live server."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from samples import photograph_path, style_path
from shared.job_store import connect
from tests.system.running_system import RunningSystem

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/api.md").read_text()
SERVER, SIZE = "http://127.0.0.1:8000", re.compile(r'("?size"?): 400')
NODE = shutil.which("node")


def examples(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def system(redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSystem]:
    connect(redis_url).flushall()
    system = RunningSystem(redis_url, tmp_path_factory.mktemp("examples"))
    system.start_web()
    system.start_worker()
    yield system
    system.end()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with the pictures that the examples name."""
    for source, name in (
        (photograph_path("chelsea"), "photo"),
        (style_path("brushwork"), "painting"),
    ):
        with Image.open(source) as image:
            image.convert("RGB").save(tmp_path / f"{name}.jpg")
    return tmp_path


def run(system: RunningSystem, folder: Path, example: str, *command: str) -> str:
    """Run an example as it stands, but for the server's address and a smaller picture."""
    assert SERVER in example
    code = SIZE.sub(r"\1: 64", example.replace(SERVER, system.url))
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [*command, code],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def height_of(path: Path) -> int:
    with Image.open(path) as image:
        return image.height


def test_the_python_examples(system: RunningSystem, folder: Path) -> None:
    first, second, third = examples("python")
    run(system, folder, first, sys.executable, "-c")
    assert [height_of(folder / name) for name in ("painted.png", "shifted.jpg")] == [64, 64]
    shown = run(system, folder, second, sys.executable, "-c")
    assert "100%, loss " in shown
    assert shown.endswith("succeeded\n")
    shown = run(system, folder, third, sys.executable, "-c")
    assert shown == "'settings.size' must be 32 or more. invalid_setting settings.size\n"


def test_the_curl_example(system: RunningSystem, folder: Path) -> None:
    (example,) = examples("sh")
    run(system, folder, example, "/bin/bash", "-euo", "pipefail", "-c")
    assert [height_of(folder / name) for name in ("painted.webp", "shifted.png")] == [64, 64]
    assert '"succeeded"' in (folder / "events.txt").read_text()
    job, again, deleted, restored = (
        json.loads((folder / f"{name}.json").read_text())
        for name in ("job", "again", "deleted", "restored")
    )
    assert (again["state"], again["settings"]) == ("queued", job["settings"])
    assert deleted["kept_until"] > deleted["deleted_at"]
    assert (restored["id"], restored["state"]) == (job["id"], "succeeded")


@pytest.mark.skipif(not NODE, reason="needs node")
def test_the_javascript_example(system: RunningSystem, folder: Path) -> None:
    (example,) = examples("js")
    run(system, folder, example, str(NODE), "--input-type=module", "-e")
    assert height_of(folder / "painted.png") == 64
