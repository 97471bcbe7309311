"""Requeues what dead workers of this host held: `python -m worker.dead_workers`."""

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
    """Return the name of the worker whose main process has this id."""
    return f"gramworks-{pid}@{host}"


def requeue_jobs_of_dead_workers(
    jobs: JobStore, workers: Workers, starting: str | None = None
) -> list[str]:
    """Requeue at once what dead workers of this host held, instead of waiting for their leases.

    Args:
        jobs: the store.
        workers: which forget the dead ones.
        starting: the worker that is starting; a restarted container has the name that it had, so
            what is held under this name is held by nobody.

    Returns:
        The ids of the jobs.
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
    """Return whether a worker was on this host and its main process no longer runs."""
    match = _NAME.fullmatch(name)
    if not match or match[2] != socket.gethostname():
        return False
    try:  # another process may have the id by now
        return name.encode() not in Path(f"/proc/{match[1]}/cmdline").read_bytes()
    except OSError:
        return True


def main() -> None:
    """Requeue the jobs, wake another worker, and print the ids."""
    with exit_if_invalid():
        config = Config.read(os.environ)
    connection = connect(config.redis_url)
    try:
        requeued = requeue_jobs_of_dead_workers(JobStore(connection), Workers(connection))
    except StoreUnavailable as error:
        sys.exit("Redis is away: {reason}".format(**error.parameters))
    if requeued:
        wake(celery_app(config.redis_url))
    for job_id in requeued:
        print(f"requeued {job_id}")


if __name__ == "__main__":
    main()
