"""What `bench.web` measures: a real Redis, real web processes, and jobs that a script runs."""

import io
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from pathlib import Path
from urllib.request import urlopen

from PIL import Image

from bench.http_load import Address
from shared.job import InputImage, JobInputs, JobOptions, JobProgress
from shared.job_store import (
    Capability,
    JobQueue,
    JobStore,
    Locks,
    NewJob,
    RedisStatus,
    Worker,
    Workers,
    connect,
    new_id,
)
from shared.job_store.connection import Connection
from shared.job_store.records import to_fields
from shared.job_store.requests import NO_KEY
from shared.job_store.scripts import Scripts
from shared.job_store.store import UNBOUNDED
from shared.settings import PRESETS, StyleSettings
from worker.maintenance.forecast import Forecaster

MANY_THREADS = 200
SMALL, LARGE = 200, 400  # rows of jobs that fit every worker, and of those that fit only some
SMALL_PIXELS = 300 * SMALL


def new_job(rows: int | str, owner: str) -> NewJob:
    """Return a job as the form sends it, with two pictures."""
    settings = StyleSettings.model_validate({**PRESETS["balanced"], "size": rows})
    picture = InputImage(
        key=f"jobs/{new_id()}/content.png", width=1200, height=800, bytes=9**6, sha256="a" * 64
    )
    return NewJob(settings, JobOptions(), JobInputs(content=picture, styles=[picture]), owner)


def fill(connection: Connection, count: int, rows: int | str = LARGE) -> list[str]:
    """Queue jobs of 20 owners; return their ids.

    It runs the script of a submission, and does not read the jobs back.
    """
    scripts, owners = Scripts(connection), [new_id() for _ in range(20)]
    ids = [new_id() for _ in range(count)]
    for number, job_id in enumerate(ids):
        owner = owners[number % len(owners)]
        fields = to_fields(new_job(rows, owner))
        pairs = [part for pair in fields.items() for part in pair]
        bounds = (*UNBOUNDED, *NO_KEY, owner, *UNBOUNDED)
        if bound := scripts.run("create", job_id, *bounds, *pairs):
            raise RuntimeError(f"the queue has reached its bound of {bound}")
    return ids


def upload(rows: int) -> tuple[bytes, str]:
    """Return the body of a submission with two noisy JPEGs, and its type."""
    file = io.BytesIO()
    Image.effect_noise((rows * 4 // 3, rows), 60).convert("RGB").save(file, "JPEG")
    parts = [
        f'--B\r\nContent-Disposition: form-data; name="{name}"; filename="a.jpg"\r\n\r\n'.encode()
        + file.getvalue()
        + b"\r\n"
        for name in ("content", "style")
    ]
    return b"".join(parts) + b"--B--\r\n", "multipart/form-data; boundary=B"


@contextmanager
def _served(
    command: Sequence[str], port: int, path: str, environment: dict[str, str]
) -> Iterator[int]:
    with subprocess.Popen(command, env=os.environ | environment) as server:
        try:
            for _ in range(300):
                try:
                    urlopen(f"http://127.0.0.1:{port}{path}", timeout=5).close()
                    break
                except OSError:
                    time.sleep(0.1)
            yield server.pid
        finally:
            server.terminate()


@contextmanager
def web(
    redis_url: str, folder: Path, port: int, processes: int, *, auth: str = "off"
) -> Iterator[list[int]]:
    """Serve Gramworks; yield the ids of its processes."""
    environment = {
        "REDIS_URL": redis_url,
        "GRAMWORKS_DATA": str(folder),
        "GRAMWORKS_AUTH": auth,
        "GRAMWORKS_PORT": str(port),
        "GRAMWORKS_WEB_PROCESSES": str(processes),
        "GRAMWORKS_WEB_THREADS": str(MANY_THREADS),
        "GRAMWORKS_MAX_QUEUED_JOBS": "1000000000",
        "GRAMWORKS_MAX_QUEUED_MB": "1000000000",
        "GRAMWORKS_LOG_LEVEL": "warning",
    }
    with _served([sys.executable, "-m", "web"], port, "/readyz", environment) as pid:
        children = Path(f"/proc/{pid}/task/{pid}/children")
        while len(children.read_text().split()) < processes:  # the first answers before the last
            time.sleep(0.1)
        yield [int(child) for child in children.read_text().split()]


@contextmanager
def bare(redis_url: str, job_id: str, port: int) -> Iterator[None]:
    """Serve a Flask route that does one HGETALL, with gunicorn's own worker and as many threads."""
    options = ["-k", "gthread", "--threads", str(MANY_THREADS), "-b", f"127.0.0.1:{port}"]
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        *options,
        "--log-level",
        "error",
        "bench.bare_read:app",
    ]
    with _served(command, port, f"/{job_id}", {"REDIS_URL": redis_url}):
        yield


@contextmanager
def maintained(redis_url: str) -> Iterator[None]:
    """Do what the main process of a measured worker does for the forecast."""
    connection, stop = connect(redis_url), threading.Event()
    workers = Workers(connection)
    forecaster = Forecaster(
        JobStore(connection),
        JobQueue(connection),
        workers,
        Locks(connection),
        RedisStatus(connection),
    )

    def maintain() -> None:
        while not stop.wait(2):
            workers.heartbeat("bench")
            forecaster.update()

    workers.describe(Worker(name="bench", pixels=10**9, speed=1e6, overhead=1.0))
    workers.heartbeat("bench")
    thread = threading.Thread(target=maintain)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        connection.close()


@contextmanager
def progressing(redis_url: str, count: int) -> Iterator[tuple[list[str], Event]]:
    """Run `count` jobs; each reports progress once a second.

    Yields their ids, and an event that ends them; it is cleared when they have ended.
    """
    ids = fill(connect(redis_url), count, SMALL)
    context = get_context("spawn")
    ending = context.Event()
    process = context.Process(target=_progress, args=(redis_url, count, ending), daemon=True)
    process.start()
    try:
        while JobQueue(connect(redis_url)).running_count() < count:
            time.sleep(0.2)
        yield ids, ending
    finally:
        process.terminate()
        process.join()


def _progress(redis_url: str, count: int, ending: Event) -> None:
    jobs = JobStore(connect(redis_url))
    claims = [jobs.claim_next(Capability(f"script-{n}", 10**9), 3600) for n in range(count)]
    held = [claim for claim in claims if claim]
    evaluation, begin = 0, time.monotonic()
    while not ending.is_set():
        evaluation += 1
        for number, claim in enumerate(held):
            wait = begin + evaluation + number / count - time.monotonic()
            if wait > 0.005:
                time.sleep(wait)
            jobs.report(claim, _at(evaluation), 60.0)
    for claim in held:
        jobs.succeed(claim, "result")
    ending.clear()
    time.sleep(60)


def _at(evaluation: int) -> JobProgress:
    return JobProgress(
        evaluation=evaluation,
        evaluations=10_000,
        level=1,
        levels=1,
        fraction=evaluation / 10_000,
        loss={"total": 6.0, "style": 3.0, "content": 2.0},
        history=10,
        tile=None,
    )


def address(port: int) -> Address:
    """Return the address of a server on this machine."""
    return "127.0.0.1", port
