"""A lease is renewed as long as the job's phase may take, and no longer."""

import signal
import subprocess
import sys
import threading
import time

import pytest

from shared.errors import Superseded
from shared.job import JobState
from shared.job_store import Claim, JobStore, connect
from shared.object_store import ObjectStore
from shared.settings import Level
from tests.own_redis import OwnRedis
from tests.worker.job.scripted import ROOMY, claimed
from worker.job.lease import Lease, hold_lease
from worker.job.watchdog import Watchdog

LEVELS = [Level(100, 200, 2), Level(200, 400, 3)]


def test_a_level_s_first_evaluation_may_take_long_by_its_size() -> None:
    watchdog = Watchdog(LEVELS)
    assert watchdog.allowed_seconds(1) == pytest.approx(120 + 12)  # 600 s a megapixel
    watchdog.record(1, 0.5)
    watchdog.record(2, 0.5)
    assert watchdog.allowed_seconds(3) == pytest.approx(120 + 48)


def test_later_ones_may_take_some_times_as_long_as_the_slowest() -> None:
    watchdog = Watchdog(LEVELS)
    watchdog.record(3, 120.0)
    watchdog.record(4, 20.0)
    assert watchdog.allowed_seconds(5) == 1200.0


def test_quick_ones_are_not_taken_for_hung_at_once() -> None:
    watchdog = Watchdog(LEVELS)
    watchdog.record(1, 0.01)
    assert watchdog.allowed_seconds(2) == 30.0


def test_work_that_gives_no_sign_of_life_is_hung_and_its_lease_lapses(
    jobs: JobStore, objects: ObjectStore
) -> None:
    reported = threading.Event()

    def hung(claim: Claim, jobs: JobStore) -> None:
        jobs.lose(claim, "hung")
        reported.set()

    claim = claimed(jobs, objects)
    with hold_lease(claim, jobs, seconds=0.6, on_hang=hung) as lease:
        lease.expect_progress_in(0.5)
        assert reported.wait(3)
    job = jobs.get(claim.job_id)
    assert (job.state, job.log[-1].reason) == (JobState.QUEUED, "hung")


def test_a_sign_in_time_keeps_the_lease(jobs: JobStore, objects: ObjectStore) -> None:
    claim = claimed(jobs, objects, lease_seconds=0.9)
    with hold_lease(
        claim, jobs, seconds=0.9, on_hang=lambda *_: pytest.fail("taken for hung")
    ) as lease:
        for _ in range(8):
            lease.expect_progress_in(0.8)
            time.sleep(0.25)
        assert jobs.requeue_expired() == 0


def test_who_lost_the_job_is_told_so(jobs: JobStore, objects: ObjectStore) -> None:
    claim = claimed(jobs, objects)
    with hold_lease(claim, jobs, seconds=0.3) as lease:
        lease.check()
        jobs.cancel(claim.job_id)
        time.sleep(0.3)
        with pytest.raises(Superseded):
            lease.check()


def test_a_lease_that_lapsed_is_taken_up_again_if_nobody_else_has_the_job(
    jobs: JobStore, objects: ObjectStore
) -> None:
    claim = claimed(jobs, objects, lease_seconds=0.0)
    jobs.requeue_expired()
    with hold_lease(claim, jobs, seconds=0.3) as lease:
        time.sleep(0.3)
        lease.check()
    assert jobs.get(claim.job_id).state is JobState.RUNNING
    assert jobs.claim_next(ROOMY, 1) is not None  # its own worker asks for more: it was abandoned


def test_a_lease_is_renewed_again_when_redis_is_back(
    own_redis: OwnRedis, objects: ObjectStore
) -> None:
    connection = connect(own_redis.url, retries=0)
    jobs = JobStore(connection)
    claim = claimed(jobs, objects)
    with hold_lease(claim, jobs, seconds=0.9) as lease:
        own_redis.stop()
        time.sleep(0.7)  # in which it cannot be renewed
        own_redis.start()
        for _ in range(3):
            time.sleep(0.7)
            lease.check()
        until = float(str(connection.zscore("gw:leases", claim.job_id))) / 1000
        assert until - connection.clock() < 2  # of its first ten seconds, seven would be left
    connection.close()


def test_a_new_lease_waits_for_the_pictures(jobs: JobStore, objects: ObjectStore) -> None:
    assert Lease(claimed(jobs, objects)).is_alive


HANGING = """
import sys, threading
from shared.job_store import Claim, JobStore, connect
from worker.job.lease import hold_lease

with hold_lease(Claim(sys.argv[2], 1), JobStore(connect(sys.argv[1])), seconds=0.6) as lease:
    lease.expect_progress_in(0.3)
    threading.Event().wait()  # as a device that never answers
"""


def test_a_process_whose_device_hangs_ends_itself_and_the_job_goes_back(
    jobs: JobStore, objects: ObjectStore, redis_url: str
) -> None:
    claim = claimed(jobs, objects)
    command = [sys.executable, "-c", HANGING, redis_url, claim.job_id]
    ended = subprocess.run(command, timeout=20, check=False, capture_output=True)
    assert ended.returncode == -signal.SIGKILL
    job = jobs.get(claim.job_id)
    assert (job.state, job.log[-1].reason) == (JobState.QUEUED, "hung")
