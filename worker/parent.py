"""Celery's parent process: announces the worker, reconciles, and hands back what it held."""

import logging
import threading
from typing import Any

from celery import Celery
from celery.signals import worker_ready, worker_shutting_down

from shared.config import Config
from shared.errors import StoreUnavailable
from shared.jobs import JobStore, connect
from shared.wakeup import wake
from shared.workers import Worker, Workers
from worker.engine.plan import largest_pixels
from worker.memory import usable_bytes
from worker.reconcile import keep_reconciling

log = logging.getLogger(__name__)


class Parent:
    """What the parent process does at its start and at its end."""

    def __init__(self, config: Config, app: Celery) -> None:
        self._config = config
        self._app = app
        self._stop = threading.Event()

    def listen(self) -> None:
        """Be there when Celery starts and when it stops."""
        worker_ready.connect(self._start, weak=False)
        worker_shutting_down.connect(self._leave, weak=False)

    def _start(self, sender: Any, **_: Any) -> None:
        redis = connect(self._config.redis_url)
        pixels = largest_pixels(self._config.memory or usable_bytes())
        me = Worker(name=sender.hostname, pixels=pixels)
        args = (JobStore(redis), Workers(redis), me, lambda: wake(self._app), self._stop)
        threading.Thread(target=keep_reconciling, args=args, daemon=True).start()

    def _leave(self, sender: str, **_: Any) -> None:
        self._stop.set()
        redis = connect(self._config.redis_url)
        try:
            Workers(redis).leave(sender)
            if count := JobStore(redis).hand_back(sender):
                log.info("handed back %d jobs", count)
        except StoreUnavailable:
            log.warning("Redis is away; what this worker held goes back when its lease lapses")
