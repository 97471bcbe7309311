"""The connection raises Redis's failures as one error, and recovers with Redis."""

from collections.abc import Callable

import pytest

from shared.errors import StoreUnavailable
from shared.job_store import Claim, JobStore, connect
from shared.job_store.connection import Connection
from shared.job_store.workers import Worker, Workers
from tests.own_redis import OwnRedis
from tests.parts import events_of, queue_of, redis_of
from tests.shared.job_store.online_workers import announce
from tests.shared.job_store.transitions import ANY, queued

USES: dict[str, Callable[[JobStore], object]] = {
    "ping": lambda jobs: redis_of(jobs).ping(),
    "get": lambda jobs: jobs.get("x"),
    "page": lambda jobs: jobs.page(1),
    "create": queued,
    "claim": lambda jobs: jobs.claim_next(ANY, 1),
    "renew": lambda jobs: jobs.renew(Claim("x", 1)),
    "cancel": lambda jobs: jobs.cancel("x"),
    "delete": lambda jobs: jobs.delete("x"),
    "requeue expired": lambda jobs: jobs.requeue_expired(),
    "waiting": lambda jobs: queue_of(jobs).load().jobs,
    "events": lambda jobs: events_of(jobs).read({"x": "0-0"}),
    "live workers": lambda jobs: Workers(jobs._connection).live(),
    "announce": lambda jobs: announce(Workers(jobs._connection), Worker(name="w", pixels=1)),
}


@pytest.mark.parametrize("use", USES)
def test_every_use_of_an_unavailable_redis_raises_store_unavailable(use: str) -> None:
    connection = connect("redis://127.0.0.1:1/0", retries=0)
    with pytest.raises(StoreUnavailable) as error:
        USES[use](JobStore(connection))
    assert error.value.parameters["store"] == "redis"


def test_a_client_recovers_when_redis_is_back(own_redis: OwnRedis) -> None:
    jobs = JobStore(connect(own_redis.url))
    job_id = queued(jobs)
    own_redis.stop()
    with pytest.raises(StoreUnavailable):
        jobs.get(job_id)
    own_redis.start()
    assert jobs.get(job_id).position == 1
    jobs._connection.close()


def test_scripts_that_redis_no_longer_has_are_sent_again(jobs: JobStore, redis: Connection) -> None:
    first = queued(jobs)
    redis.script_flush()
    second = queued(jobs)
    assert [jobs.get(job).position for job in (first, second)] == [1, 2]


def test_errors_of_redis_become_store_unavailable(redis: Connection) -> None:
    redis.set("text", "no list")
    with pytest.raises(StoreUnavailable, match="WRONGTYPE"):
        redis.lpush("text", "item")
    pipeline = redis.pipeline()
    pipeline.lpush("text", "item")
    with pytest.raises(StoreUnavailable, match="WRONGTYPE"):
        pipeline.execute()
