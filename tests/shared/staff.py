"""Workers as they tell of themselves."""

from shared.workers import Worker, Workers


def announce(workers: Workers, worker: Worker) -> None:
    """Let a worker say what it can do and that it lives."""
    workers.describe(worker)
    workers.greet(worker.name)
