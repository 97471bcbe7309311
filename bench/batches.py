"""Batches beside the same jobs one by one, and the web's memory while it sends a large ZIP.

`python -m bench.batches`. The contents and styles are JPEGs of 1600 x 1200 pixels and about 700 kB;
one client on this machine sends them, and no worker runs. The ZIP has pictures of random bytes.
"""

import argparse
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

import httpx

from bench import servers, table
from bench.http_load import memory
from bench.submissions import photograph
from bench.web_system import web
from gramworks import Client
from shared import paths
from shared.job_store import Capability, JobStore, connect
from shared.object_store import ObjectStore

CONTENTS, STYLES = 10, 5
PICTURES, PICTURE_BYTES = 50, 20_000_000
SAMPLE_SECONDS = 0.02
PART_BYTES = 1 << 20
HEADINGS = {
    "what": "what",
    "batch": "batch, s",
    "jobs": "jobs one by one, s",
    "ratio": "ratio",
    "batch_megabytes": "batch, MB stored",
    "jobs_megabytes": "jobs, MB stored",
}
OF_ZIP = {
    "megabytes": "ZIP, MB",
    "seconds": "seconds",
    "before": "largest process before, MB",
    "peak": "while it is sent, MB",
}


def accept_batch(client: Client) -> None:
    """Submit all pairs as one batch."""
    contents, styles = [photograph("coffee")] * CONTENTS, [photograph("rocket")] * STYLES
    if client.submit_batch(contents, styles).total != CONTENTS * STYLES:
        raise RuntimeError("jobs are missing")


def accept_jobs(client: Client) -> None:
    """Submit all pairs one after the other, over one connection."""
    for _ in range(CONTENTS * STYLES):
        client.submit(photograph("coffee"), photograph("rocket"))


def timed(client: Client, folder: Path, *, as_batch: bool) -> tuple[float, float]:
    """Return the seconds that the jobs take, and the megabytes that are stored for them."""
    before, began = _bytes(folder), time.perf_counter()
    (accept_batch if as_batch else accept_jobs)(client)
    return time.perf_counter() - began, (_bytes(folder) - before) / 1e6


def measured_acceptance(client: Client, folder: Path, rounds: int) -> dict[str, Any]:
    """Accept the same jobs in both ways in turn."""
    client.submit(photograph("coffee"), photograph("rocket"))  # warms up
    pairs = [
        (timed(client, folder, as_batch=True), timed(client, folder, as_batch=False))
        for _ in range(rounds)
    ]
    return {
        "what": f"{CONTENTS} × {STYLES}",
        "batch": median(batch[0] for batch, _ in pairs),
        "jobs": median(jobs[0] for _, jobs in pairs),
        "ratio": median(batch[0] / jobs[0] for batch, jobs in pairs),
        "ratios": [batch[0] / jobs[0] for batch, jobs in pairs],
        "batch_megabytes": median(batch[1] for batch, _ in pairs),
        "jobs_megabytes": median(jobs[1] for _, jobs in pairs),
    }


def large_batch(client: Client, redis_url: str, folder: Path) -> str:
    """Return the id of a batch whose pictures are large and finished."""
    connection = connect(redis_url)
    connection.flushall()
    jobs, objects = JobStore(connection), ObjectStore(str(folder / "images"))
    settings = [{"size": 64, "seed": seed} for seed in range(PICTURES)]
    batch = client.submit_batch(photograph("coffee"), photograph("rocket"), settings)
    for number in range(PICTURES):
        claim = jobs.claim_next(Capability("bench", 10**9), 60)
        if claim is None:
            raise RuntimeError("jobs are missing")
        key = paths.result_key(claim.job_id, claim.attempt)
        objects.put(key, bytes([number]) * PICTURE_BYTES)
        jobs.succeed(claim, key)
    connection.close()
    return batch.id


def measured_zip(url: str, batch_id: str, pids: Sequence[int]) -> dict[str, Any]:
    """Receive the ZIP, and watch the memory of the web's processes meanwhile."""
    peaks, ended = [float(memory(pids))], threading.Event()

    def watch() -> None:
        while not ended.wait(SAMPLE_SECONDS):
            peaks.append(float(memory(pids)))

    watcher = threading.Thread(target=watch)
    watcher.start()
    began, received = time.perf_counter(), 0
    path = f"/api/v1/batches/{batch_id}/results.zip"
    with httpx.stream("GET", url + path, timeout=60) as answer:
        for part in answer.iter_bytes(PART_BYTES):
            received += len(part)
    seconds = time.perf_counter() - began
    ended.set()
    watcher.join()
    return {
        "megabytes": received / 1e6,
        "seconds": seconds,
        "before": peaks[0],
        "peak": max(peaks),
    }


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in (folder / "images").rglob("*") if path.is_file())


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args(arguments)
    port = servers.free_port()
    with tempfile.TemporaryDirectory() as name, servers.redis(Path(name) / "redis") as redis_url:
        folder = Path(name) / "data"
        url = f"http://127.0.0.1:{port}"
        with web(redis_url, folder, port, 1) as pids, Client(url) as client:
            accepted = measured_acceptance(client, folder, chosen.rounds)
            table.show([accepted], HEADINGS)
            sent = measured_zip(url, large_batch(client, redis_url, folder), pids)
            table.show([sent], OF_ZIP)
    table.write(chosen.json, {"accepted": accepted, "sent": sent})


if __name__ == "__main__":
    main()
