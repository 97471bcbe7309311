"""Announces workers as they do themselves."""

from shared.job_store.workers import Worker, Workers


def announce(workers: Workers, worker: Worker) -> None:
    """Announce a worker and send its heartbeat."""
    workers.describe(worker)
    workers.heartbeat(worker.name)
