"""What the routes work with, made once for an application."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app

from shared.config import Config
from shared.images import ImageStore
from shared.jobs import JobStore, connect
from shared.wakeup import celery_app, wake
from shared.workers import Workers
from web.outlook import Outlook, look_out

_KEY = "gramworks"
Keep = Callable[[Callable[[], Outlook]], Callable[[], Outlook]]


@dataclass(frozen=True)
class Services:
    """The collaborators of every route."""

    config: Config
    jobs: JobStore
    images: ImageStore
    workers: Workers
    outlook: Callable[[], Outlook]
    wake: Callable[[], None]


def install(app: Flask, config: Config, keep: Keep) -> None:
    """Make the services and give them to `app`."""
    redis = connect(config.redis_url)
    jobs, workers = JobStore(redis, config.redis_replicas), Workers(redis)
    celery = celery_app(config.redis_url)
    app.extensions[_KEY] = Services(
        config=config,
        jobs=jobs,
        images=ImageStore(config.image_url),
        workers=workers,
        outlook=keep(lambda: look_out(jobs, workers)),
        wake=lambda: wake(celery),
    )


def services() -> Services:
    """Return the services of the application that handles this request."""
    return cast(Services, current_app.extensions[_KEY])
