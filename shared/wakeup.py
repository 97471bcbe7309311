"""The wake-up: Celery's settings, the task's name, and how a worker is woken.

A message only says that a job may be queued. If one is lost, a worker's next `reconcile` sends
another; an extra one costs one look at the queue.
"""

import logging

from celery import Celery
from kombu.exceptions import OperationalError

TASK = "gramworks.work"
QUEUE = "gw:wakeups"
_SOCKET = {"socket_timeout": 10, "socket_connect_timeout": 2, "socket_keepalive": True}
log = logging.getLogger(__name__)


def celery_app(redis_url: str) -> Celery:
    """Return the Celery app that the web sends with and the worker runs."""
    app = Celery("gramworks", broker=redis_url)
    app.conf.update(
        task_default_queue=QUEUE,
        task_ignore_result=True,
        broker_transport_options={**_SOCKET, "max_retries": 1, "global_keyprefix": "gw:celery:"},
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,  # Redis can be unavailable for any time
        worker_concurrency=1,
        worker_disable_prefetch=True,  # a busy worker leaves wake-ups to idle ones
        worker_pool_start_method="spawn",  # keeps TensorFlow and CUDA out of the parent
        worker_proc_alive_timeout=120,  # a pool process imports TensorFlow before it is ready
        worker_cancel_long_running_tasks_on_connection_loss=False,  # the lease decides, not Celery
        worker_hijack_root_logger=False,
        worker_enable_remote_control=False,  # unused, and it leaks keys in Redis
    )
    return app


def wake(app: Celery) -> None:
    """Wake a worker; if Redis is not available, `reconcile` does it later."""
    try:
        app.send_task(TASK, retry=False)
    except OperationalError:
        log.warning("no wake-up could be sent; the next reconcile sends one")
