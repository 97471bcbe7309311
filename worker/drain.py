"""Lets this machine's workers finish their jobs and claim no more: `python -m worker.drain`."""

import argparse
import os
import socket
import sys
import time

from shared.config import Config, exit_if_invalid
from shared.errors import StoreUnavailable
from shared.job_store import JobStore, Workers, connect

POLL_SECONDS = 1.0


def main() -> None:
    """Drain the given workers, or all on this machine."""
    parser = argparse.ArgumentParser(prog="python -m worker.drain", description=__doc__)
    parser.add_argument("worker", nargs="*", help="default: all workers on this machine")
    parser.add_argument("--wait", action="store_true", help="wait until their jobs are finished")
    parser.add_argument("--undo", action="store_true", help="let them claim jobs again")
    options = parser.parse_args()
    with exit_if_invalid():
        config = Config.read(os.environ)
    try:
        connection = connect(config.redis_url)
        workers = Workers(connection)
        names = options.worker or _names_on_this_machine(workers)
        if options.undo:
            undo(workers, names)
        else:
            drain(JobStore(connection), workers, names, wait=options.wait)
    except StoreUnavailable as error:
        sys.exit("Redis is not available: {reason}".format(**error.parameters))


def drain(jobs: JobStore, workers: Workers, names: list[str], *, wait: bool = False) -> None:
    """Drain workers and print which jobs they still run; with `wait`, return when all are idle."""
    for name in names:
        workers.drain(name)
        running = "".join(f"; running {claim.job_id}" for claim in jobs.holders().get(name, []))
        print(f"{name} claims no more jobs{running}", flush=True)
    if wait:
        while not jobs.holders().keys().isdisjoint(names):
            time.sleep(POLL_SECONDS)
        print("All workers are idle and can be stopped.")


def undo(workers: Workers, names: list[str]) -> None:
    """Let workers claim jobs again."""
    for name in names:
        workers.undrain(name)
        print(f"{name} claims jobs again")


def _names_on_this_machine(workers: Workers) -> list[str]:
    host = socket.gethostname()
    names = [worker.name for worker in workers.live() if worker.name.endswith(f"@{host}")]
    if not names:
        sys.exit(f"No worker on {host} has sent a heartbeat recently.")
    return names


if __name__ == "__main__":
    main()
