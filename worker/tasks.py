"""The one Celery task: woken, it claims and runs jobs until nothing fits."""

import logging
from functools import cache
from typing import TYPE_CHECKING, Any

from celery.signals import worker_process_init

from shared.errors import StoreUnavailable
from shared.jobs import LEASE_SECONDS, Capability, JobStore, connect
from shared.wakeup import TASK
from worker.app import app, config

if TYPE_CHECKING:
    from worker.pool import Painter

log = logging.getLogger(__name__)


@app.task(name=TASK, bind=True)
def work(task: Any) -> None:
    """Run jobs for as long as there is one that fits this worker."""
    capability = Capability(task.request.hostname, painter().largest_pixels)
    try:
        while claim := job_store().claim_next(capability, LEASE_SECONDS):
            log.info("job %s: attempt %d", claim.job_id, claim.attempt)
            painter().run(claim)
    except StoreUnavailable as error:
        log.warning("a store is away: %s; what it held up is taken up again", error.parameters)


@cache
def job_store() -> JobStore:
    """Return this process's job store."""
    return JobStore(connect(config.redis_url))


@cache
def painter() -> "Painter":
    """Return this process's painter."""
    from worker.pool import Painter  # noqa: PLC0415 - TensorFlow stays out of Celery's parent

    return Painter(config, job_store())


@worker_process_init.connect
def load_engine(**_: Any) -> None:
    """Load TensorFlow and the weights before the first job, not in it."""
    painter()
