"""The web under load, as ratios of two figures of one run: `python -m bench.web`.

It uses a real Redis and real web processes; a script stands for the workers and their engines. The
clients run on the same cores, so all rates are lower than with clients elsewhere; ratios are of
figures that were measured in turns.
"""

import argparse
import asyncio
import random
import socket
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from bench import table, web_system
from bench.http_load import Occupiers, Rate, Watchers, get, memory, percentile, post, rate
from bench.servers import redis
from bench.web_records import Row, records, row
from shared.job_store import SCOPES, Tokens, connect
from web.identity.tokens import new_token

SECONDS = 4.0  # of each measurement
ROUNDS = 3
FEW, MANY = 10, 100_000
READS = 500  # different jobs that are read
HEADINGS = {
    "what": "what",
    "measured": "measured",
    "against": "against",
    "ratio": "ratio",
    "target": "target",
}


def _port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _rate(port: int, requests: Sequence[bytes]) -> Rate:
    return asyncio.run(rate(web_system.address(port), requests, SECONDS))


def _status(ids: Sequence[str], token: str | None = None) -> list[bytes]:
    chosen = random.Random(1).sample(list(ids), min(READS, len(ids)))  # noqa: S311 - repeatable
    return [get(f"/api/v1/jobs/{job_id}", token) for job_id in chosen]


def pages(url: str, folder: Path, queued: int) -> dict[str, float]:
    """Return the rates of reads with `queued` queued jobs; `bare` is the bare route's."""
    connection = connect(url)
    connection.flushall()
    ids = web_system.fill(connection, queued)
    ours, bare, guarded = _port(), _port(), _port()
    token, record = new_token("bench", "bench", frozenset(SCOPES))
    Tokens(connection).add(record)
    found: dict[str, list[float]] = {}
    with (
        web_system.maintained(url),
        web_system.web(url, folder, ours, 1),
        web_system.web(url, folder, guarded, 1, auth="token"),
        web_system.bare(url, ids[0], bare),
    ):
        time.sleep(5)  # for the first forecast
        chosen = {
            "bare": (bare, [get(f"/{job_id}") for job_id in ids[:READS]]),
            "status": (ours, _status(ids)),
            "token": (guarded, _status(ids, token)),
            "list": (ours, [get(f"/api/v1/jobs?limit={FEW}")]),
            "home": (ours, [get("/")]),
        }
        for _ in range(ROUNDS):
            for name, (port, requests) in chosen.items():
                found.setdefault(name, []).append(_rate(port, requests).per_second)
    return {name: median(rates) for name, rates in found.items()}


async def _others(port: int, ids: Sequence[str]) -> tuple[Rate, Rate]:
    """Return the rates of status reads and of submissions."""
    place = web_system.address(port)
    reads = await rate(place, _status(ids), SECONDS)
    return reads, await rate(place, [post("/api/v1/jobs", *web_system.upload(240))], SECONDS, 4)


async def _watched(url: str, port: int, count: int, pids: Sequence[int]) -> list[Row]:
    place, watchers = web_system.address(port), Watchers()
    with web_system.progressing(url, count) as (ids, ending):
        alone = [await _others(port, ids) for _ in range(2)]
        await watchers.open(place, ids)
        await asyncio.sleep(3)
        watchers.delays.clear()
        busy = [await _others(port, ids) for _ in range(2)]
        await asyncio.sleep(SECONDS)
        megabytes, delays = memory(pids), list(watchers.delays)
        ending.set()
        while ending.is_set():
            await asyncio.sleep(0.2)
        await asyncio.sleep(3)
        await watchers.close()
        ended = sum(states[-1] == "succeeded" for states in watchers.states.values())
    what = f"{count} pages, {len(pids)} processes"
    seconds = 2 * (2 * SECONDS) + SECONDS
    return [
        row(f"{what}: 99 % of events within s", percentile(delays, 0.99), None, "≤ 1"),
        row(f"{what}: events per page and s", len(delays) / count / seconds, None, "1"),
        row(f"{what}: largest process, MB", megabytes, None, "< 300"),
        row(f"{what}: pages that saw the end", ended, count, "1"),
        *(
            row(
                f"{what}: others' {name} per s",
                median(each[number].per_second for each in busy),
                median(each[number].per_second for each in alone),
                "≥ 0.5",
            )
            for number, name in enumerate(("status reads", "submissions"))
        ),
    ]


async def _occupied(port: int, ids: Sequence[str], uploads: int, idle: int) -> list[Row]:
    place, occupiers = web_system.address(port), Occupiers()
    alone = await _others(port, ids)
    await occupiers.open(place, uploads, idle)
    busy = await _others(port, ids)
    await occupiers.close()
    what = f"{uploads} slow uploads, {idle} idle connections"
    return [
        row(f"{what}: {name} per s", busy[number].per_second, alone[number].per_second, "≥ 0.5")
        for number, name in enumerate(("status reads", "submissions"))
    ]


def reads(url: str, folder: Path, many: int) -> list[Row]:
    """Measure reads with few and with many queued jobs, against the bare route."""
    few, most = pages(url, folder, FEW), pages(url, folder, many)
    return [
        row(f"status reads per s, {FEW} queued : bare", few["status"], few["bare"], "≥ 0.7"),
        row(f"status reads per s, {many} queued : bare", most["status"], most["bare"], "≥ 0.7"),
        row(f"the same with a token, {FEW} queued : bare", few["token"], few["bare"], "≥ 0.6"),
        row(f"the same with a token, {many} queued : bare", most["token"], most["bare"], "≥ 0.6"),
        row(f"status reads per s, {many} : {FEW} queued", most["status"], few["status"], "≈ 1"),
        *(
            row(f"{name}, ms, {many} : {FEW} queued", 1e3 / most[name], 1e3 / few[name], "≤ 1.5")
            for name in ("list", "home")
        ),
    ]


def _pages_open(url: str, folder: Path, count: int, processes: int) -> list[Row]:
    connect(url).flushall()
    port = _port()
    with web_system.maintained(url), web_system.web(url, folder, port, processes) as pids:
        return asyncio.run(_watched(url, port, count, pids))


def one_process(url: str, folder: Path, _many: int) -> list[Row]:
    """Measure 500 open pages on one process."""
    return _pages_open(url, folder, 500, 1)


def four_processes(url: str, folder: Path, _many: int) -> list[Row]:
    """Measure 2000 open pages on four processes."""
    return _pages_open(url, folder, 2000, 4)


def slow_clients(url: str, folder: Path, _many: int) -> list[Row]:
    """Measure 500 slow uploads and 2000 idle connections on one process."""
    connect(url).flushall()
    port = _port()
    ids = web_system.fill(connect(url), READS)
    with web_system.maintained(url), web_system.web(url, folder, port, 1):
        return asyncio.run(_occupied(port, ids, 500, 2000))


PARTS = {
    "records": records,
    "reads": reads,
    "one-process": one_process,
    "four-processes": four_processes,
    "slow-clients": slow_clients,
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print the table and write the JSON."""
    parser = argparse.ArgumentParser(prog="python -m bench.web", description=__doc__)
    parser.add_argument("--queued", type=int, default=MANY, help="how many jobs are many")
    parser.add_argument("--only", choices=PARTS, nargs="*", default=list(PARTS))
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args(arguments)
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as name, redis(Path(name) / "redis") as url:
        for part in chosen.only:
            found = PARTS[part](url, Path(name), chosen.queued)
            table.show(found, HEADINGS)
            rows += found
    table.write(chosen.json, {"rows": rows})


if __name__ == "__main__":
    main()
