"""The front end: pages for people, an API for programs. It does not load the model.

Reading order: `__main__` serves; `services` holds the routes' collaborators; `intake/` turns an
upload into a job; `api/` and `pages/` have the routes; `queue_forecast` estimates times;
`rendering` makes finished pictures again, with other means or as other files; `errors` and
`messages/` turn errors into responses and sentences; `slow_uploads` cuts off uploads that stall;
`identity/` finds the owner of a request; `health` has the health checks.
"""

from flask import Flask, Response
from werkzeug.middleware.proxy_fix import ProxyFix

from shared.config import Config
from web import errors, health
from web.api import events, jobs, render, settings, workers
from web.pages import formatting, job, new
from web.queue_forecast import Cached
from web.services import Cache, install
from web.slow_uploads import SlowUploads

MEGABYTE = 1_000_000
UPLOAD_SHARE = 4  # one address's uploads take up to a quarter of the threads
POLICY = "default-src 'self'; img-src 'self' blob:; frame-ancestors 'none'; base-uri 'none'"


def create_app(config: Config, cache: Cache = Cached) -> Flask:
    """Return the application for one deployment; `cache` holds the queue's forecast."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = config.max_upload_mb * MEGABYTE
    app.json.sort_keys = False  # type: ignore[attr-defined] # the default provider has it
    at_once = config.web_threads // UPLOAD_SHARE
    app.wsgi_app = SlowUploads(app.wsgi_app, at_once)  # type: ignore[method-assign] # as Flask's documentation does
    if config.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=config.proxies, x_proto=0)  # type: ignore[method-assign] # as Flask's documentation does
    install(app, config, cache)
    errors.install(app)
    for module in (jobs, render, events, settings, workers, new, job, health):
        app.register_blueprint(module.blueprint)
    app.jinja_env.filters.update(
        number=formatting.number,
        about=formatting.about,
        time=formatting.time,
        setting=formatting.setting,
    )
    app.after_request(_guard)
    return app


def _guard(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    return response
