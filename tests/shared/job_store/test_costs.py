"""What a status read, a submission and a claim cost does not depend on the length of the queue."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from shared.job import InputImage, JobInputs, JobOptions
from shared.job_store import Change, JobChanges, JobStore, NewJob, new_id
from shared.job_store.connection import Connection
from shared.job_store.keys import LIMITS
from shared.settings import PRESETS, StyleSettings
from tests.parts import trash_of
from tests.shared.job_store.transitions import queued, someone

FEW, MANY = 4, 250
SMALL = 6000  # pixels, which jobs of 64 rows have at most
LARGE = 400  # rows, which do not fit the small worker
MOST_BYTES = 4000


def _sent(redis: Connection, step: Callable[[], object]) -> dict[str, int]:
    """Return how often Redis ran each command during a step, in scripts too."""
    redis.config_resetstat()
    step()
    counted: Any = redis.info("commandstats")
    return {name: each["calls"] for name, each in counted.items() if "config" not in name}


def _fill(jobs: JobStore, number: int) -> None:
    """End what runs, and queue jobs that do not fit the small worker, with a few that do."""
    for job in jobs.running():
        jobs.cancel(job.id)
    for _ in range(number):
        queued(jobs, size=LARGE)
    for _ in range(3):
        queued(jobs)


def _delete_and_restore(jobs: JobStore) -> None:
    jobs.cancel(job_id := queued(jobs))
    trash_of(jobs).move(job_id)
    trash_of(jobs).restore(job_id)


STEPS: dict[str, Callable[[JobStore], object]] = {
    "a status read": lambda jobs: jobs.page(1),
    "a page of the list": lambda jobs: jobs.page(3),
    "a submission": queued,
    "a deletion, undone": _delete_and_restore,
    "a claim": lambda jobs: jobs.claim_next(someone(), 30),
    "a claim by a worker that few jobs fit": lambda jobs: jobs.claim_next(someone(SMALL), 30),
    "a claim by a worker that no job fits": lambda jobs: jobs.claim_next(someone(10), 30),
}


@pytest.mark.parametrize("name", STEPS)
def test_it_takes_as_many_commands_for_many_queued_jobs_as_for_few(
    jobs: JobStore, redis: Connection, name: str
) -> None:
    sent = []
    for number in (FEW, FEW, MANY):
        _fill(jobs, number)
        sent.append(_sent(redis, lambda: STEPS[name](jobs)))
    assert sent[2] == sent[1]  # the first loads the scripts


def _image(key: str) -> InputImage:
    return InputImage(key=key, width=1600, height=1200, bytes=2_000_000, sha256="a" * 64)


@pytest.mark.parametrize("preset", PRESETS)
def test_a_queued_job_takes_less_than_four_kilobytes(
    jobs: JobStore, redis: Connection, preset: str
) -> None:
    settings, before = StyleSettings(**PRESETS[preset]), 0

    def used() -> int:
        redis.memory_purge()
        return sum(int(redis.memory_usage(key, 0) or 0) for key in redis.scan_iter("gw:*"))

    for number in range(300):
        if number == 100:
            before = used()
        folder = f"jobs/{(job_id := new_id())}"
        inputs = JobInputs(
            content=_image(f"{folder}/content.png"),
            styles=[_image(f"{folder}/style-{each}.png") for each in range(2)],
        )
        jobs.create(job_id, NewJob(settings, JobOptions(), inputs, "a" * 24))
    assert (used() - before) / 200 < MOST_BYTES


CHANGES: dict[str, Change] = {
    "a move to the front": Change(front=True),
    "another priority": Change(priority="low"),
    "a pause": Change(paused=True),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_takes_as_many_commands_for_many_queued_jobs_as_for_few(
    jobs: JobStore, redis: Connection, name: str
) -> None:
    changes, sent = JobChanges(redis), []
    for number in (FEW, FEW, MANY):
        for _ in range(number):
            queued(jobs, owner="other")
        first, last = queued(jobs, owner="mine"), queued(jobs, owner="mine")
        sent.append(_sent(redis, partial(changes.change, last, CHANGES[name])))
        jobs.cancel(first), jobs.cancel(last)
    assert sent[2] == sent[1]  # the first loads the scripts


def test_a_move_past_very_many_jobs_takes_as_many_commands_as_past_many(
    jobs: JobStore, redis: Connection
) -> None:
    changes = JobChanges(redis)
    many, sent = LIMITS.passed_jobs, []
    for _ in range(many):
        queued(jobs)
    changes.change(queued(jobs), Change(front=True))
    for number in (0, 2 * many):
        for _ in range(number):
            queued(jobs)
        last = queued(jobs)
        sent.append(_sent(redis, partial(changes.change, last, Change(front=True))))
    assert sent[0] == sent[1]
