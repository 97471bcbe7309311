"""Batches to accept, whose pictures need not be stored."""

from typing import Any

from shared.job import InputImage, JobInputs, JobOptions, Priority
from shared.job_store import Batches, JobStore, NewBatch, NewJob, new_id
from shared.settings import StyleSettings


def batches_of(jobs: JobStore, replicas: int = 0) -> Batches:
    return Batches(jobs._connection, jobs, replicas)


def image(key: str, size: int) -> InputImage:
    return InputImage(key=key, width=64, height=48, bytes=size)


def new_batch(
    batch_id: str,
    contents: int = 3,
    styles: int = 2,
    sizes: tuple[int, ...] = (64,),
    *,
    owner: str = "alice",
    priority: Priority = "normal",
) -> NewBatch:
    """Return a batch whose contents have 1000 bytes and whose styles have 500."""
    options = JobOptions(priority=priority)
    jobs = [
        NewJob(
            StyleSettings(size=size),
            options,
            JobInputs(
                content=image(f"batches/{batch_id}/{content}.png", 1000),
                styles=[image(f"batches/{batch_id}/{contents + style}.png", 500)],
            ),
            owner,
            batch_id,
        )
        for content in range(contents)
        for style in range(styles)
        for size in sizes
    ]
    sent = [{"size": size} for size in sizes]
    return NewBatch(owner, contents, styles, sent, options, jobs)


def accepted(jobs: JobStore, contents: int = 3, styles: int = 2, **more: Any) -> str:
    """Return the id of a new batch."""
    batch_id = new_id()
    batch = new_batch(batch_id, contents, styles, **more)
    return batches_of(jobs).create(batch_id, batch)


class Interrupted(Exception):
    """Stands for the death of the process."""


class DiesInBetween(Batches):
    """Accepts a batch, makes the first jobs and dies."""

    def create_planned(self, batch_id: str) -> None:
        self._scripts.run("create_planned", batch_id, 2)
        raise Interrupted


def interrupted(jobs: JobStore, contents: int = 3, styles: int = 2, owner: str = "alice") -> str:
    """Return the id of a batch of which two jobs are made and the others planned."""
    batch_id = new_id()
    batch = new_batch(batch_id, contents, styles, owner=owner)
    try:
        DiesInBetween(jobs._connection, jobs).create(batch_id, batch)
    except Interrupted:
        return batch_id
    raise AssertionError
