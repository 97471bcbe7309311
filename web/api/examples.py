"""Examples of what the API answers, made by the code that makes the answers."""

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import url_for

from shared.errors import (
    NoWorkerOnline,
    OutOfMemory,
    Paused,
    WorkerDraining,
    WorkerTooSmall,
)
from shared.job import (
    Fallback,
    InputImage,
    Job,
    JobFault,
    JobInputs,
    JobOptions,
    JobProgress,
    JobState,
    Transition,
)
from shared.job_store import UnreadableJob
from shared.settings import PRESETS, StyleSettings
from web.api.schemas import job_json
from web.errors import fault
from web.openapi.problems import HASH, ID

_CREATED = datetime(2026, 11, 23, 6, 27, 37, 796000, tzinfo=UTC)
_STARTED, _ENDED = _CREATED + timedelta(seconds=2), _CREATED + timedelta(seconds=90)
_QUEUED = Transition(state=JobState.QUEUED, at=_CREATED, attempt=0)
_CLAIMED = Transition(state=JobState.RUNNING, at=_STARTED, attempt=1, worker="gpu-1")


def _picture(name: str, width: int, height: int) -> InputImage:
    return InputImage(key=name, width=width, height=height, bytes=700_000, sha256=HASH)


_RUNNING = Job(
    id=ID,
    state=JobState.RUNNING,
    attempt=1,
    pixels=800 * 600,
    work=1.0,
    owner="alice",
    settings=StyleSettings(**PRESETS["balanced"], size=600),
    options=JobOptions(),
    inputs=JobInputs(
        content=_picture("content", 1600, 1200), styles=[_picture("style", 1024, 768)]
    ),
    created_at=_CREATED,
    started_at=_STARTED,
    progress=JobProgress(
        evaluation=63,
        evaluations=160,
        level=2,
        levels=4,
        fraction=0.18,
        loss={"total": 9.7, "content": 3.1, "moments": 6.6},
        history=10,
        tile=None,
    ),
    eta_seconds=41.2,
    fallbacks=[
        Fallback(
            attempt=1, evaluation=9, fallback_step=1, cause="memory_error", history=10, tile=512
        )
    ],
    worker="gpu-1",
    log=[_QUEUED, _CLAIMED],
)


def running_job() -> dict[str, Any]:
    """Return a job that is being painted."""
    return job_json(_RUNNING)


def queued_job() -> dict[str, Any]:
    """Return a job that waits for its turn."""
    forecast = {"position": 3, "starts_in_seconds": 62.0, "eta_seconds": 103.5}
    return _waiting() | forecast


def blocked_job() -> dict[str, Any]:
    """Return a job that waits for a worker."""
    return _waiting() | {"position": 1, "waiting": fault(NoWorkerOnline())}


def paused_job() -> dict[str, Any]:
    """Return a queued job that is paused."""
    return _waiting() | {"position": None, "paused": True, "waiting": fault(Paused())}


def stopping_job() -> dict[str, Any]:
    """Return a running job whose worker is to end it with the pixels that it has."""
    return running_job() | {"pending": "stop"}


def succeeded_job() -> dict[str, Any]:
    """Return a job whose picture is finished."""
    succeeded = Transition(state=JobState.SUCCEEDED, at=_ENDED, attempt=1, worker="gpu-1")
    return _ended(succeeded, result="result", float_pixels="pixels")


def failed_job() -> dict[str, Any]:
    """Return a job that ran out of memory."""
    failed = Transition(state=JobState.FAILED, at=_ENDED, attempt=1, worker="gpu-1")
    parameters = {"width": 8000, "height": 6000, "maximum": 1200}
    return _ended(failed, error=JobFault(code=OutOfMemory.code, parameters=parameters))


def cancelled_job() -> dict[str, Any]:
    """Return a job that its owner cancelled."""
    return _ended(Transition(state=JobState.CANCELLED, at=_ENDED, attempt=1))


def trashed_job() -> dict[str, Any]:
    """Return a finished job that is in the trash."""
    links = {
        "self": url_for("jobs.show", job_id=ID),
        "page": url_for("job_page.show", job_id=ID),
        "restore": url_for("trash.restore", job_id=ID),
    }
    times = {"deleted_at": _ENDED, "kept_until": _ENDED + timedelta(days=1)}
    shown = {name: time.isoformat() for name, time in times.items()}
    return succeeded_job() | shown | {"links": links}


def page() -> dict[str, Any]:
    """Return a page of a listing, with a job of another version."""
    unreadable = UnreadableJob("0" * 32, "its settings are of another version", _CREATED)
    jobs = [running_job(), job_json(unreadable)]
    return {"jobs": jobs, "next": "/api/v1/jobs?limit=2&cursor=1763879257796"}


def progress() -> dict[str, Any]:
    """Return the data of an event that says how far a job is."""
    job = running_job()
    return {"progress": job["progress"], "eta_seconds": job["eta_seconds"]}


def preview() -> dict[str, Any]:
    """Return the data of an event that names a newer preview."""
    return {"href": url_for("jobs.preview", job_id=ID, evaluation=63)}


def workers() -> dict[str, Any]:
    """Return two workers; one runs a job, the other is to stop."""
    held = {"held_since": _STARTED.isoformat(), "fraction": 0.18, "eta_seconds": 41.2}
    running = {
        "name": "gpu-1",
        "device": "NVIDIA L4",
        "pixels": 16_000_000,
        "memory_bytes": 23_000_000_000,
        "speed": 0.011,
        "overhead_seconds": 4.2,
        "online_since": _CREATED.isoformat(),
        "job": {"id": ID, **held},
        "draining": False,
        "suspended": None,
        "blocked_by": None,
    }
    return {"workers": [running, draining_worker()]}


def draining_worker() -> dict[str, Any]:
    """Return a worker that claims no jobs, for two reasons."""
    return {
        "name": "gpu-2",
        "device": "CPU",
        "pixels": 2_000_000,
        "memory_bytes": 8_000_000_000,
        "speed": None,
        "overhead_seconds": None,
        "online_since": _CREATED.isoformat(),
        "job": None,
        "draining": True,
        "suspended": {"until": _ENDED.isoformat(), "reason": "RuntimeError: device lost"},
        "blocked_by": fault(WorkerDraining()),
    }


def estimate() -> dict[str, Any]:
    """Return what a job would take that one of two workers could take."""
    known = {"name": "gpu-1", "device": "NVIDIA L4", "runs_seconds": 88.4}
    small = {"name": "cpu-1", "device": "CPU", "runs_seconds": None, "memory_bytes": None}
    return {
        "settings": running_job()["settings"],
        "result": {"width": 800, "height": 600, "pixels": 480_000},
        "work": 1.0,
        "memory_bytes": 3_100_000_000,
        "position": 3,
        "starts_in_seconds": 62.0,
        "runs_seconds": 88.4,
        "eta_seconds": 150.4,
        "refused": None,
        "waiting": None,
        "workers": [
            {**small, "blocked_by": fault(WorkerTooSmall(maximum=250_000))},
            {**known, "memory_bytes": 3_100_000_000, "blocked_by": None},
        ],
    }


IMAGE = {
    "sha256": HASH,
    "width": 1600,
    "height": 1200,
    "bytes": 700_000,
    "kept_until": (_CREATED + timedelta(days=1)).isoformat(),
}


def recipe() -> dict[str, Any]:
    """Return the recipe of a picture whose job is kept."""
    pictures = [
        {
            "name": name,
            "sha256": HASH,
            "width": 1600,
            "height": 1200,
            "href": url_for("inputs.show", job_id=ID, name=name),
            "uploaded": False,
        }
        for name in ("content", "style-0")
    ]
    settings = {"preset": "balanced", "size": 600, "strength": 65}
    return {"settings": settings, "ignored": [], "pictures": pictures, "job": ID}


def _ended(last: Transition, **values: Any) -> dict[str, Any]:
    ended = {"state": last.state, "finished_at": last.at, "eta_seconds": None, "worker": None}
    log = [_QUEUED, _CLAIMED, last]
    return job_json(_RUNNING.model_copy(update={**ended, "log": log, **values}))


def _waiting() -> dict[str, Any]:
    """Return the JSON of a queued job, but for what the queue's forecast says of it."""
    unknown = dict.fromkeys(("started_at", "progress", "eta_seconds", "worker"))
    job = _RUNNING.model_copy(update={**unknown, "attempt": 0, "fallbacks": [], "log": [_QUEUED]})
    return job_json(job) | {"state": JobState.QUEUED.value}
