"""The wake-up: a message if Redis is available, and no error if it is not."""

import logging

import pytest

from shared.job_store.connection import Connection
from shared.wakeup import QUEUE, celery_app, wake


def test_a_wake_up_is_one_message_in_the_queue(redis: Connection, redis_url: str) -> None:
    app = celery_app(redis_url)
    wake(app)
    wake(app)
    app.close()
    assert redis.llen(f"gw:celery:{QUEUE}") == 2


def test_without_redis_a_wake_up_is_left_to_reconcile(caplog: pytest.LogCaptureFixture) -> None:
    app = celery_app("redis://127.0.0.1:1/0")
    with caplog.at_level(logging.WARNING):
        wake(app)
    app.close()
    assert "reconcile" in caplog.text
