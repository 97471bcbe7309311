"""What `gramworks doctor` finds out over HTTP, and how to mend what is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from gramworks.cli.formatting import number
from gramworks.cli.tables import worker_state
from gramworks.client import Client
from gramworks.errors import GramworksError, NotAllowed, Problem, ServerUnreachable, Unavailable
from gramworks.models import Worker

LICENCE = (
    "VGG19 by K. Simonyan and A. Zisserman (Visual Geometry Group, University of Oxford); its"
    " ImageNet weights are under CC BY 4.0, which asks for this credit."
)
FETCH = "`python -m worker.fetch` on the worker's machine downloads and verifies them."
LOOK_AT_DISK = "`df -h` on the server, for the folder GRAMWORKS_DATA, shows how much is free."
SHOWN_JOBS = 100  # the newest


class Status(StrEnum):
    """What a check found."""

    OK = "ok"
    PROBLEM = "problem"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Finding:
    """The outcome of a check; `remedy` says how to mend it, or how to find out."""

    check: str
    status: Status
    detail: str
    remedy: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the finding as JSON."""
        return asdict(self)


def diagnose(client: Client, url: str) -> Iterator[Finding]:
    """Check the server and what it depends on; stop if no server answers."""
    try:
        client.check_alive()
    except GramworksError as error:
        yield _no_server(error)
        return
    yield Finding("server", Status.OK, f"Gramworks answers at {url}.")
    try:
        client.settings()
    except NotAllowed as error:
        remedy = "Give a token with --token, GRAMWORKS_TOKEN or the configuration file."
        yield Finding("token", Status.PROBLEM, str(error), remedy)
        return
    yield from _stores(client)
    yield from _workers(client.workers())
    yield _jobs(client)


def _no_server(error: GramworksError) -> Finding:
    if isinstance(error, ServerUnreachable):
        remedy = (
            "Start one with `make up` or `docker compose up -d`, or give another address with"
            " --url, GRAMWORKS_URL or the configuration file."
        )
    else:
        remedy = "Check the address, and the log of the server or of the proxy before it."
    said = "" if isinstance(error, ServerUnreachable) else "Another server may be there: "
    return Finding("server", Status.PROBLEM, f"{said}{error}", remedy)


def _stores(client: Client) -> Iterator[Finding]:
    """Check Redis, the image store, the disk and the queue, which `/readyz` combines."""
    try:
        client.check_ready()
    except Unavailable as error:
        yield _unready(error)
        return
    yield Finding("redis", Status.OK, "Redis answers and has room.")
    yield Finding("images", Status.OK, "The image store answers.")
    yield Finding("disk", Status.OK, "There is room for more jobs.", LOOK_AT_DISK)


def _unready(error: Problem) -> Finding:
    match error.code, error.body.get("store"):
        case "store_unavailable", "redis":
            remedy = (
                "On the server, `redis-cli -u $REDIS_URL ping` must answer PONG. Start Redis, or"
                f" correct REDIS_URL. Redis said: {error.body.get('reason')}"
            )
            return Finding("redis", Status.PROBLEM, str(error), remedy)
        case "store_unavailable", _:
            remedy = (
                "Check GRAMWORKS_IMAGES on the server: the folder must exist and be writable, the"
                f" bucket reachable. It said: {error.body.get('reason')}"
            )
            return Finding("images", Status.PROBLEM, str(error), remedy)
        case "storage_full", "redis":
            remedy = "Raise Redis's `maxmemory`, or delete jobs with `gramworks delete`."
            return Finding("redis", Status.PROBLEM, str(error), remedy)
        case "storage_full", _:
            remedy = (
                "Delete jobs with `gramworks delete`, set GRAMWORKS_RETENTION_DAYS, or make room."
                f" {LOOK_AT_DISK}"
            )
            return Finding("disk", Status.PROBLEM, str(error), remedy)
        case "queue_full", _:
            remedy = "Wait, start more workers, or raise GRAMWORKS_MAX_QUEUED_JOBS or _MB."
            return Finding("queue", Status.PROBLEM, str(error), remedy)
        case _:
            return Finding("ready", Status.PROBLEM, str(error), "Look at the server's log.")


def _workers(workers: Sequence[Worker]) -> Iterator[Finding]:
    if not workers:
        remedy = (
            "`make up` starts one; `docker compose up -d --scale worker=1` too. Look at the log of"
            " a worker that ends at its start: memory, weights and Redis are what it needs."
        )
        yield Finding("workers", Status.PROBLEM, "No worker is online.", remedy)
        yield Finding("device", Status.UNKNOWN, "A worker that is online names it.")
        yield Finding("weights", Status.UNKNOWN, "No worker has loaded them.", FETCH)
    else:
        yield _availability(workers)
        largest = max(worker.pixels for worker in workers) / 1e6
        devices = ", ".join(sorted({worker.device or "unnamed" for worker in workers}))
        yield Finding(
            "device",
            Status.OK,
            f"Workers paint on {devices}; results can have {number(largest)} megapixels.",
            "If a GPU is missing, compare `nvidia-smi` on the worker's machine, and see"
            " docs/operations.md.",
        )
        yield Finding("weights", Status.OK, "Workers have loaded and verified them.")
    yield Finding("licence", Status.OK, LICENCE)


def _availability(workers: Sequence[Worker]) -> Finding:
    able = [worker for worker in workers if not worker.suspended and not worker.draining]
    others = [f"{each.name} is {worker_state(each)}" for each in workers if each not in able]
    detail = ". ".join([f"{len(able)} of {len(workers)} take jobs", *others]) + "."
    suspended = any(worker.suspended for worker in workers)
    if able and not suspended:
        return Finding("workers", Status.OK, detail)
    remedy = (
        "Look at the worker's log. It tries again by itself; if its device is broken, stop it."
        if suspended
        else "`gramworks undrain NAME` lets a draining worker take jobs again."
    )
    return Finding("workers", Status.PROBLEM, detail, remedy)


def _jobs(client: Client) -> Finding:
    jobs = client.jobs(SHOWN_JOBS).jobs
    waiting = next((job for job in jobs if job.waiting), None)
    failed = next((job for job in jobs if job.state == "failed"), None)
    if waiting and waiting.waiting:
        detail, code = waiting.waiting.detail, waiting.waiting.code
        remedy = f"Job {waiting.id} waits ({code}); `gramworks status` shows more."
        return Finding("jobs", Status.PROBLEM, detail, remedy)
    counts = ", ".join(
        f"{count} {state}"
        for state in ("queued", "running", "succeeded", "failed")
        if (count := sum(job.state == state for job in jobs))
    )
    detail = f"Of the newest: {counts}." if counts else "None yet."
    why = f"`gramworks status {failed.id[:8]}` says why the latest one failed." if failed else ""
    return Finding("jobs", Status.OK, detail, why)
