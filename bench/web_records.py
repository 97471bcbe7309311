"""What a queued job costs in Redis, for `bench.web`: its bytes, its submission and its claim."""

import time
from pathlib import Path
from statistics import median
from typing import Any

from bench import web_system
from shared.job_store import Capability, JobStore, connect, new_id
from shared.job_store.connection import Connection

STEPS = 100  # submissions and claims that are timed
Row = dict[str, Any]


def row(what: str, measured: float, against: float | None, target: str) -> Row:
    """Return a row of the table; without a second figure, the first one is the result."""
    ratio = measured / against if against else None
    return {
        "what": what,
        "measured": measured,
        "against": against,
        "ratio": ratio,
        "target": target,
    }


def steps(url: str, queued: int) -> dict[str, float]:
    """Return the seconds of a submission's record and of claims with `queued` queued jobs."""
    connection = connect(url)
    connection.flushall()
    jobs = JobStore(connection)
    web_system.fill(connection, queued * 99 // 100)
    web_system.fill(connection, queued - queued * 99 // 100, web_system.SMALL)
    found: dict[str, list[float]] = {"submission": [], "claim": [], "claim, 1 % fits": []}
    for number in range(STEPS):
        new = web_system.new_job(web_system.SMALL, "me")
        begin = time.perf_counter()
        job_id = jobs.create(new_id(), new).id
        found["submission"].append(time.perf_counter() - begin)
        jobs.cancel(job_id)
        for name, pixels in (("claim", 10**9), ("claim, 1 % fits", web_system.SMALL_PIXELS)):
            worker = Capability(f"{name} {number}", pixels)
            begin = time.perf_counter()
            claim = jobs.claim_next(worker, 60)
            found[name].append(time.perf_counter() - begin)
            if claim is None:
                raise RuntimeError("nothing could be claimed, though jobs were queued")
            web_system.fill(connection, 1, jobs.get(claim.job_id).settings.size)
            jobs.cancel(claim.job_id)
    return {name: median(times) for name, times in found.items()}


def record_bytes(connection: Connection, jobs: int) -> float:
    """Return what a queued job takes of Redis: the growth of all its memory."""
    connection.flushall()
    web_system.fill(connection, 200)
    before = _used_memory(connection)
    web_system.fill(connection, jobs)
    return (_used_memory(connection) - before) / jobs


def _used_memory(connection: Connection) -> int:
    memory_of: Any = connection.info("memory")
    return int(memory_of["used_memory"])


def records(url: str, _folder: Path, many: int) -> list[Row]:
    """Measure a record's size, and submissions' records and claims with few and many queued."""
    size = record_bytes(connect(url), 2000)
    few, most = steps(url, 100), steps(url, many)
    return [
        row("bytes of Redis per queued job", size, None, "< 4000"),
        *(
            row(f"{name}, ms, {many} : 100 queued", 1e3 * most[name], 1e3 * spent, "≤ 1.5")
            for name, spent in few.items()
        ),
    ]
