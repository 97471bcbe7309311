"""One job's life: claimed, painted, reported, finished; knows no Celery."""

import logging
import time
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from shared.errors import GramworksError, StoreUnavailable, Superseded, WorkerFault
from shared.finish import decode, deprocess, encode
from shared.images import ImageStore
from shared.job import Job
from shared.jobs import Claim, JobStore
from shared.settings import StyleSettings
from worker.engine.progress import Progress
from worker.lease import kept
from worker.report import Reporter

Pixels = NDArray[np.float32]
Stylize = Callable[[Pixels, Sequence[Pixels], StyleSettings], Iterator[Progress]]
log = logging.getLogger(__name__)


def run_job(claim: Claim, jobs: JobStore, images: ImageStore, stylize: Stylize) -> None:
    """Bring a claimed job to its end: succeeded, failed with a reason, or left to its new holder.

    Raises:
        StoreUnavailable: a store is away; the lease lapses and the job goes back into the queue.
    """
    started = time.monotonic()
    try:
        key = _paint(claim, jobs, images, stylize)
        jobs.succeed(claim, key)
    except Superseded:
        log.info("job %s: cancelled, or another worker has it", claim.job_id)
    except StoreUnavailable:
        raise
    except GramworksError as error:
        _fail(claim, jobs, error)
    except Exception:
        log.exception("job %s", claim.job_id)
        _fail(claim, jobs, WorkerFault())
    else:
        log.info("job %s: succeeded in %.1f s", claim.job_id, time.monotonic() - started)


def _paint(claim: Claim, jobs: JobStore, images: ImageStore, stylize: Stylize) -> str:
    with kept(claim, jobs) as lease:
        job = jobs.get(claim.job_id)
        lease.allow_for(job.pixels)
        reporter = Reporter(claim, jobs, images, job.settings.deprocess_means)
        for progress in stylize(*_inputs(job, images), job.settings):
            lease.sign_of_life()
            reporter.report(progress)
        # the result first, the record second: nothing half-done is seen
        key = f"jobs/{claim.job_id}/{claim.attempt}/result.png"
        picture = deprocess(progress.pixels(), job.settings.deprocess_means)
        images.put(key, encode(picture, "png"))
        return key


def _inputs(job: Job, images: ImageStore) -> tuple[Pixels, list[Pixels]]:
    def load(key: str) -> Pixels:
        return decode(images.get(key)).astype(np.float32)

    return load(job.inputs.content.key), [load(style.key) for style in job.inputs.styles]


def _fail(claim: Claim, jobs: JobStore, error: GramworksError) -> None:
    log.warning("job %s: failed: %s", claim.job_id, error)
    try:
        jobs.fail(claim, error)
    except Superseded:
        log.info("job %s: was cancelled meanwhile", claim.job_id)
