"""A claimed job ends once: with a picture, with an error, or in another attempt."""

import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from shared import paths
from shared.errors import ObjectNotFound, OutOfMemory, StoreUnavailable
from shared.job import Fallback, InputImage, JobInputs, JobOptions, JobState
from shared.job_store import Capability, JobStore, NewJob, Worker, connect, new_id
from shared.object_store import ObjectStore
from shared.pictures import decode, encode
from shared.settings import StyleSettings
from tests.own_redis import OwnRedis
from tests.parts import events_after, workers_of
from tests.shared.job_store.online_workers import announce
from tests.worker.job.scripted import ROOMY, claimed, painter, snapshot
from worker.engine.progress import Progress
from worker.engine.snapshot import Snapshot
from worker.job.checkpoints import load, to_bytes
from worker.job.runner import Pixels, Runner


def kinds(jobs: JobStore, job_id: str) -> list[str]:
    """Return the kinds of the events so far."""
    events = events_after(jobs, job_id)
    return [event.data if event.kind == "state" else event.kind for event in events]


def test_a_job_succeeds_with_its_picture(jobs: JobStore, objects: ObjectStore) -> None:
    claim = claimed(jobs, objects)
    Runner(jobs, objects, painter(3)).run(claim)
    job = jobs.get(claim.job_id)
    assert job.state is JobState.SUCCEEDED
    assert job.result == f"jobs/{claim.job_id}/1/result.png"
    assert decode(objects.get(job.result)).shape == (32, 40, 3)
    assert job.progress is not None
    assert job.progress.loss == {"total": 4.0, "style": 1.0, "content": 2.0, "tv": 1.0}
    assert job.started_at
    assert job.finished_at


def test_the_engine_gets_the_pictures_in_their_roles(jobs: JobStore, objects: ObjectStore) -> None:
    claim = claimed(jobs, objects)
    for name, shade in (("content", 100), ("style-0", 200)):
        picture = np.full((32, 40, 3), shade, np.uint8)
        objects.put(f"jobs/{claim.job_id}/{name}.png", encode(picture, "png"))
    given = []

    def look(
        content: Pixels,
        styles: Sequence[Pixels],
        settings: StyleSettings,
        resume: Snapshot | None = None,
        fallback_step: int = 0,
        init: Pixels | None = None,
    ) -> Iterator[Progress]:
        given.extend([int(picture.max()) for picture in (content, *styles)])
        assert init is None
        yield from painter(1)(content, styles, settings, resume, fallback_step)

    Runner(jobs, objects, look).run(claim)
    assert given == [100, 200]


def test_the_engine_gets_the_image_to_start_from(jobs: JobStore, objects: ObjectStore) -> None:
    job_id = new_id()
    keys = [paths.content_key(job_id), paths.style_key(job_id, 0), paths.init_key(job_id)]
    for shade, key in enumerate(keys):
        objects.put(key, encode(np.full((32, 40, 3), 100 * shade, np.uint8), "png"))
    content, style, own = (InputImage(key=key, width=40, height=32, bytes=100) for key in keys)
    inputs = JobInputs(content=content, styles=[style], init=own)
    jobs.create(job_id, NewJob(StyleSettings(size=32, init="image"), JobOptions(), inputs))
    claim = jobs.claim_next(ROOMY, 10)
    assert claim is not None
    given: list[float] = []

    def look(
        content: Pixels,
        styles: Sequence[Pixels],
        settings: StyleSettings,
        resume: Snapshot | None = None,
        fallback_step: int = 0,
        init: Pixels | None = None,
    ) -> Iterator[Progress]:
        assert init is not None
        given.extend([float(picture.max()) for picture in (content, *styles, init)])
        yield from painter(1)(content, styles, settings, resume, fallback_step)

    Runner(jobs, objects, look).run(claim)
    assert given == [0, 100, 200]
    assert jobs.get(job_id).state is JobState.SUCCEEDED
    assert {stored.key for stored in objects.stored("jobs")} == jobs.get(job_id).files


def test_the_events_of_a_job_are_in_order(jobs: JobStore, objects: ObjectStore) -> None:
    claim = claimed(jobs, objects)
    Runner(jobs, objects, painter(2)).run(claim)
    events = kinds(jobs, claim.job_id)
    assert events == ["running", "progress", "preview", "progress", "succeeded"]


def test_the_last_evaluation_has_a_result_and_no_preview(
    jobs: JobStore, objects: ObjectStore
) -> None:
    claim = claimed(jobs, objects)
    Runner(jobs, objects, painter(1)).run(claim)
    assert kinds(jobs, claim.job_id) == ["running", "progress", "succeeded"]


def test_at_most_five_reports_are_made_a_second(jobs: JobStore, objects: ObjectStore) -> None:
    claim = claimed(jobs, objects)
    Runner(jobs, objects, painter(200, before=lambda _: time.sleep(0.01))).run(claim)
    events: Any = jobs._connection.xrange(f"gw:events:{claim.job_id}")
    times = [int(key.split("-")[0]) for key, event in events if event["kind"] == "progress"]
    *times, last = times  # which is always reported
    seconds = (last - times[0]) / 1000
    assert seconds < len(times) <= 5 * seconds + 2  # the first and the last may be late


def test_the_time_left_is_known_after_two_evaluations(jobs: JobStore, objects: ObjectStore) -> None:
    claim = claimed(jobs, objects)
    reported = []

    def look(_: int) -> None:
        time.sleep(0.21)
        reported.append(jobs.get(claim.job_id).eta_seconds)

    Runner(jobs, objects, painter(6, before=look)).run(claim)
    assert reported[:2] == [None, None]
    assert reported[2] == pytest.approx(4 * 0.21, rel=0.5)
    assert reported[3] == pytest.approx(3 * 0.21, rel=0.5)


def test_the_time_left_is_known_at_once_if_the_worker_s_speed_is(
    jobs: JobStore, objects: ObjectStore
) -> None:
    claim = claimed(jobs, objects)
    reported = []

    def look(_: int) -> None:
        time.sleep(0.21)
        reported.append(jobs.get(claim.job_id).eta_seconds)

    speed = jobs.get(claim.job_id).work / 12
    Runner(jobs, objects, painter(6, before=look)).run(claim, speed)
    assert reported[:2] == [None, 10.0]


def test_a_job_that_runs_out_of_memory_fails_with_its_reason(
    jobs: JobStore, objects: ObjectStore
) -> None:
    def full(_: int) -> None:
        raise OutOfMemory(width=40, height=32)

    claim = claimed(jobs, objects)
    Runner(jobs, objects, painter(3, before=full)).run(claim)
    job = jobs.get(claim.job_id)
    assert job.state is JobState.FAILED
    assert job.error is not None
    assert (job.error.code, job.error.parameters) == ("out_of_memory", {"width": 40, "height": 32})


def test_an_unexpected_error_loses_the_attempt_and_is_raised(
    jobs: JobStore, objects: ObjectStore
) -> None:
    def wrong(_: int) -> None:
        raise ZeroDivisionError("odd\nsecond line")

    claim = claimed(jobs, objects)
    with pytest.raises(ZeroDivisionError):
        Runner(jobs, objects, painter(3, before=wrong)).run(claim)
    job = jobs.get(claim.job_id)
    assert (job.state, job.log[-1].reason) == (JobState.QUEUED, "error")
    assert jobs.claim_next(ROOMY, 10) is not None  # no other worker is online


@pytest.mark.parametrize(("others", "state"), [([], "failed"), (["later"], "queued")])
def test_a_job_that_this_version_cannot_read_is_left_to_other_workers(
    jobs: JobStore, objects: ObjectStore, others: list[str], state: str
) -> None:
    for name in (ROOMY.worker, *others):
        announce(workers_of(jobs), Worker(name=name, pixels=10**9))
    claim = claimed(jobs, objects)
    record = f"gw:job:{claim.job_id}"
    jobs._connection.hset(record, "settings", '{"size": "automatic"}')
    assert Runner(jobs, objects, painter(1)).run(claim) is None
    assert jobs._connection.hget(record, "state") == state


def test_a_missing_input_fails_the_job(jobs: JobStore, objects: ObjectStore) -> None:
    claim = claimed(jobs, objects)
    objects.delete_folder(f"jobs/{claim.job_id}")
    Runner(jobs, objects, painter(1)).run(claim)
    error = jobs.get(claim.job_id).error
    assert error is not None
    assert error.code == "object_not_found"


def test_a_cancelled_job_stops_within_one_report(jobs: JobStore, objects: ObjectStore) -> None:
    claim = claimed(jobs, objects)
    evaluations = []

    def cancel_at_third(evaluation: int) -> None:
        evaluations.append(evaluation)
        time.sleep(0.25)
        if evaluation == 3:
            jobs.cancel(claim.job_id)

    Runner(jobs, objects, painter(50, before=cancel_at_third)).run(claim)
    assert evaluations == [1, 2, 3]
    job = jobs.get(claim.job_id)
    assert job.state is JobState.CANCELLED
    assert job.result is None


def test_an_attempt_that_lost_its_job_does_not_finish_it(
    jobs: JobStore, objects: ObjectStore
) -> None:
    claim = claimed(jobs, objects, lease_seconds=0.0)

    def lose(_: int) -> None:
        jobs.requeue_expired()
        assert jobs.claim_next(Capability("another", 10**9), 10) is not None

    Runner(jobs, objects, painter(1, before=lose)).run(claim)
    assert jobs.get(claim.job_id).state is JobState.RUNNING
    with pytest.raises(ObjectNotFound):
        objects.get(f"jobs/{claim.job_id}/1/result.png")


def test_a_job_is_released_if_a_store_stays_unavailable(
    jobs: JobStore, objects: ObjectStore
) -> None:
    def away(_: int) -> None:
        raise StoreUnavailable(store="images", reason="unplugged")

    claim = claimed(jobs, objects)
    with pytest.raises(StoreUnavailable):
        Runner(jobs, objects, painter(1, before=away)).run(claim)
    job = jobs.get(claim.job_id)
    assert (job.state, job.log[-1].reason) == (JobState.QUEUED, "store away")


def test_a_result_that_cannot_be_stored_at_once_is_stored_later(
    jobs: JobStore, tmp_path: Path
) -> None:
    class FullAtFirst(ObjectStore):
        """Refuses the first two results, as a full disk does."""

        refused = 0

        def put(self, key: str, data: bytes) -> None:
            if key.endswith("result.png") and self.refused < 2:
                self.refused += 1
                raise StoreUnavailable(store="images", reason="no space left on device")
            super().put(key, data)

    objects = FullAtFirst(str(tmp_path))
    claim = claimed(jobs, objects)
    Runner(jobs, objects, painter(2)).run(claim)
    job = jobs.get(claim.job_id)
    assert (job.state, job.attempt, objects.refused) == (JobState.SUCCEEDED, 1, 2)


def test_a_job_continues_while_redis_is_down_and_ends_when_it_is_back(
    own_redis: OwnRedis, objects: ObjectStore
) -> None:
    jobs = JobStore(connect(own_redis.url, retries=0))
    claim = claimed(jobs, objects)

    def cut(evaluation: int) -> None:
        if evaluation == 2:
            own_redis.stop()
        if evaluation == 4:
            threading.Timer(1.0, own_redis.start).start()

    Runner(jobs, objects, painter(4, before=cut)).run(claim)
    job = jobs.get(claim.job_id)
    assert (job.state, job.attempt) == (JobState.SUCCEEDED, 1)
    jobs._connection.close()


def test_an_attempt_resumes_from_the_checkpoint_of_the_previous_one(
    jobs: JobStore, objects: ObjectStore
) -> None:
    class Dead(BaseException):
        """An exception that no handler catches, as if the process had died."""

    def die(evaluation: int) -> None:
        if evaluation == 4:
            raise Dead

    evaluations: list[int] = []
    first = claimed(jobs, objects)
    with pytest.raises(Dead):
        Runner(jobs, objects, painter(6, before=die), checkpoint_seconds=0).run(first)
    key = f"jobs/{first.job_id}/1/checkpoint.npz"
    assert jobs.get(first.job_id).checkpoint == key
    saved = load(key, objects)
    assert saved is not None
    jobs.lose(first, "killed")
    second = jobs.claim_next(ROOMY, 10)
    assert second is not None
    timing = Runner(jobs, objects, painter(6, before=evaluations.append)).run(second)
    assert timing is None  # a part of a job does not measure the worker's speed
    assert evaluations == list(range(saved.evaluation + 1, 7))
    job = jobs.get(second.job_id)
    assert (job.state, job.checkpoint) == (JobState.SUCCEEDED, None)
    assert {stored.key for stored in objects.stored("jobs")} == job.files


@pytest.mark.parametrize("damage", [b"", b"PK", None])
def test_a_job_with_an_unusable_checkpoint_starts_from_the_beginning(
    jobs: JobStore, objects: ObjectStore, damage: bytes | None
) -> None:
    first = claimed(jobs, objects)
    key = f"jobs/{first.job_id}/1/checkpoint.npz"
    jobs.save_checkpoint(first, key)
    if damage is not None:
        objects.put(key, damage)
    evaluations: list[int] = []
    Runner(jobs, objects, painter(3, before=evaluations.append)).run(first)
    assert evaluations == [1, 2, 3]
    assert jobs.get(first.job_id).state is JobState.SUCCEEDED


def test_a_job_whose_checkpoint_the_engine_refuses_starts_from_the_beginning(
    jobs: JobStore, objects: ObjectStore
) -> None:
    evaluations: list[int] = []
    paint = painter(3, before=evaluations.append)

    def choosy(
        content: Pixels,
        styles: Sequence[Pixels],
        settings: StyleSettings,
        resume: Snapshot | None = None,
        fallback_step: int = 0,
        init: Pixels | None = None,
    ) -> Iterator[Progress]:
        if resume:
            raise ValueError("a snapshot of another version")
        yield from paint(content, styles, settings, resume, fallback_step, init)

    claim = claimed(jobs, objects)
    key = f"jobs/{claim.job_id}/1/checkpoint.npz"
    objects.put(key, to_bytes(snapshot(2)))
    jobs.save_checkpoint(claim, key)
    Runner(jobs, objects, choosy).run(claim)
    assert evaluations == [1, 2, 3]
    assert jobs.get(claim.job_id).state is JobState.SUCCEEDED


def test_a_job_succeeds_even_if_only_its_result_can_be_stored(
    jobs: JobStore, tmp_path: Path
) -> None:
    class OnlyResults(ObjectStore):
        """Refuses checkpoints, previews and float pixels."""

        def put(self, key: str, data: bytes) -> None:
            if "/1/" in key and not key.endswith("result.png"):
                raise StoreUnavailable(store="images", reason="no space left on device")
            super().put(key, data)

    objects = OnlyResults(str(tmp_path))
    claim = claimed(jobs, objects)
    Runner(jobs, objects, painter(3), checkpoint_seconds=0).run(claim)
    job = jobs.get(claim.job_id)
    assert (job.state, job.preview, job.float_pixels) == (JobState.SUCCEEDED, None, None)


def test_fallbacks_and_their_memory_use_are_recorded(jobs: JobStore, objects: ObjectStore) -> None:
    claim = claimed(jobs, objects)
    jobs.lose(claim, "killed for its memory", fallback_steps=1)
    again = jobs.claim_next(ROOMY, 10)
    assert again is not None
    Runner(jobs, objects, painter(2)).run(again)
    job = jobs.get(claim.job_id)
    fallback = Fallback(
        attempt=2, evaluation=1, fallback_step=1, cause="killed", history=10, tile=None
    )
    assert (job.state, job.fallbacks) == (JobState.SUCCEEDED, [fallback])


def test_an_attempt_that_was_superseded_leaves_no_file(
    jobs: JobStore, objects: ObjectStore
) -> None:
    claim = claimed(jobs, objects)

    def cancel(evaluation: int) -> None:
        if evaluation == 3:
            jobs.cancel(claim.job_id)
            time.sleep(0.25)

    Runner(jobs, objects, painter(9, before=cancel), checkpoint_seconds=0).run(claim)
    assert {stored.key for stored in objects.stored("jobs")} == jobs.get(claim.job_id).files


def test_the_speed_of_a_job_is_measured(jobs: JobStore, objects: ObjectStore) -> None:
    claim = claimed(jobs, objects)
    pace = Runner(jobs, objects, painter(11, before=lambda _: time.sleep(0.05))).run(claim)
    assert pace is not None
    assert pace.work == jobs.get(claim.job_id).work
    assert pace.painting == pytest.approx(11 * 0.05, rel=0.5)
    assert pace.overhead < 0.5


@pytest.mark.parametrize("away", ["content.png", "checkpoint.npz", "result.png"])
def test_waiting_for_an_unavailable_object_store_is_limited(
    jobs: JobStore, tmp_path: Path, away: str
) -> None:
    """Then the job is released, since another worker may reach the store."""
    tries = []

    class Away(ObjectStore):
        """Answers for all but one object."""

        def get(self, key: str) -> bytes:
            self._refuse(key)
            return super().get(key)

        def put(self, key: str, data: bytes) -> None:
            self._refuse(key)
            super().put(key, data)

        def _refuse(self, key: str) -> None:
            if key.endswith(away):
                tries.append(time.monotonic())
                assert len(tries) < 9, "it is tried for ever"
                raise StoreUnavailable(store="images", reason="unplugged")

    claim = claimed(jobs, ObjectStore(str(tmp_path)))
    jobs.save_checkpoint(claim, f"jobs/{claim.job_id}/1/checkpoint.npz")
    runner = Runner(jobs, Away(str(tmp_path)), painter(2), object_store_seconds=0.5)
    with pytest.raises(StoreUnavailable):
        runner.run(claim)
    assert tries[-1] - tries[0] > 0.5
    job = jobs.get(claim.job_id)
    assert (job.state, job.log[-1].reason) == (JobState.QUEUED, "store away")


def test_the_limit_for_an_unavailable_object_store_is_half_a_minute() -> None:
    fields = Runner.__dataclass_fields__
    assert fields["object_store_seconds"].default == 30.0
