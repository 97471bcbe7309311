"""What "delete all of my jobs" costs, and others meanwhile: `python -m bench.trash`.

A real web process and a real Redis. An owner has many jobs, some of them queued, with three small
files each. The client deletes them all, restores them, and empties the trash; another client reads
the status of another owner's job before and meanwhile, as fast as one connection can.
"""

import argparse
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import httpx

from bench import table, web_system
from bench.servers import free_port, redis
from gramworks import Client
from shared.job import InputImage, JobInputs, JobOptions
from shared.job_store import JobStore, NewJob, connect, new_id
from shared.object_store import ObjectStore
from shared.settings import StyleSettings

OWNER = "local"  # of all requests with GRAMWORKS_AUTH=off
HEADINGS = {
    "what": "what",
    "jobs": "jobs",
    "seconds": "seconds",
    "requests": "requests",
    "slowest": "slowest s",
    "reads": "reads a s",
    "median_ms": "read, median ms",
    "p99_ms": "99 % ms",
    "longest_ms": "longest ms",
}


class Reader:
    """Reads a job's status as fast as one connection can."""

    def __init__(self, url: str, job_id: str) -> None:
        self._path = f"/api/v1/jobs/{job_id}"
        self._client = httpx.Client(base_url=url)

    def during(self, step: Callable[[], int]) -> tuple[int, list[float]]:
        """Return what the step returns, and the seconds that each read took meanwhile."""
        seconds: list[float] = []
        stopping = threading.Event()
        thread = threading.Thread(target=self._read, args=(stopping, seconds))
        thread.start()
        result = step()
        stopping.set()
        thread.join()
        return result, seconds

    def _read(self, stopping: threading.Event, seconds: list[float]) -> None:
        while not stopping.is_set():
            began = time.perf_counter()
            self._client.get(self._path).raise_for_status()
            seconds.append(time.perf_counter() - began)


class Timed(httpx.HTTPTransport):
    """Notes how long each request of a client takes."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds: list[float] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request."""
        began = time.perf_counter()
        response = super().handle_request(request)
        self.seconds.append(time.perf_counter() - began)
        return response


def fill(jobs: JobStore, objects: ObjectStore, owner: str, count: int, live: int) -> None:
    """Give an owner jobs, `live` of them queued and the others cancelled."""
    image = InputImage(key="jobs/x/content.png", width=64, height=48, bytes=1000)
    inputs = JobInputs(content=image, styles=[image])
    for number in range(count):
        job_id = new_id()
        for key in ("content.jpg", "style-0.jpg", "1/result.png"):
            objects.put(f"jobs/{job_id}/{key}", b"picture")
        jobs.create(job_id, NewJob(StyleSettings(size=64), JobOptions(), inputs, owner))
        if number < count - live:
            jobs.cancel(job_id)


def row(what: str, timed: Timed, reader: Reader, step: Callable[[], int]) -> dict[str, Any]:
    """Do a step, and return how long it and the reads meanwhile took."""
    timed.seconds.clear()
    began = time.perf_counter()
    jobs, reads = reader.during(step)
    elapsed = time.perf_counter() - began
    milliseconds = [1000 * each for each in reads]
    return {
        "what": what,
        "jobs": jobs,
        "seconds": elapsed,
        "requests": len(timed.seconds),
        "slowest": max(timed.seconds, default=0.0),
        "reads": len(reads) / elapsed,
        "median_ms": median(milliseconds),
        "p99_ms": quantiles(milliseconds, n=100, method="inclusive")[-1],
        "longest_ms": max(milliseconds),
    }


def measure(count: int, live: int) -> list[dict[str, Any]]:
    """Return the rows of one round."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with (
        tempfile.TemporaryDirectory() as name,
        redis(Path(name) / "redis") as redis_url,
        web_system.web(redis_url, Path(name), port, processes=1),
    ):
        jobs = JobStore(connect(redis_url))
        objects = ObjectStore(f"{name}/images")
        fill(jobs, objects, OWNER, count, live)
        fill(jobs, objects, "another", 1, 1)
        reader = Reader(url, jobs.page(1, None, "another").jobs[0].id)
        timed = Timed()

        def rest() -> int:
            time.sleep(3)
            return 0

        with Client(url, transport=timed) as client:
            return [
                row("nothing", timed, reader, rest),
                row("delete all", timed, reader, lambda: client.delete_all(cancel=True).deleted),
                row("restore all", timed, reader, client.restore_all),
                row("delete all again", timed, reader, lambda: client.delete_all().deleted),
                row("empty the trash", timed, reader, client.empty_trash),
            ]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=10_000)
    parser.add_argument("--live", type=int, default=1000, help="how many of them are queued")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    rows = measure(options.jobs, options.live)
    table.show(rows, HEADINGS)
    table.write(options.json, {"rows": rows})


if __name__ == "__main__":
    main()
