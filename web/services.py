"""What the routes work with, made once for an application."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app

from shared.config import Config
from shared.job_store import JobStore, connect
from shared.job_store.workers import Workers
from shared.object_store import ObjectStore
from shared.wakeup import celery_app, wake
from web.queue_forecast import QueueForecast, make_queue_forecast

_KEY = "gramworks"
Keep = Callable[[Callable[[], QueueForecast]], Callable[[], QueueForecast]]


@dataclass(frozen=True)
class Services:
    """The collaborators of every route."""

    config: Config
    jobs: JobStore
    objects: ObjectStore
    workers: Workers
    queue_forecast: Callable[[], QueueForecast]
    wake: Callable[[], None]


def install(app: Flask, config: Config, keep: Keep) -> None:
    """Make the services and give them to `app`."""
    redis = connect(config.redis_url)
    jobs, workers = JobStore(redis, config.redis_replicas), Workers(redis)
    celery = celery_app(config.redis_url)
    app.extensions[_KEY] = Services(
        config=config,
        jobs=jobs,
        objects=ObjectStore(config.object_store_url),
        workers=workers,
        queue_forecast=keep(lambda: make_queue_forecast(jobs, workers)),
        wake=lambda: wake(celery),
    )


def get_services() -> Services:
    """Return the services of the application that handles this request."""
    return cast(Services, current_app.extensions[_KEY])
