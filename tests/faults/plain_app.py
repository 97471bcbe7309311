"""Plain Celery without Gramworks: one task of ten seconds, with three configurations."""

import os
import time
from pathlib import Path
from typing import Any

from celery import Celery

VARIANTS: dict[str, dict[str, bool]] = {
    "defaults": {},
    "acks_late": {"task_acks_late": True},
    "acks_late, reject_on_worker_lost": {
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
    },
}
BEATS, BEAT = 20, 0.5  # seconds
app = Celery("plain", broker=os.environ.get("PLAIN_REDIS", "redis://"))
app.conf.update(
    VARIANTS[os.environ.get("PLAIN_VARIANT", "defaults")],
    worker_concurrency=1,
    worker_disable_prefetch=True,  # so that each of the idle workers takes one of the jobs
)


@app.task(name="plain.work", bind=True)  # type: ignore[untyped-decorator] # Celery has no types
def work(task: Any, log_file: str) -> None:
    """Work for a while; record when it starts, continues and ends, and on which worker."""
    path = Path(log_file)
    _write(path, "start", task.request.hostname)
    for _ in range(BEATS):
        time.sleep(BEAT)
        _write(path, "beat", task.request.hostname)
    _write(path, "end", task.request.hostname)


def _write(path: Path, what: str, worker: str) -> None:
    with path.open("a") as log_file:
        log_file.write(f"{what} {time.time():.3f} {worker}\n")
