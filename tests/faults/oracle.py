"""Checks the evidence for lost, doubled and orphaned jobs and illegal transitions."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from shared.job import ENDED
from tests.faults import picture
from tests.faults.evidence import Evidence, JobData
from tests.faults.orders import Order


class Wrong(StrEnum):
    """The kinds of findings."""

    LOST = "lost"  # accepted, but it never ended, or succeeded without a complete picture
    DOUBLED = "doubled"  # it ended twice, or an attempt wrote without holding it
    ILLEGAL = "illegal"  # a transition that no job may make
    ORPHAN = "orphan"  # a file that no record names
    LEFT = "left"  # a lease or a place in the queue without a job
    UNEXPECTED = "unexpected"  # an end that no known event explains


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with a job, or with a file."""

    wrong: Wrong
    about: str
    words: str


@dataclass(frozen=True)
class Known:
    """What the users know: their orders by id, and the answers to their cancellations."""

    orders: dict[str, Order] = field(default_factory=dict)
    cancelled: set[str] = field(default_factory=set)
    perhaps_deleted: set[str] = field(default_factory=set)
    marked: bool = True  # whether the pictures encode their job, as the scripted engine's do


# Only a manual retry leads from failed to queued, and nobody retries here. A job that is paused or
# resumed is queued before and after.
LEGAL = {
    "queued": {"running", "cancelled", "queued"},
    "running": {"queued", "succeeded", "failed", "cancelled"},
}

TOO_LARGE = ("out_of_memory", "pictures_too_large")
LOST_TOO_OFTEN = "failed (workers_lost)"
ENDS_OF = {  # by the harm that a job does; too many faults can fail any job
    "": {"succeeded", LOST_TOO_OFTEN},
    "poison": {LOST_TOO_OFTEN},
    "memory": {"succeeded", *(f"failed ({code})" for code in TOO_LARGE), LOST_TOO_OFTEN},
}


def judge(evidence: Evidence, known: Known) -> list[Finding]:
    """Return everything that is wrong."""
    found = list(_on_files(evidence))
    found += [Finding(Wrong.LEFT, job_id, "still in the queue") for job_id in evidence.queued]
    if any(evidence.load) and not evidence.queued:
        found.append(Finding(Wrong.LEFT, "the queue", f"empty, and counts {evidence.load}"))
    found += [Finding(Wrong.LEFT, job_id, "still leased") for job_id in evidence.leases]
    found += [Finding(Wrong.LEFT, str(pid), "a process whose parent died") for pid in evidence.pids]
    for job_id, job_data in evidence.jobs_data.items():
        found += [
            Finding(wrong, job_id, words)
            for wrong, words in _on_job(job_id, job_data, evidence.files, known)
        ]
    return found


Findings = Iterator[tuple[Wrong, str]]


def _on_files(evidence: Evidence) -> Iterator[Finding]:
    named: set[str | None] = set()
    for job_data in evidence.jobs_data.values():
        if job := job_data.record:
            named |= {image.key for image in job.inputs.all}
            named |= {job.result, job.float_pixels, job.preview, getattr(job, "checkpoint", None)}
    for key in evidence.files:
        if key not in named:
            yield Finding(Wrong.ORPHAN, key, "no record names it")


def _on_job(job_id: str, job_data: JobData, files: dict[str, bytes], known: Known) -> Findings:
    if job_data.record is None:
        if job_id not in known.perhaps_deleted:
            yield Wrong.LOST, "accepted, and there is no record"
        return
    yield from _end(job_data)
    yield from _transitions(job_data)
    yield from _attempts(job_data)
    if job_data.record.state == "succeeded":
        yield from _picture(job_data, files, known)
    if known.marked:
        yield from _old_writes(job_data)
    if job_data.record.ended:
        yield from _expectation(job_data, known)


def _end(job_data: JobData) -> Findings:
    assert job_data.record is not None
    ends = [entry.state for entry in job_data.log if entry.state in ENDED]
    if not job_data.record.ended:
        yield Wrong.LOST, f"it never ended: {job_data.record.state}"
    elif not ends:
        yield Wrong.ILLEGAL, f"{job_data.record.state}, and its log knows of no end"
    if len(ends) > 1:
        yield Wrong.DOUBLED, f"it ended {len(ends)} times: {', '.join(ends)}"
    if ends and ends[-1] != job_data.record.state:
        yield (
            Wrong.ILLEGAL,
            f"its log ends with {ends[-1]}, its record with {job_data.record.state}",
        )


def _transitions(job_data: JobData) -> Findings:
    states = [entry.state for entry in job_data.log]
    if states[:1] != ["queued"]:
        yield Wrong.ILLEGAL, f"its log begins with {states[:1]}"
    for before, after in itertools.pairwise(states):
        if after not in LEGAL.get(before, set()):
            yield Wrong.ILLEGAL, f"from {before} to {after}"


def _attempts(job_data: JobData) -> Findings:
    latest = 0
    for entry in job_data.log:
        if entry.state == "running":
            if entry.attempt not in {latest + 1, latest or 1}:
                yield Wrong.ILLEGAL, f"attempt {entry.attempt} came after {latest}"
            latest = entry.attempt
        elif entry.attempt != latest:
            yield Wrong.DOUBLED, f"attempt {entry.attempt} wrote {entry.state} during {latest}"


def _picture(job_data: JobData, files: dict[str, bytes], known: Known) -> Findings:
    job = job_data.record
    assert job is not None
    if job.result != f"jobs/{job.id}/{job.attempt}/result.png":
        yield Wrong.DOUBLED, f"attempt {job.attempt} has the result {job.result}"
    if job.float_pixels not in (None, f"jobs/{job.id}/{job.attempt}/pixels.npz"):
        yield Wrong.DOUBLED, f"attempt {job.attempt} has the float pixels {job.float_pixels}"
    if job.float_pixels and job.float_pixels not in files:
        yield Wrong.LOST, "succeeded without the float pixels that its record names"
    if job.result not in files:
        yield Wrong.LOST, "succeeded without a picture"
        return
    try:
        mark = picture.read(files[job.result])
    except (OSError, ValueError, SyntaxError) as error:
        yield Wrong.LOST, f"its picture is not whole: {error}"
        return
    whole = (job.id, job.attempt, job.settings.iterations)
    if known.marked and (mark.job_id, mark.attempt, mark.evaluation) != whole:
        yield Wrong.DOUBLED, f"its picture was made by another: {mark}"


def _old_writes(job_data: JobData) -> Findings:
    starts = [entry for entry in job_data.log if entry.state == "running"]
    for report in job_data.reports:
        holder = max((start.attempt for start in starts if start.at < report.at), default=0)
        # the scripted engine reports its attempt instead of the length of its history
        if report.progress.history < holder:
            yield Wrong.DOUBLED, f"attempt {report.progress.history} reported during {holder}"


def _expectation(job_data: JobData, known: Known) -> Findings:
    job = job_data.record
    assert job is not None
    end = f"{job.state} ({job.error.code})" if job.error else str(job.state)
    order = known.orders.get(job.id)
    if job.id in known.cancelled:
        if end != "cancelled":
            yield Wrong.UNEXPECTED, f"cancelled, and then {end}"
    elif end == "cancelled":
        if job.id not in known.perhaps_deleted:
            yield Wrong.UNEXPECTED, "cancelled by nobody"
    elif end not in ENDS_OF[order.harm if order else ""]:
        yield Wrong.UNEXPECTED, end
