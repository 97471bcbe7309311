"""Live workers: those that sent a heartbeat recently."""

from shared.job_store.connection import Connection
from shared.job_store.workers import Worker, Workers
from tests.shared.job_store.online_workers import announce


def test_announced_workers_are_listed_by_name(redis: Connection) -> None:
    workers = Workers(redis)
    second, first = Worker(name="b/gpu-1", pixels=10), Worker(name="a/gpu-0", pixels=20)
    for worker in (second, first, second):
        announce(workers, worker)
    assert workers.live() == [first, second]


def test_a_worker_is_live_for_some_seconds_after_its_heartbeat(redis: Connection) -> None:
    workers = Workers(redis)
    silent, heard = Worker(name="silent", pixels=1), Worker(name="heard", pixels=2)
    announce(workers, silent)
    redis.zincrby("gw:worker-names", -18, silent.name)  # time passes
    assert workers.live() == [silent]
    redis.zincrby("gw:worker-names", -3, silent.name)
    assert workers.live() == []
    announce(workers, heard)
    assert workers.live() == [heard]
    announce(workers, silent)
    assert workers.live() == [heard, silent]


def test_a_removed_worker_is_not_live(redis: Connection) -> None:
    workers = Workers(redis)
    announce(workers, Worker(name="a", pixels=1))
    workers.leave("a")
    assert workers.live() == []
    workers.leave("a")


def test_a_worker_that_has_not_loaded_its_network_is_not_live_yet(redis: Connection) -> None:
    workers = Workers(redis)
    workers.heartbeat("a")
    assert workers.live() == []


def test_the_largest_result_that_a_worker_took_is_remembered_for_a_day(redis: Connection) -> None:
    workers = Workers(redis)
    assert workers.largest_recently() is None
    for worker in (Worker(name="large", pixels=900), Worker(name="small", pixels=30)):
        announce(workers, worker)
    workers.leave("large")
    assert workers.largest_recently() == 900
    redis.zincrby("gw:largest", -86_390, "900")
    assert workers.largest_recently() == 900
    redis.zincrby("gw:largest", -11, "900")
    assert workers.largest_recently() == 30
