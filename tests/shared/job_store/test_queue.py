"""The queue: which job runs next, and that no two workers get the same one."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.job import Priority
from shared.job_store import Capability, JobStore, connect
from tests.parts import queue_of
from tests.shared.job_store.transitions import LEASE, claimed, queued, someone

SMALL, ANY = 100 * 100, 10**9


def _claim_all(jobs: JobStore, pixels: int = ANY) -> list[str]:
    order = []
    while claim := jobs.claim_next(someone(pixels), LEASE):
        order.append(claim.job_id)
    return order


def test_an_empty_queue_has_no_claim(jobs: JobStore) -> None:
    assert jobs.claim_next(someone(), LEASE) is None


def test_jobs_are_claimed_first_come_first_served(jobs: JobStore) -> None:
    submitted = [queued(jobs) for _ in range(12)]
    assert _claim_all(jobs) == submitted


def test_a_higher_priority_goes_first_even_if_it_was_submitted_later(jobs: JobStore) -> None:
    order: list[Priority] = ["low", "normal", "high", "low", "normal", "high"]
    low1, normal1, high1, low2, normal2, high2 = [queued(jobs, priority=each) for each in order]
    assert _claim_all(jobs) == [high1, high2, normal1, normal2, low1, low2]


def test_a_position_is_the_rank_among_all_queued_jobs(jobs: JobStore) -> None:
    normal, low, high = queued(jobs), queued(jobs, priority="low"), queued(jobs, priority="high")
    assert [jobs.get(job).position for job in (high, normal, low)] == [1, 2, 3]
    claimed(jobs)
    assert [jobs.get(job).position for job in (high, normal, low)] == [None, 1, 2]
    jobs.cancel(normal)
    assert [jobs.get(job).position for job in (normal, low)] == [None, 1]


def test_a_job_too_large_for_a_worker_is_skipped_and_blocks_no_other_job(jobs: JobStore) -> None:
    large, small = queued(jobs, size=400), queued(jobs, size=64)
    assert _claim_all(jobs, SMALL) == [small]
    assert _claim_all(jobs, ANY) == [large]


def test_a_fitting_job_is_found_behind_hundreds_that_do_not_fit(jobs: JobStore) -> None:
    for _ in range(201):
        queued(jobs, size=400)
    fitting = queued(jobs, size=64)
    assert _claim_all(jobs, SMALL) == [fitting]


@pytest.mark.parametrize(("pixels", "fits"), [(64 * 64, True), (64 * 64 - 1, False)])
def test_a_job_fits_up_to_the_last_pixel(jobs: JobStore, pixels: int, fits: bool) -> None:
    queued(jobs, size=64, width=48)
    assert (jobs.claim_next(Capability("w", pixels), LEASE) is not None) is fits


def test_waiting_and_running_jobs_are_counted(jobs: JobStore) -> None:
    for _ in range(3):
        queued(jobs)
    claimed(jobs)
    assert (queue_of(jobs).load().jobs, queue_of(jobs).running_count()) == (2, 1)


def test_eight_workers_at_once_never_get_the_same_job(jobs: JobStore, redis_url: str) -> None:
    submitted = {queued(jobs) for _ in range(80)}

    def work(number: int) -> list[str]:
        connection = connect(redis_url)
        mine = _claim_all(JobStore(connection), ANY + number)
        connection.close()
        return mine

    with ThreadPoolExecutor(8) as pool:
        taken = [job_id for mine in pool.map(work, range(8)) for job_id in mine]
    assert len(taken) == 80
    assert set(taken) == submitted
