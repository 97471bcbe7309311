"""The accuracy of the forecast of a queued job's end: `python -m bench.forecast`."""

import argparse
import os
import random
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from bench import table
from gramworks import Client, Job
from local.system import System
from samples import photograph_path, style_path
from shared.config import Config

SIZES, ITERATIONS, PRESETS = (64, 96, 128, 192, 256), (10, 20, 40), ("balanced", "faithful")
PHOTOGRAPHS = ("chelsea", "coffee", "rocket")
FRESH_SECONDS = 6.0  # a worker makes a forecast every two seconds, the web reads it once a second
HEADINGS = {
    "job": "job",
    "queued": "place",
    "foretold": "s foretold",
    "waited": "s waited",
    "starts": "of which queue",
    "error": "error",
}


def submit(client: Client, chance: random.Random) -> Job:
    """Send a job of a random kind."""
    settings = {
        "preset": chance.choice(PRESETS),
        "size": chance.choice(SIZES),
        "iterations": chance.choice(ITERATIONS),
    }
    photograph = photograph_path(chance.choice(PHOTOGRAPHS))
    return client.submit(photograph, style_path("brushwork"), settings)


def recorded(client: Client, job: Job) -> dict[str, Any]:
    """Record the forecast of a job's end, and when it was made."""
    seen = client.job(job.id)
    return {
        "job": f"{seen.settings['size']} rows, {seen.settings['iterations']} iterations",
        "id": job.id,
        "at": time.time(),
        "queued": seen.position,
        "foretold": seen.eta_seconds,
        "starts": seen.starts_in_seconds,
    }


def judged(client: Client, row: dict[str, Any]) -> dict[str, Any]:
    """Add the actual times."""
    ended = client.wait(row["id"]).finished_at
    assert ended is not None  # noqa: S101 - the job has ended
    waited = ended.timestamp() - row["at"]
    error = None if row["foretold"] is None else abs(row["foretold"] - waited) / waited
    return {**row, "waited": waited, "error": error}


def measure(url: str, jobs: int, seed: int) -> list[dict[str, Any]]:
    """Measure the worker with three jobs, then send many at once and wait for them."""
    chance = random.Random(seed)  # noqa: S311 - seeded, so that the run can be repeated
    with Client(url) as client:
        for warm in [submit(client, chance) for _ in range(3)]:
            client.wait(warm.id)
        queue = [submit(client, chance) for _ in range(jobs)]
        time.sleep(FRESH_SECONDS)
        rows = [recorded(client, job) for job in queue[1:]]  # the first may be running
        return [judged(client, row) for row in rows]


def main(arguments: Sequence[str] | None = None) -> None:
    """Start a system, measure it, print the table and write the JSON."""
    parser = argparse.ArgumentParser(prog="python -m bench.forecast", description=__doc__)
    parser.add_argument("--jobs", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        config = Config(GRAMWORKS_DATA=Path(folder), GRAMWORKS_PORT=0)
        with System(config, os.environ, print) as system:
            rows = measure(system.url, options.jobs, options.seed)
    table.show(rows, HEADINGS)
    errors = [row["error"] for row in rows if row["error"] is not None]
    print(f"median error {median(errors):.1%} of {len(errors)} jobs, worst {max(errors):.0%}")
    table.write(options.json, {"rows": rows, "median_error": median(errors)})


if __name__ == "__main__":
    main()
