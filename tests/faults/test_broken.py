"""A short run of both scenes with a broken worker, with real processes and HTTP."""

import json
import subprocess
import sys
from typing import Any

import pytest

SCENES = {"beside": ["--jobs=20"], "alone": ["--alone=4", "--trials=0"]}


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Run both at once, since each mostly waits."""
    folder = tmp_path_factory.mktemp("broken")
    program = [sys.executable, "-m", "tests.faults.broken"]
    running = {
        scene: subprocess.Popen(
            [*program, f"--scene={scene}", f"--json={folder / scene}.json", *options]
        )
        for scene, options in SCENES.items()
    }
    for process in running.values():
        process.wait(280)
    return {scene: json.loads((folder / f"{scene}.json").read_text())[0] for scene in SCENES}


def test_a_broken_worker_fails_no_job_if_healthy_ones_are_online(
    outcomes: dict[str, dict[str, Any]],
) -> None:
    outcome = outcomes["beside"]
    assert outcome["findings"] == []
    assert outcome["ends"] == {"succeeded": outcome["jobs"]}
    assert outcome["lost_attempts"] >= 3
    assert outcome["pauses"] == [pytest.approx(30, abs=3)]


def test_a_broken_worker_alone_fails_at_most_one_job_and_the_others_wait(
    outcomes: dict[str, dict[str, Any]],
) -> None:
    outcome = outcomes["alone"]
    assert outcome["findings"] == []
    assert outcome["ends"] == {"failed": 1, "succeeded": 3}
    assert outcome["lost_attempts"] == 5  # three of the first job, then two other jobs
    assert outcome["pauses"] == [pytest.approx(30, abs=3)]
