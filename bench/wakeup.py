"""The time from an accepted job to its start on an idle system: `python -m bench.wakeup`.

The whole system runs: web, Redis, and a real worker that Celery wakes. Both times are Redis's own,
from the job's record: when it was recorded, and when a worker claimed it.
"""

import argparse
import os
import random
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median, quantiles

from bench import table
from gramworks import Client
from local.system import System
from samples import photograph_path, style_path
from shared.config import Config

SETTINGS = {"size": 64, "iterations": 1, "coarse_iterations": 1, "pyramid": 1}
IDLE_SECONDS = (0.2, 2.5)  # between two jobs, so that they meet the worker in every state
HEADINGS = {"median": "median, ms", "worst": "90 %, ms", "largest": "largest, ms"}


def milliseconds_to_start(client: Client) -> float:
    """Submit a job, wait for its end, and return how long it waited to start."""
    job = client.submit(photograph_path("coffee"), style_path("brushwork"), settings=SETTINGS)
    ended = client.wait(job.id)
    if ended.created_at is None or ended.started_at is None:
        raise RuntimeError(f"job {job.id} never started: {ended.error}")
    return (ended.started_at - ended.created_at).total_seconds() * 1000


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure jobs one after the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=40)
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        config = Config.read(os.environ).model_copy(update={"data": Path(folder), "port": 0})
        with System(config, os.environ, print) as system, Client(system.url) as client:
            milliseconds_to_start(client)  # waits until the worker has loaded
            spent = []
            for _ in range(chosen.jobs):
                time.sleep(random.uniform(*IDLE_SECONDS))  # noqa: S311 - no secret
                spent.append(milliseconds_to_start(client))
    row = {"median": median(spent), "worst": quantiles(spent, n=10)[-1], "largest": max(spent)}
    table.show([row], HEADINGS)
    table.write(chosen.json, {"rows": [row], "all": spent})


if __name__ == "__main__":
    main()
