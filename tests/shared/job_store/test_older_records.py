"""Records that were written before records had a version can be read, run, ended and deleted."""

import json

import pytest

from shared.job import Job, JobState
from shared.job_store import Claim, JobEvents, JobQueue, JobStore
from shared.job_store.connection import Connection
from shared.object_store import ObjectStore
from shared.settings import StyleSettings
from tests.shared.job_store.older_records import SAMPLES, restore
from tests.shared.job_store.transitions import ANOTHER, ANY, claimed, progress

STATES = {
    "queued": JobState.QUEUED,
    "running": JobState.RUNNING,
    "fallbacks": JobState.RUNNING,
    "succeeded": JobState.SUCCEEDED,
    "failed_workers_lost": JobState.FAILED,
    "failed_out_of_memory": JobState.FAILED,
    "cancelled": JobState.CANCELLED,
}


def _expire(redis: Connection, jobs: JobStore) -> None:
    """Requeue what the sample's dead worker held: its lease ended when the sample was made."""
    redis.delete("gw:reconciled")
    assert jobs.requeue_expired() == 1


def test_there_is_a_sample_of_every_state() -> None:
    assert set(STATES) == set(SAMPLES)
    assert set(STATES.values()) == set(JobState)


@pytest.mark.parametrize("name", SAMPLES)
def test_an_older_record_is_read_completely(jobs: JobStore, redis: Connection, name: str) -> None:
    job_id, record = restore(redis, name)
    job = jobs.get(job_id)
    assert jobs.page(10).jobs == [job]
    assert (job.state, job.owner) == (STATES[name], "a1b2c3")
    assert (job.pixels, job.work) == (int(record["pixels"]), float(record["work"]))
    # of settings that did not exist then
    newer = json.loads(StyleSettings().model_dump_json()) | {"coarse_iterations": 25}
    stored = json.loads(record["settings"])
    assert json.loads(job.settings.model_dump_json()) == newer | stored
    options, inputs = (json.loads(record[name]) for name in ("options", "inputs"))
    assert job.options.model_dump(mode="json") == {"provenance": True} | options
    images = [inputs["content"], *inputs["styles"]]
    later = {"sha256": None, "orientation": 1, "convert_to": None}
    assert [each.model_dump() for each in job.inputs.all] == [later | image for image in images]
    assert job.created_at.timestamp() == pytest.approx(int(record["created_at"]) / 1000)
    assert [line.state for line in job.log][-1] is job.state
    assert len(job.log) == len(SAMPLES[name]["redis"][f"gw:log:{job_id}"]["value"])


def test_older_progress_keeps_its_losses(jobs: JobStore, redis: Connection) -> None:
    job = jobs.get(restore(redis, "running").job_id)
    assert job.progress is not None
    assert job.progress.loss == {"total": 6.5, "style": 3.25, "content": 2.25, "tv": 1.0}
    assert (job.progress.evaluation, job.eta_seconds) == (12, 41.5)
    assert job.checkpoint == f"jobs/{job.id}/1/checkpoint.npz"
    assert job.preview == f"jobs/{job.id}/1/preview.jpg"


def test_older_fallbacks_keep_their_steps(jobs: JobStore, redis: Connection) -> None:
    job = jobs.get(restore(redis, "fallbacks").job_id)
    assert job.fallback_step == 2
    assert [each.fallback_step for each in job.fallbacks] == [1, 2]
    assert [each.cause for each in job.fallbacks] == ["memory_error", "killed"]


def test_older_errors_keep_their_parameters(jobs: JobStore, redis: Connection) -> None:
    error = jobs.get(restore(redis, "failed_workers_lost").job_id).error
    assert error is not None
    assert error.code == "workers_lost"
    reasons = [each["reason"] for each in error.parameters["lost"]]
    assert reasons == ["hung", "killed by signal 9", "lapsed"]
    redis.flushdb()
    error = jobs.get(restore(redis, "failed_out_of_memory").job_id).error
    assert error is not None
    assert error.parameters == {"width": 533, "height": 400, "maximum": 256}


def test_an_older_queued_job_is_claimed_and_ends(jobs: JobStore, redis: Connection) -> None:
    job_id, _ = restore(redis, "queued")
    assert jobs.get(job_id).position == 1
    claim = claimed(jobs)
    assert claim == Claim(job_id, 1)
    jobs.report(claim, progress(3), 5.0)
    jobs.succeed(claim, "result")
    assert jobs.get(job_id).result == "result"
    assert JobQueue(redis).load() == (0, 0)


def test_an_older_running_job_can_be_ended_by_the_attempt_that_holds_it(
    jobs: JobStore, redis: Connection
) -> None:
    job_id, record = restore(redis, "running")
    jobs.succeed(Claim(job_id, int(record["attempt"])), "result")
    assert jobs.get(job_id).state is JobState.SUCCEEDED


@pytest.mark.parametrize(("name", "step"), [("running", 0), ("fallbacks", 2)])
def test_an_older_running_job_resumes_from_its_checkpoint(
    jobs: JobStore, redis: Connection, name: str, step: int
) -> None:
    job_id, _ = restore(redis, name)
    checkpoint = jobs.get(job_id).checkpoint
    _expire(redis, jobs)
    claim = claimed(jobs)
    job = jobs.get(job_id)
    assert (claim.attempt, job.checkpoint, job.fallback_step) == (2, checkpoint, step)


def test_a_loss_continues_the_count_of_older_fallback_steps(
    jobs: JobStore, redis: Connection
) -> None:
    job_id, record = restore(redis, "fallbacks")
    jobs.lose(Claim(job_id, int(record["attempt"])), "killed by signal 9", fallback_steps=1)
    assert jobs.get(job_id).fallback_step == 3
    jobs.lose(claimed(jobs, ANOTHER), "hung")
    assert jobs.get(job_id).fallback_step == 3


@pytest.mark.parametrize("name", ["failed_workers_lost", "failed_out_of_memory"])
def test_an_older_failed_job_can_be_retried(jobs: JobStore, redis: Connection, name: str) -> None:
    job_id, _ = restore(redis, name)
    jobs.retry(job_id)
    claim = claimed(jobs)
    jobs.lose(claim, "hung")  # three older losses no longer count
    assert jobs.get(job_id).state is JobState.QUEUED


@pytest.mark.parametrize("name", SAMPLES)
def test_an_older_job_is_deleted_completely(jobs: JobStore, redis: Connection, name: str) -> None:
    job_id, _ = restore(redis, name)
    if STATES[name] in (JobState.QUEUED, JobState.RUNNING):
        assert not jobs.delete(job_id)
        jobs.cancel(job_id)
    assert jobs.delete(job_id)
    assert jobs.page(10).jobs == []
    assert [key for key in redis.keys("*") if job_id in key and redis.ttl(key) < 0] == []
    assert JobQueue(redis).load() == (0, 0)
    assert JobQueue(redis).running_count() == 0
    assert jobs.ended_before(0) == []


def test_an_older_job_is_deleted_after_its_retention(jobs: JobStore, redis: Connection) -> None:
    job_id, _ = restore(redis, "succeeded")
    redis.zadd("gw:ended", {job_id: (redis.clock() - 100) * 1000})
    assert jobs.ended_before(99) == [job_id]
    assert jobs.ended_before(101) == []


def test_the_result_of_an_older_job_is_where_its_record_says(
    jobs: JobStore, redis: Connection, objects: ObjectStore
) -> None:
    job = jobs.get(restore(redis, "succeeded").job_id)
    assert job.result == f"jobs/{job.id}/1/result.png"
    objects.put(job.result, b"a picture")
    objects.put(job.inputs.content.key, b"a photo")
    assert objects.get(job.result) == b"a picture"
    assert {job.result, job.inputs.content.key} <= job.files


def test_a_reader_continues_from_older_events_to_new_ones(
    jobs: JobStore, redis: Connection
) -> None:
    job_id, _ = restore(redis, "queued")
    events = JobEvents(redis)
    before = events.last_id(job_id)
    claimed(jobs, ANY)
    after = events.read({job_id: before})[job_id][0]
    assert after is not None
    assert (after.kind, after.data) == ("state", "running")


@pytest.mark.parametrize("name", SAMPLES)
def test_older_and_new_jobs_are_listed_together(
    jobs: JobStore, redis: Connection, name: str
) -> None:
    restore(redis, name)
    assert all(isinstance(each, Job) for each in jobs.page(10).jobs)
    assert all(isinstance(each, Job) for each in jobs.running())
