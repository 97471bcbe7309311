"""A batch's finished pictures as a ZIP that is made while it is sent.

Pictures are stored in it without compression, as they are. It holds no more than a part of one
picture in memory, or one whole picture if that is converted to another format.
"""

import json
import zipfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

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


def zip_of(services: Services, batch: Batch, format_name: str) -> Iterator[bytes]:
    """Yield an archive of the pictures of a batch's jobs that have succeeded until now.

    The manifest comes last: it says which pictures are in the archive, and why others are not.

    Raises:
        StoreUnavailable: a store went away in between; the archive is incomplete.
    """
    sink, rows = _Sink(), []
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        for index, job in _jobs(services, batch):
            row = _row(batch, index, job)
            rows.append(row)
            if not isinstance(job, Job) or job.state is not JobState.SUCCEEDED:
                continue
            try:
                parts = _picture(services, job, format_name)
            except LEFT_OUT as error:
                row["error"] = fault(error)
                continue
            row["file"] = _name(batch, index, format_name)
            with archive.open(_entry(row["file"], job.finished_at), "w") as entry:
                for part in parts:
                    entry.write(part)
                    yield sink.taken()
        archive.writestr(_entry(MANIFEST, datetime.now(UTC)), _manifest(batch, format_name, rows))
    yield sink.taken()


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


def _name(batch: Batch, index: int, format_name: str) -> str:
    """Return `content-style-settings.suffix`, whose numbers have one width, so that names sort."""
    most = {"content": batch.contents, "style": batch.styles, "settings": len(batch.settings)}
    numbers = batch.numbers(index)
    widths = {name: len(str(count - 1)) for name, count in most.items()}
    stem = "-".join(f"{numbers[name]:0{widths[name]}}" for name in most)
    return f"{stem}.{FORMATS[format_name].suffix}"


def _entry(name: str, moment: datetime | None) -> zipfile.ZipInfo:
    at = moment or datetime.now(UTC)
    entry = zipfile.ZipInfo(name, (at.year, at.month, at.day, at.hour, at.minute, at.second))
    entry.external_attr = 0o644 << 16
    return entry


def _row(batch: Batch, index: int, job: Job | UnreadableJob | None) -> dict[str, Any]:
    state, error = batch.jobs[index].state, None
    if isinstance(job, Job):
        state, error = job.state.value, fault(job.error) if job.error else None
    row = {"job": batch.jobs[index].id, "state": state, "file": None, "error": error}
    return {**batch.numbers(index), **row}


def _manifest(batch: Batch, format_name: str, rows: list[dict[str, Any]]) -> str:
    body: Mapping[str, Any] = {
        "batch": batch.id,
        "created_at": batch.created_at.isoformat(),
        "format": format_name,
        "contents": batch.contents,
        "styles": batch.styles,
        "settings": batch.settings,
        "options": batch.options.model_dump(mode="json"),
        "jobs": rows,
    }
    return json.dumps(body, indent=2)
