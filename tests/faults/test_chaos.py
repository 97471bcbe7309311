"""A short chaos run: each kind of fault hits the real system once while jobs run."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests.faults.kinds import KINDS

SEED = 1
PLAN = {"seed": SEED, "jobs": 60, "faults": len(KINDS), "workers": 3}


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Run it as a program, since it uses its own mount namespace."""
    folder = tmp_path_factory.mktemp("chaos")
    options = [f"--{name}={value}" for name, value in PLAN.items()]
    places = [f"--keep={folder / 'system'}", f"--json={folder / 'outcome.json'}"]
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults", *options, *places],
        env=os.environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )
    print(done.stdout, done.stderr)
    outcome: dict[str, Any] = json.loads((folder / "outcome.json").read_text())
    return outcome


def test_no_job_is_lost_or_doubled_by_any_kind_of_fault(outcome: dict[str, Any]) -> None:
    assert (outcome["lost"], outcome["doubled"]) == (0, 0)


def test_no_transition_is_illegal_and_nothing_is_left_behind(outcome: dict[str, Any]) -> None:
    assert outcome["findings"] == []


def test_each_kind_of_fault_was_injected_unless_the_machine_lacks_support(
    outcome: dict[str, Any],
) -> None:
    struck = {row["kind"] for row in outcome["rows"]}
    assert struck | outcome["skipped"].keys() == {kind.kind for kind in KINDS}
