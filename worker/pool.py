"""A pool process: woken by the one Celery task, it claims and runs jobs until nothing fits."""

import logging
from collections.abc import Callable
from functools import cached_property
from typing import Any, Protocol

from celery import Celery
from celery.signals import worker_process_init

from shared.config import Config
from shared.errors import StoreUnavailable
from shared.jobs import LEASE_SECONDS, Capability, Claim, JobStore, connect
from shared.wakeup import TASK
from shared.workers import Worker, Workers

log = logging.getLogger(__name__)


class Painter(Protocol):
    """What runs claimed jobs of at most `largest_pixels` pixels."""

    largest_pixels: int
    device: str

    def run(self, claim: Claim) -> None:
        """Run one job to its end."""


MakePainter = Callable[[Config, JobStore], Painter]


class Pool:
    """The one task, and what its process loads before the first job, not in it."""

    def __init__(self, config: Config, name: str, make_painter: MakePainter) -> None:
        self._config = config
        self._name = name
        self._make_painter = make_painter

    def listen(self, app: Celery) -> None:
        """Be there when Celery starts the process and when a wake-up comes."""
        worker_process_init.connect(self._load, weak=False)

        app.task(name=TASK)(self._work)

    @cached_property
    def _jobs(self) -> JobStore:
        return JobStore(connect(self._config.redis_url))

    @cached_property
    def _painter(self) -> Painter:
        return self._make_painter(self._config, self._jobs)

    def _load(self, **_: Any) -> None:
        painter = self._painter
        me = Worker(name=self._name, pixels=painter.largest_pixels, device=painter.device)
        Workers(self._jobs.redis).describe(me)

    def _work(self) -> None:
        painter = self._painter
        capability = Capability(self._name, painter.largest_pixels)
        try:
            while claim := self._jobs.claim_next(capability, LEASE_SECONDS):
                log.info("job %s: attempt %d", claim.job_id, claim.attempt)
                self._painter.run(claim)
        except StoreUnavailable as error:
            log.warning("a store is away: %s; what it held up is taken up again", error.parameters)
