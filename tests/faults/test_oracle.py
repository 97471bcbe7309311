"""The oracle finds what is lost, doubled, orphaned or illegal, and nothing else."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.job import (
    InputImage,
    Job,
    JobFault,
    JobInputs,
    JobOptions,
    JobProgress,
    JobState,
)
from shared.job_store import Load
from shared.pictures import deprocess, encode
from shared.settings import DEPROCESS_MEANS, StyleSettings
from tests.faults.evidence import Evidence, JobData, Report
from tests.faults.log import Entry
from tests.faults.oracle import Known, Wrong, judge
from tests.faults.orders import Order
from tests.faults.picture import Mark, paint

ID = "0123456789abcdef" * 2
FOLDER = f"jobs/{ID}"
RESULT = f"{FOLDER}/2/result.png"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
LOG = [  # a job whose first worker was lost
    Entry("queued", 1.0, 0),
    Entry("running", 2.0, 1),
    Entry("queued", 12.0, 1),
    Entry("running", 13.0, 2),
    Entry("succeeded", 14.0, 2),
]


def picture(job_id: str = ID, attempt: int = 2, evaluation: int = 8) -> bytes:
    mark = Mark(job_id, attempt, 0, evaluation)
    return encode(deprocess(paint(mark), DEPROCESS_MEANS["keras"]), "png")


def report(at: float, attempt: int) -> Report:
    progress = JobProgress(
        evaluation=8,
        evaluations=8,
        level=1,
        levels=1,
        fraction=1.0,
        loss={"total": 1.0},
        history=attempt,
        tile=None,
    )
    return Report(at, progress)


def job(**changes: Any) -> Job:
    image = InputImage(key=f"{FOLDER}/content.png", width=48, height=32, bytes=100)
    style = image.model_copy(update={"key": f"{FOLDER}/style-0.png"})
    whole = Job(
        id=ID,
        state=JobState.SUCCEEDED,
        attempt=2,
        pixels=48 * 32,
        work=1.0,
        owner="",
        settings=StyleSettings(size=32, iterations=8),
        options=JobOptions(),
        inputs=JobInputs(content=image, styles=[style]),
        created_at=NOW,
        result=RESULT,
    )
    return whole.model_copy(update=changes)


STORY = JobData(job(), LOG, [report(2.5, 1), report(13.5, 2)])
FILES = {f"{FOLDER}/content.png": b"", f"{FOLDER}/style-0.png": b"", RESULT: picture()}
SOUND = Evidence({ID: STORY}, FILES, queued=[], load=Load(0, 0), leases=[], pids=[])


def wrongs(job_data: JobData = STORY, known: Known | None = None, **changes: Any) -> set[Wrong]:
    evidence = replace(SOUND, jobs_data={ID: job_data}, **changes)
    return {finding.wrong for finding in judge(evidence, known or Known())}


def with_log(*log: Entry, **changes: Any) -> JobData:
    return JobData(job(**changes), list(log), [])


def test_nothing_is_wrong_with_a_job_that_lost_a_worker_and_succeeded() -> None:
    assert not judge(SOUND, Known())


def test_float_pixels_belong_to_the_attempt_and_exist_if_they_are_named() -> None:
    key = f"{FOLDER}/2/pixels.npz"
    kept = with_log(*LOG, float_pixels=key)
    assert not wrongs(kept, files={**FILES, key: b""})
    assert wrongs(kept) == {Wrong.LOST}
    assert wrongs(files={**FILES, key: b""}) == {Wrong.ORPHAN}
    of_another = with_log(*LOG, float_pixels=f"{FOLDER}/1/pixels.npz")
    assert Wrong.DOUBLED in wrongs(of_another)


def test_a_job_without_a_record_is_lost() -> None:
    assert Wrong.LOST in wrongs(JobData(None, [], []))


def test_a_job_that_never_ended_is_lost() -> None:
    job_data = with_log(*LOG[:4], state=JobState.RUNNING, result=None)
    assert wrongs(job_data, files={}) == {Wrong.LOST}


def test_a_success_without_its_picture_is_lost() -> None:
    files = {key: data for key, data in FILES.items() if key != RESULT}
    assert wrongs(files=files) == {Wrong.LOST}


@pytest.mark.parametrize("data", [b"", picture()[:-40], b"not a picture"])
def test_a_success_with_half_a_picture_is_lost(data: bytes) -> None:
    assert wrongs(files=FILES | {RESULT: data}) == {Wrong.LOST}


@pytest.mark.parametrize(
    "data", [picture(attempt=1), picture(job_id="f" * 32), picture(evaluation=7)]
)
def test_a_picture_of_another_attempt_or_job_or_of_too_few_evaluations_is_found(
    data: bytes,
) -> None:
    assert wrongs(files=FILES | {RESULT: data}) == {Wrong.DOUBLED}


def test_a_job_that_ended_twice_is_doubled() -> None:
    job_data = with_log(*LOG, Entry("succeeded", 15.0, 2))
    assert wrongs(job_data) == {Wrong.DOUBLED, Wrong.ILLEGAL}


def test_an_end_by_an_old_attempt_is_doubled() -> None:
    job_data = with_log(*LOG[:4], Entry("succeeded", 14.0, 1))
    assert wrongs(job_data) == {Wrong.DOUBLED}


def test_a_report_by_an_old_attempt_is_doubled() -> None:
    assert wrongs(replace(STORY, reports=[report(13.5, 1)])) == {Wrong.DOUBLED}


def test_a_result_of_another_attempt_than_the_recorded_one_is_doubled() -> None:
    other = f"{FOLDER}/1/result.png"
    files = {key: data for key, data in FILES.items() if key != RESULT} | {other: picture()}
    assert wrongs(replace(STORY, record=job(result=other)), files=files) == {Wrong.DOUBLED}


def test_a_transition_that_no_job_may_make_is_illegal() -> None:
    assert wrongs(with_log(*LOG[1:])) == {Wrong.ILLEGAL}
    assert wrongs(with_log(LOG[0], *LOG[3:])) == {Wrong.ILLEGAL}
    assert wrongs(with_log(*LOG[:2], *LOG[3:])) == {Wrong.ILLEGAL}


def test_an_attempt_may_resume_its_own_expired_lease() -> None:
    again = Entry("running", 13.0, 1), Entry("succeeded", 14.0, 1)
    result = f"{FOLDER}/1/result.png"
    job_data = with_log(*LOG[:3], *again, attempt=1, result=result)
    files = {key: data for key, data in FILES.items() if key != RESULT}
    assert not wrongs(job_data, files=files | {result: picture(attempt=1)})


def test_a_record_that_contradicts_its_log_is_illegal() -> None:
    job_data = replace(STORY, record=job(state=JobState.CANCELLED))
    assert Wrong.ILLEGAL in wrongs(job_data)


@pytest.mark.parametrize("key", [f"{FOLDER}/1/result.png", f"jobs/{'e' * 32}/content.png", "x#1"])
def test_a_file_that_no_record_names_is_an_orphan(key: str) -> None:
    assert wrongs(files=FILES | {key: b""}) == {Wrong.ORPHAN}


def test_leftover_leases_queue_entries_and_processes_are_found() -> None:
    assert wrongs(leases=[ID]) == wrongs(queued=[ID]) == wrongs(pids=[7]) == {Wrong.LEFT}
    assert wrongs(load=Load(1, 200)) == {Wrong.LEFT}


def failed(code: str) -> JobData:
    log = [*LOG[:4], Entry("failed", 14.0, 2)]
    fields = {"state": JobState.FAILED, "result": None, "error": JobFault(code=code)}
    return with_log(*log, **fields)


@pytest.mark.parametrize(
    ("code", "harm", "expected"),
    [
        ("worker_fault", "", {Wrong.UNEXPECTED}),
        ("workers_lost", "", set()),
        ("workers_lost", "poison", set()),
        ("out_of_memory", "memory", set()),
        ("worker_fault", "memory", {Wrong.UNEXPECTED}),
    ],
)
def test_a_failure_must_be_explained_by_what_happened(
    code: str, harm: str, expected: set[Wrong]
) -> None:
    files = {key: data for key, data in FILES.items() if key != RESULT}
    known = Known({ID: Order({}, harm)})
    assert wrongs(failed(code), known, files=files) == expected


def test_a_poison_job_may_not_succeed() -> None:
    assert wrongs(known=Known({ID: Order({}, "poison")})) == {Wrong.UNEXPECTED}


def test_a_job_that_was_cancelled_may_not_succeed() -> None:
    assert wrongs(known=Known(cancelled={ID})) == {Wrong.UNEXPECTED}


def test_a_job_that_nobody_cancelled_may_not_be_cancelled() -> None:
    log = [*LOG[:4], Entry("cancelled", 14.0, 2)]
    files = {key: data for key, data in FILES.items() if key != RESULT}
    job_data = with_log(*log, state=JobState.CANCELLED, result=None)
    assert wrongs(job_data, files=files) == {Wrong.UNEXPECTED}
    assert not wrongs(job_data, Known(perhaps_deleted={ID}), files=files)
