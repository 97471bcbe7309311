"""The front end: pages for people, an API for programs; never loads the model."""

from flask import Flask, Response
from werkzeug.middleware.proxy_fix import ProxyFix

from shared.config import Config
from web import errors, health
from web.api import events
from web.api import jobs as api
from web.kept import Kept
from web.pages import new as pages
from web.services import Keep, install

MEGABYTE = 1_000_000
POLICY = "default-src 'self'; img-src 'self' blob:; frame-ancestors 'none'; base-uri 'none'"


def create_app(config: Config, keep: Keep = Kept) -> Flask:
    """Return the application for one deployment; `keep` spares it what was made a moment ago."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = config.max_upload_mb * MEGABYTE
    app.json.sort_keys = False  # type: ignore[attr-defined] # the default provider has it
    if config.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=config.proxies, x_proto=0)  # type: ignore[method-assign] # as Flask's documentation does
    install(app, config, keep)
    errors.install(app)
    for blueprint in (api.blueprint, events.blueprint, pages.blueprint, health.blueprint):
        app.register_blueprint(blueprint)
    app.after_request(_guard)
    return app


def _guard(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    return response
