"""The message of a wake-up names the worker's task and has no content."""

import json
import time

from shared.job_store.connection import Connection
from shared.wakeup import QUEUE, TASK, celery_app, wake


def test_the_message_names_the_task_and_has_no_arguments(redis: Connection, redis_url: str) -> None:
    app = celery_app(redis_url)
    wake(app)
    app.close()
    message = json.loads(str(redis.lindex(f"gw:celery:{QUEUE}", 0)))
    assert message["headers"]["task"] == TASK
    assert message["headers"]["argsrepr"] == "()"


def test_an_unavailable_redis_causes_no_delay() -> None:
    app = celery_app("redis://127.0.0.1:1/0")
    begin = time.monotonic()
    wake(app)
    assert time.monotonic() - begin < 5
    app.close()
