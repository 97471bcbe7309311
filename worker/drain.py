"""Lets this machine's workers finish their job and take no more: `python -m worker.drain`."""

import argparse
import os
import socket
import sys
import time

from shared.config import Config
from shared.errors import StoreUnavailable
from shared.job_store import JobStore, connect
from shared.job_store.workers import Workers

LOOK_SECONDS = 1.0


def main() -> None:
    """Drain the workers that are named, or all of this machine."""
    parser = argparse.ArgumentParser(prog="python -m worker.drain", description=__doc__)
    parser.add_argument("worker", nargs="*", help="by default, every worker of this machine")
    parser.add_argument("--wait", action="store_true", help="until their jobs are finished")
    parser.add_argument("--undo", action="store_true", help="let them take jobs again")
    options = parser.parse_args()
    try:
        redis = connect(Config.read(os.environ).redis_url)
        names = options.worker or _of_this_machine(Workers(redis))
        drain(JobStore(redis), names, wait=options.wait, undo=options.undo)
    except StoreUnavailable as error:
        sys.exit("Redis is away: {reason}".format(**error.parameters))


def drain(jobs: JobStore, names: list[str], *, wait: bool = False, undo: bool = False) -> None:
    """Drain these workers or, with `undo`, let them take jobs again; tell how that stands."""
    for name in names:
        if undo:
            jobs.undrain(name)
            print(f"{name} takes jobs again")
        else:
            jobs.drain(name)
            print(f"{name} takes no more jobs{_finishing(jobs, name)}", flush=True)
    while wait and not undo and any(jobs.held_by(name) for name in names):
        time.sleep(LOOK_SECONDS)
    if wait and not undo:
        print("Nothing runs any more: it can be stopped.")


def _finishing(jobs: JobStore, name: str) -> str:
    return "".join(f", finishes {claim.job_id}" for claim in jobs.held_by(name))


def _of_this_machine(workers: Workers) -> list[str]:
    host = socket.gethostname()
    names = [worker.name for worker in workers.live() if worker.name.endswith(f"@{host}")]
    if not names:
        sys.exit(f"No worker of {host} was heard of lately.")
    return names


if __name__ == "__main__":
    main()
