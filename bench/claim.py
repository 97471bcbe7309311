"""The time from a warm worker's claim to its first evaluation: `python -m bench.claim`.

It uses a real Redis, a real image store in a folder and the worker's own code. The time runs from
before the claim until the first evaluation that could be reported.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from bench import table
from bench.pairs import pair
from bench.servers import redis
from shared import paths
from shared.config import Config
from shared.job import InputImage, JobInputs, JobOptions
from shared.job_store import Capability, JobStore, NewJob, connect, new_id
from shared.object_store import ObjectStore
from shared.pictures import encode
from shared.settings import PRESETS, StyleSettings
from worker import weights
from worker.engine.device import find_device
from worker.engine.engine import Engine
from worker.engine.progress import Progress
from worker.host_memory import usable_bytes
from worker.job.runner import Runner

ROWS = 256
OTHER_ROWS = 200  # of the job that warms the worker up; the measured job has another size
ROOMY = Capability("bench", 10**9)
HEADINGS = {"preset": "preset", "seconds": "s from claim to first evaluation"}


def submit(jobs: JobStore, objects: ObjectStore, settings: StyleSettings) -> None:
    """Queue a job with pair 1's pictures, stored as files."""
    job_id = new_id()
    stored: list[InputImage] = []
    for picture in pair(1, ROWS)[1:]:
        key = paths.style_key(job_id, len(stored))
        data = encode(picture.astype(np.uint8), "png")
        objects.put(key, data)
        height, width, _ = picture.shape
        stored.append(InputImage(key=key, width=width, height=height, bytes=len(data)))
    content, style = stored
    inputs = JobInputs(content=content, styles=[style])
    jobs.create(job_id, NewJob(settings, JobOptions(), inputs))


def first_evaluation(jobs: JobStore, objects: ObjectStore, engine: Engine) -> float:
    """Claim and run the next job; return the seconds to its first evaluation."""
    begin = time.perf_counter()
    times: list[float] = []

    def watched(*inputs: Any, **options: Any) -> Iterator[Progress]:
        for progress in engine.stylize(*inputs, **options):
            times.append(time.perf_counter() - begin)
            yield progress

    claim = jobs.claim_next(ROOMY, 60)
    if claim is None:
        raise RuntimeError("the queue is empty, though a job was just put into it")
    Runner(jobs, objects, watched).run(claim)
    return times[0]


def measure(jobs: JobStore, objects: ObjectStore, preset: str, repeat: int) -> dict[str, Any]:
    """Warm up a worker with another size, then time its first job of this size; repeat."""
    trained, device = weights.load(Config.read(os.environ)), find_device(None, usable_bytes())
    seconds = []
    for _ in range(repeat):
        engine = Engine(trained, device)
        for rows in (OTHER_ROWS, ROWS):
            chosen = {**PRESETS[preset], "size": rows, "iterations": 12}
            submit(jobs, objects, StyleSettings.model_validate(chosen))
            spent = first_evaluation(jobs, objects, engine)
        seconds.append(spent)
    return {"preset": preset, "seconds": median(seconds), "all": seconds}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure each preset."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder, redis(Path(folder) / "redis") as url:
        jobs, objects = JobStore(connect(url)), ObjectStore(f"{folder}/images")
        rows = [measure(jobs, objects, preset, chosen.repeat) for preset in PRESETS]
    table.show(rows, HEADINGS)
    table.write(chosen.json, {"rows": rows})


if __name__ == "__main__":
    main()
