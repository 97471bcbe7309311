"""With replicas, a job counts as accepted or ended when they have it."""

import signal
from pathlib import Path

import pytest

from shared.errors import StoreUnavailable
from shared.job import JobState
from shared.job_store import JobStore, connect
from tests.own_redis import OwnRedis
from tests.parts import queue_of
from tests.shared.job_store.transitions import claimed, queued
from tests.system.running_system import wait_until


def test_an_accepted_or_ended_job_is_on_the_replica(own_redis: OwnRedis, tmp_path: Path) -> None:
    replica = OwnRedis(tmp_path / "replica")
    replica.start()
    host, port = own_redis.url.removeprefix("redis://").removesuffix("/0").split(":")
    copy = connect(replica.url)
    copy.replicaof(host, port)
    wait_until(lambda: copy.info("replication")["master_link_status"] == "up", "it replicates", 20)
    jobs = JobStore(connect(own_redis.url), replicas=1)
    try:
        job_id = queued(jobs)
        assert JobStore(copy).get(job_id).state is JobState.QUEUED
        jobs.succeed(claimed(jobs), "key")
        assert JobStore(copy).get(job_id).state is JobState.SUCCEEDED
    finally:
        copy.close()
        jobs._connection.close()
        replica.stop(signal.SIGKILL)  # with SIGTERM it would first write a complete AOF


def test_without_its_replica_a_job_is_not_accepted(own_redis: OwnRedis) -> None:
    jobs = JobStore(connect(own_redis.url), replicas=1)
    with pytest.raises(StoreUnavailable) as refused:
        queued(jobs)
    assert refused.value.parameters["reason"] == "0 of 1 replicas confirmed the write"
    assert queue_of(jobs).load().jobs == 0
    jobs._connection.close()
