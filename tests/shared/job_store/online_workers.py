"""Workers as they announce themselves."""

from shared.job_store.workers import Worker, Workers


def announce(workers: Workers, worker: Worker) -> None:
    """Let a worker say what it can do and that it lives."""
    workers.describe(worker)
    workers.heartbeat(worker.name)
