"""A job of 16 megapixels in the whole system, with its memory and time: `python -m bench.large`.

A photograph of `--side` rows and columns is painted at its own size (`size` is `original`) by a
worker with its default memory. Where the whole image does not fit, it is painted in tiles.
"""

import argparse
import io
import os
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from bench import table
from gramworks import Client, Progressed
from gramworks.errors import require_success
from local.system import System
from samples import photograph_path, style_path
from shared.config import Config

RSS_UNIT = 1 if sys.platform == "darwin" else 1024  # bytes
HEADINGS = {
    "rows": "rows",
    "columns": "columns",
    "preset": "preset",
    "history": "history",
    "tile": "tile",
    "attempts": "attempts",
    "seconds": "s in all",
    "finest_seconds": "of which full size",
    "peak_mb": "peak, MB",
}


def photograph(side: int) -> bytes:
    """Return a sample photograph as a JPEG of `side` × `side` pixels."""
    with Image.open(photograph_path("astronaut")) as image:
        large = image.convert("RGB").resize((side, side), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    large.save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def paint(client: Client, side: int, preset: str) -> dict[str, Any]:
    """Paint a picture of `side` × `side`; print each evaluation as it ends."""
    chosen = {"preset": preset, "size": "original"}
    job = client.submit(photograph(side), style_path("brushwork"), chosen)
    begin, seconds = time.monotonic(), 0.0
    ends = {0: 0.0}  # a level's number to the seconds at which its last evaluation was reported
    for event in client.watch(job.id):
        seconds = time.monotonic() - begin
        if isinstance(event, Progressed):
            at = event.progress
            ends[at.level] = seconds
            print(f"{seconds:7.0f} s: level {at.level}, {at.evaluation} of {at.evaluations}")
            sys.stdout.flush()
    ended = require_success(client.job(job.id))
    with Image.open(io.BytesIO(client.fetch(job.id))) as result:
        columns, rows = result.size
    return {
        "rows": rows,
        "columns": columns,
        "preset": preset,
        "history": ended.body["progress"]["history"],
        "tile": ended.body["progress"]["tile"],
        "attempts": ended.attempt,
        "seconds": seconds,
        "finest_seconds": seconds - ends[max(ends) - 1],
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Start a system, paint the picture, print the table and write the JSON."""
    parser = argparse.ArgumentParser(prog="python -m bench.large", description=__doc__)
    parser.add_argument("--side", type=int, default=4000)
    parser.add_argument("--preset", default="draft")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        config = Config(GRAMWORKS_DATA=Path(folder), GRAMWORKS_PORT=0)
        with System(config, os.environ, print) as system, Client(system.url) as client:
            row = paint(client, options.side, options.preset)
    # the largest of all processes that ended: the worker's pool process
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * RSS_UNIT / 1e6
    row["peak_mb"] = peak
    table.show([row], HEADINGS)
    table.write(options.json, {"rows": [row]})


if __name__ == "__main__":
    main()
