"""Injects faults into the running system and reports the results: `python -m tests.faults`."""

import argparse
import json
import signal
import sys
import tempfile
import time
from pathlib import Path

from tests.faults import table
from tests.faults.kinds import KINDS, named
from tests.faults.run import Plan, run


def main() -> None:
    """Run, print the report, and exit with 1 if anything is wrong."""
    arguments = _arguments()
    signal.signal(
        signal.SIGTERM, lambda *_: sys.exit("stopped by SIGTERM")
    )  # so that all is cleaned up
    plan = Plan(
        arguments.engine,
        arguments.jobs,
        arguments.faults,
        arguments.workers,
        arguments.seed,
        arguments.calm,
    )
    folder = Path(arguments.keep or tempfile.mkdtemp(prefix="gramworks-chaos-"))
    folder.mkdir(parents=True, exist_ok=True)
    print(f"seed {plan.seed}; logs in {folder}", flush=True)
    outcome = run(plan, named(arguments.only), folder)
    print(*table.lines(outcome), sep="\n", flush=True)
    if arguments.json:
        arguments.json.parent.mkdir(parents=True, exist_ok=True)
        arguments.json.write_text(json.dumps(outcome.as_json(), indent=1) + "\n")
    sys.exit(bool(outcome.findings))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 100_000)
    parser.add_argument("--jobs", type=int, default=2000)
    parser.add_argument("--faults", type=int, default=500)
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--engine", choices=["scripted", "real"], default="scripted")
    calm = "one fault at a time, of a part that holds a job, while a worker is idle"
    parser.add_argument("--calm", action="store_true", help=calm)
    kinds = ", ".join(kind.kind for kind in KINDS)
    parser.add_argument("--only", type=_names, default=[], metavar="KIND,…", help=kinds)
    parser.add_argument("--json", type=Path, help="where to write all that was found")
    parser.add_argument("--keep", type=Path, help="an empty folder for logs and data")
    return parser.parse_args()


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",")]


if __name__ == "__main__":
    main()
