"""Live workers: those that said so lately."""

from shared.jobs.connection import Connection
from shared.workers import BELIEVED_SECONDS, Worker, Workers


def test_workers_that_announced_themselves_are_live_by_name(redis: Connection) -> None:
    workers = Workers(redis)
    second, first = Worker(name="b/gpu-1", pixels=10), Worker(name="a/gpu-0", pixels=20)
    for worker in (second, first, second):
        workers.announce(worker)
    assert workers.live() == [first, second]


def test_a_worker_is_believed_for_some_seconds(redis: Connection) -> None:
    workers = Workers(redis)
    silent, heard = Worker(name="silent", pixels=1), Worker(name="heard", pixels=2)
    workers.announce(silent)
    redis.zincrby("gw:worker-names", -BELIEVED_SECONDS - 1, silent.name)  # time goes by
    assert workers.live() == []
    workers.announce(heard)
    assert workers.live() == [heard]
    workers.announce(silent)
    assert workers.live() == [heard, silent]


def test_a_worker_that_leaves_is_not_live(redis: Connection) -> None:
    workers = Workers(redis)
    workers.announce(Worker(name="a", pixels=1))
    workers.leave("a")
    assert workers.live() == []
    workers.leave("a")
