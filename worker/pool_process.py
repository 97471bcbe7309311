"""A pool process: woken by the one Celery task, it claims and runs jobs until nothing fits."""

import logging
import os
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from typing import Any, Protocol

from celery import Celery
from celery.signals import worker_process_init

from shared.config import Config
from shared.errors import StoreUnavailable
from shared.job_store import LEASE_SECONDS, Capability, Claim, JobStore, connect
from shared.job_store.workers import Worker, Workers
from shared.wakeup import TASK
from worker.job.throughput import Pace, Paces

STEP_SECONDS = 4.0  # less than a lease, so that a silent Redis does not cost one unasked
log = logging.getLogger(__name__)


class Painter(Protocol):
    """What runs claimed jobs of at most `largest_pixels` pixels."""

    largest_pixels: int
    device: str

    def run(self, claim: Claim) -> Pace | None:
        """Run one job to its end; return how fast it went, if that could be measured."""


MakePainter = Callable[[Config, JobStore], Painter]


class Pool:
    """The one task, and what its process loads before the first job, not in it."""

    def __init__(self, config: Config, name: str, make_painter: MakePainter) -> None:
        self._config = config
        self._name = name
        self._make_painter = make_painter
        self._parent = os.getppid()
        self._paces = Paces()

    def listen(self, app: Celery) -> None:
        """Be there when Celery starts the process and when a wake-up comes."""
        worker_process_init.connect(self._load, weak=False)

        app.task(name=TASK)(self._work)

    @cached_property
    def _jobs(self) -> JobStore:
        redis = connect(self._config.redis_url, timeout=STEP_SECONDS)
        return JobStore(redis, self._config.redis_replicas)

    @cached_property
    def _painter(self) -> Painter:
        return self._make_painter(self._config, self._jobs)

    def _load(self, **_: Any) -> None:
        painter = self._painter
        with suppress(StoreUnavailable):  # the first job tells it
            self._describe(painter)

    def _describe(self, painter: Painter) -> None:
        speed, overhead = self._paces.usual() or (None, None)
        me = Worker(
            name=self._name,
            pixels=painter.largest_pixels,
            device=painter.device,
            speed=speed,
            overhead=overhead,
        )
        Workers(self._jobs.redis).describe(me)

    @property
    def _has_parent(self) -> bool:
        """Whether somebody tells that this worker lives, and can tell it to stop."""
        return os.getppid() == self._parent

    def _work(self) -> None:
        painter = self._painter
        capability = Capability(self._name, painter.largest_pixels)
        try:
            while self._has_parent and (claim := self._jobs.claim_next(capability, LEASE_SECONDS)):
                log.info("job %s: attempt %d", claim.job_id, claim.attempt)
                pace = painter.run(claim)
                log.debug("job %s: %s", claim.job_id, pace)
                self._paces.add(pace)
                self._describe(painter)
        except StoreUnavailable as error:
            log.warning("a store is away: %s; what it held up is taken up again", error.parameters)
