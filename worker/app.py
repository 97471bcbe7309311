"""The worker's Celery app: what its parent process does at its start and at its end."""

import logging
import os
import threading
from typing import Any

from celery.signals import setup_logging, worker_ready, worker_shutting_down

from shared.config import Config
from shared.errors import StoreUnavailable
from shared.jobs import JobStore, connect
from shared.wakeup import celery_app, wake
from shared.workers import Worker, Workers
from worker.engine.plan import largest_pixels
from worker.memory import usable_bytes
from worker.reconcile import keep_reconciling

config = Config.read(
    os.environ
)  # Celery imports this module in the parent and in each pool process
app = celery_app(config.redis_url)
app.conf.imports = ["worker.tasks"]
_stop = threading.Event()
log = logging.getLogger(__name__)


@setup_logging.connect
def log_plainly(**_: Any) -> None:
    """Log one line each to the terminal; what Celery says of each message is left out."""
    logging.basicConfig(
        level=config.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    for chatty in ("celery.worker.strategy", "celery.app.trace"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


@worker_ready.connect
def start_reconciling(sender: Any, **_: Any) -> None:
    """Announce the worker, and from now on mend what was cut off."""
    redis = connect(config.redis_url)
    me = Worker(name=sender.hostname, pixels=largest_pixels(config.memory or usable_bytes()))
    args = (JobStore(redis), Workers(redis), me, lambda: wake(app), _stop)
    threading.Thread(target=keep_reconciling, args=args, daemon=True).start()


@worker_shutting_down.connect
def leave(sender: str, **_: Any) -> None:
    """Take no more jobs, and hand the running one back for another worker to run."""
    _stop.set()
    redis = connect(config.redis_url)
    try:
        Workers(redis).leave(sender)
        if count := JobStore(redis).hand_back(sender):
            log.info("handed back %d jobs", count)
    except StoreUnavailable:
        log.warning("Redis is away; what this worker held goes back when its lease lapses")
