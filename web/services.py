"""The collaborators of the routes, created once per application."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app

from shared.config import Config
from shared.job_store import (
    Batches,
    JobChanges,
    JobEvents,
    JobQueue,
    JobStore,
    Outbox,
    RedisStatus,
    Requests,
    Sessions,
    Tokens,
    Trash,
    UploadedImages,
    Webhooks,
    Workers,
    connect,
)
from shared.object_store import ObjectStore
from shared.outbound import Outbound
from shared.wakeup import celery_app, wake
from web.downloads import Downloads
from web.identity.rate_limits import RateLimits
from web.identity.tokens import TokenLookup, configured_tokens
from web.intake.fetcher import Fetcher
from web.intake.images import ImageReader
from web.intake.isolation import Isolation
from web.queue_forecast import QueueForecast, read_queue_forecast
from web.rendering import Renderer
from web.thumbnails import Thumbnails

_KEY = "gramworks"
Cache = Callable[[Callable[[], QueueForecast]], Callable[[], QueueForecast]]


@dataclass(frozen=True)
class Services:
    """The collaborators of every route."""

    config: Config
    jobs: JobStore
    changes: JobChanges
    trash: Trash
    batches: Batches
    queue: JobQueue
    requests: Requests
    events: JobEvents
    workers: Workers
    webhooks: Webhooks
    outbox: Outbox
    outbound: Outbound
    redis: RedisStatus
    sessions: Sessions
    token_lookup: TokenLookup
    rate_limits: RateLimits
    objects: ObjectStore
    images: ImageReader
    uploaded_images: UploadedImages
    fetcher: Fetcher
    renderer: Renderer
    thumbnails: Thumbnails
    downloads: Downloads
    queue_forecast: Callable[[], QueueForecast]
    wake: Callable[[], None]
    close: Callable[[], None]


def install(app: Flask, config: Config, cache: Cache) -> None:
    """Create the services and attach them to `app`."""
    # each thread uses one at a time, and all event streams together use one
    connection = connect(config.redis_url, max_connections=2 * config.web_threads)
    jobs, queue = JobStore(connection, config.redis_replicas), JobQueue(connection)
    workers, redis = Workers(connection), RedisStatus(connection)
    sessions = Sessions(connection)
    objects = ObjectStore(config.object_store_url)
    renderer = Renderer(objects)
    celery = celery_app(config.redis_url)
    app.extensions[_KEY] = Services(
        config=config,
        jobs=jobs,
        changes=JobChanges(connection),
        trash=Trash(connection, jobs),
        batches=Batches(connection, jobs, config.redis_replicas),
        queue=queue,
        requests=Requests(connection),
        events=JobEvents(connection),
        workers=workers,
        webhooks=Webhooks(connection),
        outbox=Outbox(connection),
        outbound=Outbound(config.outbound_targets),
        redis=redis,
        sessions=sessions,
        rate_limits=RateLimits(config, connection),
        token_lookup=TokenLookup(Tokens(connection), sessions, configured_tokens(config)),
        objects=objects,
        images=ImageReader(
            Isolation(config.max_input_megapixels), processes=config.web_process_count
        ),
        uploaded_images=UploadedImages(connection),
        fetcher=Fetcher(Outbound(config.outbound_targets), config.web_threads),
        renderer=renderer,
        thumbnails=Thumbnails(objects, renderer),
        downloads=Downloads(config.web_threads),
        queue_forecast=cache(lambda: read_queue_forecast(queue, workers)),
        wake=lambda: wake(celery),
        close=connection.close,
    )


def get_services() -> Services:
    """Return the services of the application that handles this request."""
    return cast(Services, current_app.extensions[_KEY])
