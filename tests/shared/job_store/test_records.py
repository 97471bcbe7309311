"""The records of jobs: written, read, listed in pages, deleted."""

import pytest

from shared.errors import JobNotFound
from shared.job import JobOptions, JobState
from shared.job_store import JobStore, NewJob, new_id
from shared.job_store.connection import Connection
from shared.settings import StyleSettings
from tests.parts import events_of
from tests.shared.job_store.transitions import claimed, in_state, inputs, queued, running


def test_a_record_holds_what_was_submitted(jobs: JobStore) -> None:
    settings = StyleSettings(size=96, style_layers={"block2_conv1": 2.5}, geometry="aspect")
    options = JobOptions(priority="low")
    made = jobs.create(new_id(), NewJob(settings, options, inputs(width=128, height=64)))
    read = jobs.get(made.id)
    assert read == made
    assert (read.settings, read.options, read.inputs) == (settings, options, inputs(128, 64))
    assert (read.state, read.attempt, read.position) == (JobState.QUEUED, 0, 1)
    assert read.pixels == 96 * 192
    assert not read.ended


def test_ids_cannot_be_guessed_from_one_another() -> None:
    ids = {new_id() for _ in range(100)}
    assert len(ids) == 100
    assert {len(each) for each in ids} == {32}


def test_a_job_is_created_by_the_clock_of_redis(jobs: JobStore, redis: Connection) -> None:
    before = redis.time()[0]
    created = jobs.get(queued(jobs)).created_at.timestamp()
    assert before - 0.001 <= created <= redis.time()[0] + 1


def test_a_job_is_accepted_once_even_if_the_command_is_sent_twice(jobs: JobStore) -> None:
    job_id, other = queued(jobs), queued(jobs)
    claim = claimed(jobs)
    reported = events_of(jobs).last_id(job_id)
    again = jobs.create(job_id, NewJob(StyleSettings(size=128), JobOptions(), inputs()))
    assert (again.state, again.settings.size) == (JobState.RUNNING, 64)
    assert events_of(jobs).last_id(job_id) == reported
    assert [job.id for job in jobs.page(10).jobs] == [other, job_id]
    jobs.succeed(claim, "key")
    assert claimed(jobs).job_id == other


def test_a_record_names_float_pixels_until_it_forgets_them(
    jobs: JobStore, redis: Connection
) -> None:
    claim = running(jobs)
    for _ in range(2):  # sent again because the answer was lost
        jobs.succeed(claim, "result", "pixels")
    job = jobs.get(claim.job_id)
    assert (job.result, job.float_pixels) == ("result", "pixels")
    assert {"result", "pixels"} <= job.files
    assert jobs.with_pixels_before(3600) == []
    assert jobs.with_pixels_before(-1) == [claim.job_id]
    assert jobs.forget_pixels(claim.job_id) == "pixels"
    assert jobs.forget_pixels(claim.job_id) is None
    assert jobs.get(claim.job_id) == job.model_copy(update={"float_pixels": None})
    assert jobs.with_pixels_before(-1) == []
    another = running(jobs)
    jobs.succeed(another, "result", "pixels")
    assert jobs.delete(another.job_id)
    assert not redis.exists("gw:pixels")


@pytest.mark.parametrize("job_id", ["", "none", "*", "gw:queue", "\n", "日本", "a" * 10_000])
def test_an_unknown_id_is_not_found(jobs: JobStore, job_id: str) -> None:
    queued(jobs)
    for look in (jobs.get, jobs.cancel):
        with pytest.raises(JobNotFound) as error:
            look(job_id)
        assert error.value.parameters == {"id": job_id}
    assert not jobs.delete(job_id)


def test_pages_list_every_job_once_newest_first(jobs: JobStore) -> None:
    newest_first = [queued(jobs) for _ in range(7)][::-1]
    read, cursor = [], None
    for length in (3, 3, 1):
        page = jobs.page(3, cursor)
        read += [job.id for job in page.jobs]
        cursor = page.cursor
        assert len(page.jobs) == length
    assert cursor is None
    assert read == newest_first


def test_a_page_with_exactly_all_jobs_is_the_last(jobs: JobStore) -> None:
    queued(jobs), queued(jobs)
    assert jobs.page(2).cursor is None
    assert jobs.page(1).cursor is not None


def test_jobs_submitted_between_two_pages_shift_nothing(jobs: JobStore) -> None:
    older, newer = queued(jobs), queued(jobs)
    first = jobs.page(1)
    queued(jobs)
    assert [job.id for job in first.jobs] == [newer]
    assert [job.id for job in jobs.page(1, first.cursor).jobs] == [older]


def test_a_deleted_job_leaves_nothing_behind(jobs: JobStore, redis: Connection) -> None:
    for state in (JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED):
        jobs.delete(in_state(jobs, state).job_id)
    assert jobs.page(10).jobs == []
    of_the_queue = ("sequence", "load", "indexed", "virtual", "finish:normal")
    assert {key for key in redis.keys("gw:*") if redis.ttl(key) < 0} == {
        f"gw:{name}" for name in of_the_queue
    }


def test_cancelling_returns_whether_the_job_was_live(jobs: JobStore) -> None:
    for state in JobState:
        is_live = state in (JobState.QUEUED, JobState.RUNNING)
        assert jobs.cancel(in_state(jobs, state).job_id) is is_live
