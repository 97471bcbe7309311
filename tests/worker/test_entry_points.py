"""Every program of the servers reports an invalid setting in one line that names it."""

import os
import subprocess
import sys

import pytest

PROGRAMS = ("web", "worker", "worker.fetch", "worker.health", "worker.drain", "worker.dead_workers")
NOWHERE = "redis://127.0.0.1:1/0"


def run(module: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m module`, which ends by itself."""
    return subprocess.run(
        [sys.executable, "-m", module],
        env=os.environ | settings,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("module", PROGRAMS)
def test_an_invalid_setting_ends_it_with_one_line(module: str) -> None:
    ran = run(module, REDIS_URL="localhost")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == ("REDIS_URL: 'localhost' is not a URL such as redis://127.0.0.1:6379/0.\n")


@pytest.mark.parametrize("module", ["web", "worker"])
def test_an_unusable_location_for_images_ends_it_with_one_line(module: str) -> None:
    ran = run(module, GRAMWORKS_IMAGES="/dev/null/images")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.startswith("GRAMWORKS_IMAGES: ")
    assert ran.stderr.count("\n") == 1


def test_an_unknown_setting_is_a_warning_before_anything_else() -> None:
    ran = run("worker.health", REDIS_URL=NOWHERE, GRAMWORKS_PROT="1")
    warning, reason = ran.stderr.splitlines()
    assert warning == "GRAMWORKS_PROT is not a setting and is ignored. Did you mean GRAMWORKS_PORT?"
    assert reason.startswith("Redis is not available: ")
