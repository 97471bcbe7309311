"""The worker's image, as far as it can be tested without Docker."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
FETCH = "RUN python -m worker.fetch"


def copied_before(step: str) -> list[tuple[list[str], str]]:
    """Return sources and target of each COPY of the Dockerfile that comes before a step."""
    before, found, _ = (ROOT / "worker/Dockerfile").read_text().partition(step)
    assert found
    copies = [line.split()[1:] for line in before.splitlines() if line.startswith("COPY ")]
    return [(sources, target) for *sources, target in copies if target != "locks/"]


def test_the_files_that_are_copied_for_fetching_the_weights_suffice(tmp_path: Path) -> None:
    for sources, target in copied_before(FETCH):
        for source in sources:
            name = tmp_path / target / (Path(source).name if target.endswith("/") else "")
            name.parent.mkdir(parents=True, exist_ok=True)
            copy = shutil.copytree if (ROOT / source).is_dir() else shutil.copy
            copy(ROOT / source, name)
    # from the cache: only which modules it needs is tested
    fetched = subprocess.run(
        [
            sys.executable,
            "-P",
            "-c",
            "import worker.fetch as fetch; print(fetch.__file__); fetch.main()",
        ],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert fetched.returncode == 0, fetched.stderr
    assert fetched.stdout.startswith(str(tmp_path))
