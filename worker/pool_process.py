"""A pool process: woken by the Celery task, it claims and runs jobs until no queued job fits.

After `JOBS` jobs it ends, and Celery starts another: TensorFlow keeps what it compiled for each
size, so its memory would grow with the number of sizes that were painted.
"""

import logging
import os
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from typing import Any, NamedTuple, NoReturn, Protocol

from celery import Celery
from celery.signals import worker_process_init

from shared.config import Config
from shared.errors import StoreUnavailable
from shared.job_store import (
    LEASE_SECONDS,
    Capability,
    Claim,
    Connection,
    JobStore,
    Memory,
    Worker,
    Workers,
    connect,
)
from shared.wakeup import TASK
from worker.job.throughput import JobTiming, Throughput

JOBS = 50  # that a process runs; loading the engine again takes a few seconds
ENOUGH_JOBS = 3  # the exit code of a process that ran them
REDIS_SECONDS = 4.0  # shorter than a lease, so that waiting for Redis does not lose it
log = logging.getLogger(__name__)


class RunJob(Protocol):
    """Runs a claimed job to its end; see `worker.job.runner.Runner.run`."""

    def __call__(self, claim: Claim, speed: float | None = None) -> JobTiming | None:
        """Run a job on a worker of this speed; return its timing, if it was measured."""


class LoadedEngine(NamedTuple):
    """A loaded engine: `run` runs jobs of up to `largest_pixels` pixels on `device`."""

    run: RunJob
    largest_pixels: int
    device: str
    memory: Memory | None = None


LoadEngine = Callable[[Config, JobStore], LoadedEngine]


class PoolProcess:
    """The Celery task, and the engine that the process loads before its first job."""

    def __init__(self, config: Config, name: str, load_engine: LoadEngine) -> None:
        self._config = config
        self._name = name
        self._load_engine = load_engine
        self._main_process = os.getppid()
        self._throughput = Throughput()
        self._jobs_run = 0

    def connect_signals(self, app: Celery) -> None:
        """Load the engine when Celery starts the process; work when a wake-up comes."""
        worker_process_init.connect(self._start, weak=False)
        app.task(name=TASK)(self._work)

    @cached_property
    def _connection(self) -> Connection:
        return connect(self._config.redis_url, timeout=REDIS_SECONDS)

    @cached_property
    def _jobs(self) -> JobStore:
        return JobStore(self._connection, self._config.redis_replicas)

    @cached_property
    def _engine(self) -> LoadedEngine:
        return self._load_engine(self._config, self._jobs)

    def _start(self, **_: Any) -> None:
        engine = self._engine
        with suppress(StoreUnavailable):  # the worker is announced with its first job
            self._throughput.expect(self._announced_speed())
            self._announce(engine)

    def _announced_speed(self) -> tuple[float, float] | None:
        """Return the speed and overhead that this worker's last process measured."""
        live = {worker.name: worker for worker in Workers(self._connection).live()}
        last = live.get(self._name)
        if last is None or last.speed is None or last.overhead is None:
            return None
        return last.speed, last.overhead

    def _announce(self, engine: LoadedEngine) -> None:
        speed, overhead = self._throughput.estimate() or (None, None)
        worker = Worker(
            name=self._name,
            pixels=engine.largest_pixels,
            device=engine.device,
            memory=engine.memory,
            speed=speed,
            overhead=overhead,
        )
        Workers(self._connection).describe(worker)

    @property
    def _has_main_process(self) -> bool:
        """Whether the main process, which sends heartbeats and can stop this one, still runs."""
        return os.getppid() == self._main_process

    def _work(self) -> None:
        try:
            while self._has_main_process and (claim := self._claim()):
                self._run(claim)
                self._jobs_run += 1
                if self._jobs_run == JOBS:
                    _end_process(f"this process ran {JOBS} jobs", ENOUGH_JOBS, logging.INFO)
        except StoreUnavailable as error:
            log.warning("a store is not available; jobs wait: %s", error.parameters)

    def _claim(self) -> Claim | None:
        capability = Capability(self._name, self._engine.largest_pixels)
        return self._jobs.claim_next(capability, LEASE_SECONDS)

    def _run(self, claim: Claim) -> None:
        log.info("job %s: attempt %d", claim.job_id, claim.attempt)
        speed, _ = self._throughput.estimate() or (None, None)
        try:
            timing = self._engine.run(claim, speed)
        except StoreUnavailable:
            raise
        except Exception:
            _end_process("an unexpected error", 1, logging.ERROR)
        if timing:
            log.debug("job %s: %s", claim.job_id, timing)
            self._throughput.add(timing)
        self._announce(self._engine)


def _end_process(reason: str, exit_code: int, level: int) -> NoReturn:
    """Exit; the main process sees it and Celery starts another process.

    After an unexpected error the device may be broken.
    """
    log.log(level, "%s: this process exits, and Celery starts another", reason)
    logging.shutdown()
    os._exit(exit_code)
