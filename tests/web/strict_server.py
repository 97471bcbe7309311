"""The web with bounds on slow uploads that a test reaches: `python -m tests.web.strict_server`."""

import os

from flask import Flask

from shared.config import Config
from web.__main__ import Server
from web.slow_uploads import SlowUploads

AT_ONCE = 3
GRACE_SECONDS = 1.0
BYTES_PER_SECOND = 10_000


class StrictServer(Server):
    def load(self) -> Flask:
        app = super().load()
        bounds = (AT_ONCE, GRACE_SECONDS, BYTES_PER_SECOND)
        app.wsgi_app = SlowUploads(app.wsgi_app, *bounds)  # type: ignore[method-assign] # as Flask's documentation does
        return app


if __name__ == "__main__":
    StrictServer(Config.read(os.environ)).run()
