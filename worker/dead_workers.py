"""Requeues the jobs of dead workers on this host: `python -m worker.dead_workers`."""

import os
import re
import socket
import sys
from pathlib import Path

from shared.config import Config, exit_if_invalid
from shared.errors import StoreUnavailable, Superseded
from shared.job_store import JobStore, Workers, connect
from shared.wakeup import celery_app, wake

_NAME = re.compile(r"gramworks-(\d+)@(.+)")


def name_of(pid: int, host: str) -> str:
    """Return the name of the worker whose main process has this process id."""
    return f"gramworks-{pid}@{host}"


def requeue_jobs_of_dead_workers(
    jobs: JobStore, workers: Workers, starting: str | None = None
) -> list[str]:
    """Requeue the jobs of dead workers on this host now, before their leases expire.

    Args:
        jobs: the job store.
        workers: the workers, of which the dead ones are removed.
        starting: the name of the worker that is starting. A restarted container keeps its name, so
            the jobs held under this name are requeued too.

    Returns:
        The ids of the requeued jobs.
    """
    requeued = []
    for name, claims in jobs.holders().items():
        if name != starting and not _is_dead(name):
            continue
        for claim in claims:
            try:
                jobs.lose(claim, "killed")
            except Superseded:
                continue
            requeued.append(claim.job_id)
        workers.leave(name)
    return requeued


def _is_dead(name: str) -> bool:
    """Return whether a worker ran on this host and its main process no longer exists."""
    match = _NAME.fullmatch(name)
    if not match or match[2] != socket.gethostname():
        return False
    try:  # another process may have the same id now
        return name.encode() not in Path(f"/proc/{match[1]}/cmdline").read_bytes()
    except OSError:
        return True


def main() -> None:
    """Requeue the jobs, wake a worker, and print the ids."""
    with exit_if_invalid():
        config = Config.read(os.environ)
    connection = connect(config.redis_url)
    try:
        requeued = requeue_jobs_of_dead_workers(JobStore(connection), Workers(connection))
    except StoreUnavailable as error:
        sys.exit("Redis is not available: {reason}".format(**error.parameters))
    if requeued:
        wake(celery_app(config.redis_url))
    for job_id in requeued:
        print(f"requeued {job_id}")


if __name__ == "__main__":
    main()
