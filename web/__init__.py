"""The front end: pages for people, an API for programs. It does not load the model.

Reading order: `__main__` serves; `services` holds the routes' collaborators; `intake/` turns an
upload into a job; `api/` and `pages/` have the routes; `streams/` serves those who watch a job;
`server/` receives requests and answers them; `queue_forecast` says when queued jobs start;
`rendering` makes finished pictures again, with other means or as other files, `thumbnails` small
ones for pages; `picture_list` finds the jobs that somebody looks for; `picture_zip` sends pictures
of many jobs, and `downloads` bounds how many such answers there are; `errors` and `messages/` turn
errors into responses and sentences; `identity/` says whose request it is; `deletion` moves jobs to
the trash and deletes them; `openapi/` describes the API; `health` has the health checks;
`log_filter` keeps secrets out of the logs; `static_files` serves what pages load, and
`builtin_styles` lists the styles among it.
"""

from flask import Flask, Response
from flask.json.provider import DefaultJSONProvider
from flask_compress import Compress
from pydantic_core import to_json
from werkzeug.middleware.proxy_fix import ProxyFix

from shared.config import Config
from web import errors, health, static_files
from web.api import (
    batches,
    changes,
    estimate,
    events,
    images,
    inputs,
    jobs,
    prefer,
    recipe,
    render,
    settings,
    share,
    trash,
    webhooks,
    workers,
)
from web.identity import csrf, host_check, rate_limits, request_identity
from web.messages import languages, states
from web.openapi import reading
from web.openapi import routes as openapi
from web.pages import (
    compare,
    docs,
    first_run,
    formatting,
    gallery,
    job,
    language,
    live,
    navigation,
    new,
    shared,
    sign_in,
    thumbnails,
)
from web.pages import trash as trash_page
from web.pages import workers as workers_page
from web.queue_forecast import Cached
from web.services import Cache, install

POLICY = (  # no inline scripts or styles, no frames, forms only to this site
    "default-src 'self'; img-src 'self' blob:; object-src 'none'; base-uri 'none';"
    " form-action 'self'; frame-ancestors 'none'"
)
COMPRESSED = ["text/html", "text/css", "text/javascript", "image/svg+xml"]  # not the API's answers:
# compression would cost more than all else of a status read

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-cache",
}


class Json(DefaultJSONProvider):
    """JSON by pydantic, which is several times faster; a status read is little more than that."""

    def dumps(self, obj: object, **_options: object) -> str:
        """Return an object as compact JSON, in the order of its keys."""
        return to_json(obj).decode()


def create_app(config: Config, cache: Cache = Cached) -> Flask:
    """Return the application for one deployment; `cache` holds the queue's forecast."""
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = config.max_upload_bytes
    app.json = Json(app)
    if config.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=config.proxies, x_proto=config.proxies)  # type: ignore[method-assign] # as Flask's documentation does
    install(app, config, cache)
    languages.install(app)
    static_files.install(app)
    errors.install(app)
    events.install(app)
    prefer.install(app)
    host_check.install(app, config)
    request_identity.install(app)
    csrf.install(app)
    rate_limits.install(app)
    reading.install(app)
    docs.install(app)
    thumbnails.install(app)
    gallery.install(app)
    resources = (
        jobs,
        changes,
        batches,
        images,
        inputs,
        recipe,
        render,
        share,
        trash,
        events,
        webhooks,
        estimate,
        settings,
        workers,
    )
    of_pictures = (new, first_run, job, live, thumbnails, gallery, compare, trash_page, shared)
    pages = (*of_pictures, workers_page, sign_in, docs, language)
    for module in (*resources, *pages, health, openapi, static_files):
        app.register_blueprint(module.blueprint)
    app.jinja_env.filters.update(
        number=formatting.number,
        about=formatting.about,
        time=formatting.time,
        setting=formatting.setting,
        state_name=states.state_name,
        term_name=states.term_name,
    )
    app.jinja_env.globals["pages"] = navigation.PAGES
    app.after_request(_guard)
    app.config["COMPRESS_MIMETYPES"] = COMPRESSED
    Compress(app)
    return app


def _guard(response: Response) -> Response:
    present = {name for name, _ in response.headers}
    response.headers.extend(
        [(name, value) for name, value in HEADERS.items() if name not in present]
    )
    return response
