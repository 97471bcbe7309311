"""Celery's main process: sends heartbeats, does maintenance, handles a pool process's death."""

import logging
import signal
import threading
from collections import deque
from collections.abc import Callable
from functools import cached_property
from typing import Any

from billiard.exceptions import WorkerLostError
from celery import Celery
from celery.signals import task_failure, worker_init, worker_ready, worker_shutting_down

from shared.config import Config
from shared.errors import GramworksError, OutOfMemory, StoreUnavailable
from shared.job_store import (
    Batches,
    Claim,
    Connection,
    JobQueue,
    JobStore,
    Locks,
    Outbox,
    RedisStatus,
    Trash,
    UploadedImages,
    Workers,
)
from shared.job_store import connect as connect_redis
from shared.object_store import ObjectStore
from shared.outbound import Outbound
from shared.settings import largest_size
from shared.wakeup import wake
from worker.dead_workers import requeue_jobs_of_dead_workers
from worker.engine.memory.plan import LAST_FALLBACK_STEP
from worker.host_memory import oom_kills
from worker.maintenance.forecast import Forecaster
from worker.maintenance.loop import Loop
from worker.maintenance.reconcile import Reconciler
from worker.maintenance.webhooks import Deliverer
from worker.pool_process import ENOUGH_JOBS

STOPPING_SECONDS = 60.0  # for which a worker that is stopping claims nothing
WEBHOOK_SECONDS = 1.0  # between two looks at what is due
OOM_ROUNDS = 10  # Celery reports a process that the kernel killed up to this many rounds later
log = logging.getLogger(__name__)


class MainProcess:
    """What the main process does when it starts, while it runs, and when it stops."""

    def __init__(self, config: Config, name: str, app: Celery) -> None:
        self._config = config
        self._name = name
        self._app = app
        self._stop = threading.Event()
        self._oom_kills = deque([oom_kills()], maxlen=OOM_ROUNDS)
        self._has_started = False
        self._reported_suspension: str | None = None
        self._reported_draining = False
        self._loops = (  # the first one checks the others
            Loop("garbage collection", self._collect_garbage, self._stop),
            Loop("forecast", self._update_forecast, self._stop),
            Loop("webhooks", self._deliver, self._stop, WEBHOOK_SECONDS),
            Loop("maintenance", self._maintain, self._stop),
        )

    def connect_signals(self) -> None:
        """Connect to Celery's signals."""
        worker_init.connect(self._before_pool, weak=False)
        worker_ready.connect(self._start, weak=False)
        task_failure.connect(self._pool_process_died, weak=False)
        worker_shutting_down.connect(self._shut_down, weak=False)

    @cached_property
    def _connection(self) -> Connection:
        return connect_redis(self._config.redis_url)

    @cached_property
    def _jobs(self) -> JobStore:
        return JobStore(self._connection, self._config.redis_replicas)

    @cached_property
    def _workers(self) -> Workers:
        return Workers(self._connection)

    @cached_property
    def _reconciler(self) -> Reconciler:
        return Reconciler(
            jobs=self._jobs,
            trash=Trash(self._connection, self._jobs),
            batches=Batches(self._connection, self._jobs),
            queue=JobQueue(self._connection),
            workers=self._workers,
            locks=Locks(self._connection),
            redis=RedisStatus(self._connection),
            objects=ObjectStore(self._config.object_store_url),
            images=UploadedImages(self._connection),
            wake=self._wake,
            retention_seconds=self._config.retention,
            pixels_seconds=self._config.pixels_seconds,
            uploads_seconds=self._config.uploads_seconds,
            trash_seconds=self._config.trash_seconds,
            style_cache_bytes=self._config.style_cache_bytes,
        )

    @cached_property
    def _forecaster(self) -> Forecaster:
        return Forecaster(
            self._jobs,
            JobQueue(self._connection),
            self._workers,
            Locks(self._connection),
            RedisStatus(self._connection),
        )

    @cached_property
    def _deliverer(self) -> Deliverer:
        outbound = Outbound(self._config.outbound_targets)
        return Deliverer(Outbox(self._connection), outbound, self._config.public_url, self._stop)

    def _before_pool(self, **_: Any) -> None:
        try:
            self._take_over()
        except StoreUnavailable as error:
            log.warning("Redis is not available: %s", error.parameters)  # _maintain tries again

    def _take_over(self) -> None:
        """Requeue the jobs of dead workers on this host, before this worker claims any."""
        for job_id in requeue_jobs_of_dead_workers(self._jobs, self._workers, self._name):
            log.warning("job %s: requeued, its worker on this host is dead", job_id)
        self._workers.join(self._name)  # a restarted container keeps its name
        self._has_started = True

    def _start(self, **_: Any) -> None:
        for loop in self._loops:
            loop.start()
        for number in (signal.SIGTERM, signal.SIGQUIT):
            signal.signal(number, self._shutting_down_before(signal.getsignal(number)))

    def _shutting_down_before(self, handler: Any) -> Callable[[int, Any], None]:
        """Return a signal handler that releases the job first, then does what `handler` does.

        Celery's own waits for the pool process before it sends `worker_shutting_down`, and that
        process ends between two evaluations only, which are seconds apart for large pictures.
        """

        def handle(number: int, frame: Any) -> None:
            self._shut_down()
            handler(number, frame)

        return handle

    def _maintain(self) -> None:
        if not self._has_started:
            self._take_over()
        self._oom_kills.append(oom_kills())
        self._report_suspension()
        self._report_draining()
        stopped = [loop.name for loop in self._loops if not loop.is_alive()]
        if stopped:  # send no heartbeat, so that the health check fails
            raise RuntimeError(f"no longer running: {', '.join(stopped)}")
        self._workers.heartbeat(self._name)
        self._reconciler.reconcile()

    def _collect_garbage(self) -> None:
        self._reconciler.collect_garbage()

    def _update_forecast(self) -> None:
        self._forecaster.update()

    def _deliver(self) -> None:
        self._deliverer.deliver_due()

    def _report_suspension(self) -> None:
        suspension = self._workers.suspension(self._name)
        reason = suspension and suspension[1]
        if suspension and reason != self._reported_suspension:
            log.error(
                "lost several jobs in a row; claims none for %.0f s; the last error: %s",
                *suspension,
            )
        if self._reported_suspension and not suspension:
            log.warning("claims jobs again")
            self._wake()
        self._reported_suspension = reason

    def _report_draining(self) -> None:
        is_draining = self._name in self._workers.draining()
        if is_draining and not self._reported_draining:
            log.warning("draining: finishes its job and claims no more")
        if self._reported_draining and not is_draining:
            log.warning("no longer draining: claims jobs again")
            self._wake()
        self._reported_draining = is_draining

    def _pool_process_died(self, exception: BaseException, **_: Any) -> None:
        if not isinstance(exception, WorkerLostError):
            return  # an error in the task, which the pool process logged
        is_oom = oom_kills() > self._oom_kills[0]
        if f"exitcode {ENOUGH_JOBS} " not in f"{exception} ":
            cause = "ran out of memory" if is_oom else "died"
            log.error("the pool process %s: %s", cause, exception)
        try:
            for claim in self._jobs.holders().get(self._name, []):
                self._lose(claim, is_oom=is_oom)
            self._wake()
        except GramworksError as error:
            log.warning("its job will be requeued when its lease expires: %s", error)

    def _lose(self, claim: Claim, *, is_oom: bool) -> None:
        if not is_oom:
            self._jobs.lose(claim, "killed")
            return
        job = self._jobs.get(claim.job_id)
        rows, columns = job.result_shape
        content = job.inputs.content
        maximum = largest_size(content.width, content.height, job.pixels // 2)
        fault = OutOfMemory(width=columns, height=rows, maximum=maximum)
        # one step the first time; all remaining steps the second time
        steps = LAST_FALLBACK_STEP if job.fallback_step else 1
        self._jobs.lose(claim, "killed for its memory", fallback_steps=steps, fault=fault)

    def _shut_down(self, **_: Any) -> None:
        """Claim no more jobs, and release the running one for another worker; once."""
        if self._stop.is_set():
            return
        self._stop.set()
        try:
            self._workers.leave(self._name)
            self._workers.drain(self._name, STOPPING_SECONDS)  # the pool process still runs
            if count := self._jobs.release_worker(self._name):
                log.info("released %d jobs", count)
                self._wake()
        except StoreUnavailable:
            log.warning("Redis is not available; the job will be requeued when its lease expires")

    def _wake(self) -> None:
        wake(self._app)
