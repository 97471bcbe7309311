"""Finished pictures as a ZIP that is made while it is sent: a batch's, or selected ones.

Pictures are stored in it without compression, as they are. It holds no more than a part of one
picture in memory, or one whole picture if that is converted to another format.
"""

import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from flask import Response, request

from shared.errors import ObjectNotFound, PixelsGone, TooLongForFormat
from shared.job import Job, JobState
from shared.job_store import Batch, UnreadableJob
from shared.pictures import FORMATS
from web.errors import fault
from web.rendering import Rendering
from web.services import Services

MANIFEST = "manifest.json"
JOBS_AT_A_TIME = 20  # whose records are read together
PART_BYTES = 65_536
LEFT_OUT = (ObjectNotFound, PixelsGone, TooLongForFormat)  # why one picture is not in the archive


class _Sink:
    """What the archive is written to; it cannot go back, as a socket cannot."""

    def __init__(self) -> None:
        self._data = bytearray()

    def write(self, data: bytes) -> int:
        """Take bytes of the archive."""
        self._data += data
        return len(data)

    def flush(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""

    def taken(self) -> bytes:
        """Return what was written since the last time."""
        data, self._data = bytes(self._data), bytearray()
        return data


class Entry(NamedTuple):
    """A job of an archive, and what the manifest says of it.

    `stem` is its file's name without the suffix. `job` is None if it is deleted.
    """

    job: Job | UnreadableJob | None
    stem: str
    row: dict[str, Any]


def zip_of(
    services: Services, entries: Iterable[Entry], format_name: str, head: Mapping[str, Any]
) -> Iterator[bytes]:
    """Yield an archive of the pictures of those jobs that have succeeded until now.

    The manifest comes last: `head`, and a row for each job, which says what its file is, or why it
    has none.

    Raises:
        StoreUnavailable: a store went away in between; the archive is incomplete.
    """
    sink, rows = _Sink(), []
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        for job, stem, known in entries:
            row = {**known, "file": None, "error": _error(job)}
            rows.append(row)
            if not isinstance(job, Job) or job.state is not JobState.SUCCEEDED:
                continue
            try:
                parts = _picture(services, job, format_name)
            except LEFT_OUT as error:
                row["error"] = fault(error)
                continue
            name = row["file"] = f"{stem}.{FORMATS[format_name].suffix}"
            with archive.open(_entry(name, job.finished_at), "w") as entry:
                for part in parts:
                    entry.write(part)
                    yield sink.taken()
        manifest = json.dumps({**head, "jobs": rows}, indent=2)
        archive.writestr(_entry(MANIFEST, datetime.now(UTC)), manifest)
    yield sink.taken()


def zip_of_batch(services: Services, batch: Batch, format_name: str) -> Iterator[bytes]:
    """Yield an archive of a batch's pictures."""
    head = {
        "batch": batch.id,
        "created_at": batch.created_at.isoformat(),
        "format": format_name,
        "contents": batch.contents,
        "styles": batch.styles,
        "settings": batch.settings,
        "options": batch.options.model_dump(mode="json"),
    }
    entries = (
        Entry(job, _place(batch, index), {**batch.numbers(index), **_of_batch(batch, index, job)})
        for index, job in _jobs(services, batch)
    )
    return zip_of(services, entries, format_name, head)


def zip_of_jobs(services: Services, jobs: Iterable[Job | UnreadableJob]) -> Iterator[bytes]:
    """Yield an archive of the pictures of these jobs, as PNG."""
    entries = (Entry(job, _moment(job), _of_job(job)) for job in jobs)
    return zip_of(services, entries, "png", {"format": "png"})


def zip_response(services: Services, owner: str, parts: Iterator[bytes], name: str) -> Response:
    """Return the response that sends an archive under a file name.

    Raises:
        DownloadsBusy: as many as are possible at a time are running, or this owner's.
    """
    body: Any = b""
    if request.method != "HEAD":  # nothing closes the body of an answer to it
        body = services.downloads.begin(owner, parts)
    response = Response(body, mimetype="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["X-Accel-Buffering"] = "no"  # a proxy's buffer hides how fast a client reads
    return response


def _jobs(services: Services, batch: Batch) -> Iterator[tuple[int, Job | UnreadableJob | None]]:
    """Yield each job's place in the batch, and the job; None if it is deleted, or in the trash."""
    ids = [job.id for job in batch.jobs]
    for start in range(0, len(ids), JOBS_AT_A_TIME):
        part = ids[start : start + JOBS_AT_A_TIME]
        found = {job.id: job for job in services.jobs.get_all(part) if not job.deleted_at}
        for index, job_id in enumerate(part, start):
            yield index, found.get(job_id)


def _picture(services: Services, job: Job, format_name: str) -> Iterator[bytes]:
    """Return the parts of a finished picture's file."""
    if FORMATS[format_name].bits == 16:
        return _parts(services.renderer.render(job, Rendering(format=format_name)))
    stored = services.objects.stream(job.result or "", PART_BYTES)
    if format_name == "png":
        return stored
    return _parts(services.renderer.convert(b"".join(stored), format_name))


def _parts(data: bytes) -> Iterator[bytes]:
    return (data[start : start + PART_BYTES] for start in range(0, len(data), PART_BYTES))


def _place(batch: Batch, index: int) -> str:
    """Return `content-style-settings`, whose numbers have one width, so that names sort."""
    most = {"content": batch.contents, "style": batch.styles, "settings": len(batch.settings)}
    numbers = batch.numbers(index)
    widths = {name: len(str(count - 1)) for name, count in most.items()}
    return "-".join(f"{numbers[name]:0{widths[name]}}" for name in most)


def _moment(job: Job | UnreadableJob) -> str:
    """Return when a job was submitted, so that names sort, and a part of its id."""
    at = job.created_at.strftime("%Y-%m-%d-%H%M%S-") if job.created_at else ""
    return f"gramworks-{at}{job.id[:8]}"


def _entry(name: str, moment: datetime | None) -> zipfile.ZipInfo:
    at = moment or datetime.now(UTC)
    entry = zipfile.ZipInfo(name, (at.year, at.month, at.day, at.hour, at.minute, at.second))
    entry.external_attr = 0o644 << 16
    return entry


def _of_batch(batch: Batch, index: int, job: Job | UnreadableJob | None) -> dict[str, Any]:
    state = job.state.value if isinstance(job, Job) else batch.jobs[index].state
    return {"job": batch.jobs[index].id, "state": state}


def _of_job(job: Job | UnreadableJob) -> dict[str, Any]:
    if isinstance(job, UnreadableJob):
        return {"job": job.id, "state": "unreadable", "created_at": None, "settings": None}
    known = job.model_dump(mode="json", include={"state", "created_at", "settings"})
    return {"job": job.id, **known}


def _error(job: Job | UnreadableJob | None) -> dict[str, Any] | None:
    return fault(job.error) if isinstance(job, Job) and job.error else None
