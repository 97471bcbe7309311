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


def test_the_time_for_a_level_s_first_evaluation_grows_with_its_size() -> None:
    watchdog = Watchdog(LEVELS)
    assert watchdog.allowed_seconds(1) == pytest.approx(120 + 12)  # 600 s a megapixel
    watchdog.record(1, 0.5)
    watchdog.record(2, 0.5)
    assert watchdog.allowed_seconds(3) == pytest.approx(120 + 48)


def test_larger_styles_are_given_more_time_before_a_level_s_first_evaluation() -> None:
    assert Watchdog(LEVELS, 4.0).allowed_seconds(1) == pytest.approx(120 + 4 * 12)
    assert Watchdog(LEVELS, 0.1).allowed_seconds(1) == pytest.approx(120 + 12)


def test_later_evaluations_may_take_a_multiple_of_the_slowest() -> None:
    watchdog = Watchdog(LEVELS)
    watchdog.record(3, 120.0)
    watchdog.record(4, 20.0)
    assert watchdog.allowed_seconds(5) == 1200.0


def test_quick_evaluations_have_a_minimum_time() -> None:
    watchdog = Watchdog(LEVELS)
    watchdog.record(1, 0.01)
    assert watchdog.allowed_seconds(2) == 30.0


def test_the_lease_of_a_job_without_progress_expires(jobs: JobStore, objects: ObjectStore) -> None:
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


def test_progress_in_time_keeps_the_lease(jobs: JobStore, objects: ObjectStore) -> None:
    claim = claimed(jobs, objects, lease_seconds=0.9)
    with hold_lease(
        claim, jobs, seconds=0.9, on_hang=lambda *_: pytest.fail("taken for hung")
    ) as lease:
        for _ in range(8):
            lease.expect_progress_in(0.8)
            time.sleep(0.25)
        assert jobs.requeue_expired() == 0


def test_an_attempt_that_lost_its_job_raises_superseded(
    jobs: JobStore, objects: ObjectStore
) -> None:
    claim = claimed(jobs, objects)
    with hold_lease(claim, jobs, seconds=0.3) as lease:
        lease.check()
        jobs.cancel(claim.job_id)
        time.sleep(0.3)
        with pytest.raises(Superseded):
            lease.check()


def test_an_expired_lease_is_resumed_if_no_other_attempt_began(
    jobs: JobStore, objects: ObjectStore
) -> None:
    claim = claimed(jobs, objects, lease_seconds=0.0)
    jobs.requeue_expired()
    with hold_lease(claim, jobs, seconds=0.3) as lease:
        time.sleep(0.3)
        lease.check()
    assert jobs.get(claim.job_id).state is JobState.RUNNING
    assert (
        jobs.claim_next(ROOMY, 1) is not None
    )  # its own worker claims again, so the job was abandoned


def test_a_lease_is_renewed_again_when_redis_is_back(
    own_redis: OwnRedis, objects: ObjectStore
) -> None:
    connection = connect(own_redis.url, retries=0)
    jobs = JobStore(connection)
    claim = claimed(jobs, objects)
    with hold_lease(claim, jobs, seconds=0.9) as lease:
        own_redis.stop()
        time.sleep(0.7)  # the lease cannot be renewed meanwhile
        own_redis.start()
        for _ in range(3):
            time.sleep(0.7)
            lease.check()
        until = float(str(connection.zscore("gw:leases", claim.job_id))) / 1000
        assert (
            until - connection.clock() < 2
        )  # without a renewal, 7 of the first 10 s would be left
    connection.close()


def test_a_new_lease_allows_time_to_load_the_pictures(jobs: JobStore, objects: ObjectStore) -> None:
    assert Lease(claimed(jobs, objects)).is_alive


HANGING = """
import sys, threading
from shared.job_store import Claim, JobStore, connect
from worker.job.lease import hold_lease

with hold_lease(Claim(sys.argv[2], 1), JobStore(connect(sys.argv[1])), seconds=0.6) as lease:
    lease.expect_progress_in(0.3)
    threading.Event().wait()  # as a device that never answers
"""


def test_a_process_whose_device_hangs_kills_itself_and_requeues_the_job(
    jobs: JobStore, objects: ObjectStore, redis_url: str
) -> None:
    claim = claimed(jobs, objects)
    command = [sys.executable, "-c", HANGING, redis_url, claim.job_id]
    ended = subprocess.run(command, timeout=20, check=False, capture_output=True)
    assert ended.returncode == -signal.SIGKILL
    job = jobs.get(claim.job_id)
    assert (job.state, job.log[-1].reason) == (JobState.QUEUED, "hung")
