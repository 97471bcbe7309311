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
from shared.workers import Workers
from worker.reconcile import keep_reconciling

log = logging.getLogger(__name__)


class Parent:
    """What the parent process does at its start and at its end."""

    def __init__(self, config: Config, name: str, app: Celery) -> None:
        self._config = config
        self._name = name
        self._app = app
        self._stop = threading.Event()

    def listen(self) -> None:
        """Be there when Celery starts and when it stops."""
        worker_ready.connect(self._start, weak=False)
        worker_shutting_down.connect(self._leave, weak=False)

    def _start(self, **_: Any) -> None:
        redis = connect(self._config.redis_url)
        args = (
            JobStore(redis),
            Workers(redis),
            self._name,
            lambda: wake(self._app),
            self._stop,
        )
        threading.Thread(target=keep_reconciling, args=args, daemon=True).start()

    def _leave(self, **_: Any) -> None:
        self._stop.set()
        redis = connect(self._config.redis_url)
        try:
            Workers(redis).leave(self._name)
            if count := JobStore(redis).hand_back(self._name):
                log.info("handed back %d jobs", count)
        except StoreUnavailable:
            log.warning("Redis is away; what this worker held goes back when its lease lapses")
