"""Celery's parent process: tells that the worker lives, reconciles, mends what its child left."""

import logging
import threading
from collections import deque
from functools import cached_property
from typing import Any

from billiard.exceptions import WorkerLostError
from celery import Celery
from celery.signals import task_failure, worker_ready, worker_shutting_down

from shared.config import Config
from shared.errors import OutOfMemory, StoreUnavailable, Superseded
from shared.job_store import Claim, JobStore, connect
from shared.job_store.leases import LAST_FALLBACK_STEP
from shared.job_store.workers import Workers
from shared.object_store import ObjectStore
from shared.wakeup import wake
from worker.engine.memory.plan import largest_size
from worker.host_memory import oom_kills
from worker.maintenance.reconcile import Reconciler, keep_at_it

LEAVING_SECONDS = 60.0
OOM_LOOKS = 10  # that far back a process may have been killed when Celery tells of it
log = logging.getLogger(__name__)


class Parent:
    """What the parent process does at its start, when its child dies, and at its end."""

    def __init__(self, config: Config, name: str, app: Celery) -> None:
        self._config = config
        self._name = name
        self._app = app
        self._stop = threading.Event()
        self._oom_kills = deque([oom_kills()], maxlen=OOM_LOOKS)
        self._new = True

    def listen(self) -> None:
        """Be there when Celery tells of these."""
        worker_ready.connect(self._start, weak=False)
        task_failure.connect(self._lost_child, weak=False)
        worker_shutting_down.connect(self._leave, weak=False)

    @cached_property
    def _jobs(self) -> JobStore:
        return JobStore(connect(self._config.redis_url), self._config.redis_replicas)

    @cached_property
    def _workers(self) -> Workers:
        return Workers(self._jobs.redis)

    @cached_property
    def _reconciler(self) -> Reconciler:
        return Reconciler(
            jobs=self._jobs,
            workers=self._workers,
            objects=ObjectStore(self._config.object_store_url),
            wake=self._wake,
            retention_seconds=self._config.retention,
        )

    def _start(self, **_: Any) -> None:
        for step in (self._look_after, self._collect):
            threading.Thread(target=keep_at_it, args=(step, self._stop), daemon=True).start()

    def _collect(self) -> None:
        self._reconciler.collect()

    def _look_after(self) -> None:
        if self._new:  # a container that starts again has the name that it had
            self._jobs.undrain(self._name)
            self._new = False
        self._oom_kills.append(oom_kills())
        self._workers.heartbeat(self._name)
        self._reconciler.round()

    def _lost_child(self, exception: BaseException, **_: Any) -> None:
        if not isinstance(exception, WorkerLostError):
            return  # told in the child
        for_memory = oom_kills() > self._oom_kills[0]
        log.error("lost the pool process%s: %s", " to the OOM killer" * for_memory, exception)
        try:
            for claim in self._jobs.held_by(self._name):
                self._lose(claim, for_memory=for_memory)
        except (StoreUnavailable, Superseded) as error:
            log.warning("what it held goes back when its lease lapses: %s", error)

    def _lose(self, claim: Claim, *, for_memory: bool) -> None:
        if not for_memory:
            self._jobs.lose(claim, "killed")
        else:  # one step down the ladder; then, for the last attempt, as far as it goes
            job = self._jobs.get(claim.job_id)
            rows, columns = job.result_shape
            content = job.inputs.content
            maximum = largest_size(content.width, content.height, job.pixels // 2)
            fault = OutOfMemory(width=columns, height=rows, maximum=maximum)
            fallback_steps = LAST_FALLBACK_STEP if job.fallback_step else 1
            self._jobs.lose(claim, "killed for its memory", fallback_steps, fault)
        self._wake()

    def _leave(self, **_: Any) -> None:
        """Take no more jobs, and hand the running one back for another worker to run."""
        self._stop.set()
        try:
            self._workers.leave(self._name)
            self._jobs.drain(self._name, LEAVING_SECONDS)  # the child lives on for a moment
            if count := self._jobs.release_worker(self._name):
                log.info("handed back %d jobs", count)
                self._wake()
        except StoreUnavailable:
            log.warning("Redis is away; what this worker held goes back when its lease lapses")

    def _wake(self) -> None:
        wake(self._app)
