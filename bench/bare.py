"""The submission that Gramworks is measured against: `python -m bench.bare` serves it.

A Flask route saves the uploaded files as they come and calls Celery's `delay()`. It runs under
Gramworks' own gunicorn configuration. It checks nothing and records nothing.
"""

import os
from pathlib import Path
from uuid import uuid4

from celery import Celery
from flask import Flask, request

from shared.config import Config
from web.__main__ import Server

ROUTE = "/jobs"


def bare_app(config: Config) -> Flask:
    """Return the application."""
    app, folder = Flask(__name__), Path(config.object_store_url)
    celery = Celery("bare", broker=config.redis_url)
    folder.mkdir(parents=True, exist_ok=True)

    @celery.task(name="bare.work", ignore_result=True)
    def work(job_id: str) -> None:
        raise NotImplementedError(job_id)  # no worker runs it

    @app.post(ROUTE)
    def create() -> tuple[dict[str, str], int]:
        job_id = uuid4().hex
        for name in ("content", "style"):
            request.files[name].save(folder / f"{job_id}-{name}")
        work.delay(job_id)
        return {"id": job_id}, 202

    return app


class BareServer(Server):
    """Gunicorn as Gramworks configures it, with the bare application."""

    def load(self) -> Flask:
        """Create the application, in the process that serves it."""
        return bare_app(self._config)


if __name__ == "__main__":
    BareServer(Config.read(os.environ)).run()
