"""A pool process ends after an unexpected error, since its device may be broken, and only then."""

import subprocess
import sys

import pytest

from shared.job_store import JobStore
from tests.shared.job_store.transitions import queued

PROGRAM = """
import sys
from shared.config import Config
from shared.errors import StoreUnavailable
from worker.pool_process import LoadedEngine, PoolProcess

def run(claim, speed=None):
    print("claimed", flush=True)
    {body}

process = PoolProcess(Config(REDIS_URL=sys.argv[1]), "w", lambda *_: LoadedEngine(run, 10**9, ""))
process._work()
print("back", flush=True)
"""


def _work(redis_url: str, body: str) -> subprocess.CompletedProcess[str]:
    """Let a process of its own claim what is queued; `body` is what running a job does."""
    program = [sys.executable, "-c", PROGRAM.format(body=body), redis_url]
    return subprocess.run(program, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize("body", ["raise RuntimeError('CUDA context lost')", "1 / 0"])
def test_an_unexpected_error_ends_the_process_before_it_claims_another_job(
    jobs: JobStore, redis_url: str, body: str
) -> None:
    for _ in range(2):
        queued(jobs)
    ran = _work(redis_url, body)
    assert (ran.returncode, ran.stdout) == (1, "claimed\n")
    assert "after an unexpected error" in ran.stderr


def test_a_store_that_is_away_does_not(jobs: JobStore, redis_url: str) -> None:
    queued(jobs)
    ran = _work(redis_url, "raise StoreUnavailable(store='images', reason='away')")
    assert (ran.returncode, ran.stdout) == (0, "claimed\nback\n")
