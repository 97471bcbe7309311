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

_KEY = "gramworks"


@dataclass(frozen=True)
class Services:
    """The collaborators of every route."""

    config: Config
    jobs: JobStore
    images: ImageStore
    workers: Workers
    wake: Callable[[], None]


def install(app: Flask, config: Config) -> None:
    """Make the services and give them to `app`."""
    redis = connect(config.redis_url)
    celery = celery_app(config.redis_url)
    app.extensions[_KEY] = Services(
        config=config,
        jobs=JobStore(redis),
        images=ImageStore(config.image_url),
        workers=Workers(redis),
        wake=lambda: wake(celery),
    )


def services() -> Services:
    """Return the services of the application that handles this request."""
    return cast(Services, current_app.extensions[_KEY])
