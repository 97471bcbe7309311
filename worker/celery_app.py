"""The Celery app of a worker: a parent that looks after the house, a pool process that paints."""

import logging
from collections.abc import Mapping
from typing import Any

from celery import Celery
from celery.signals import setup_logging

from shared.config import Config
from shared.wakeup import celery_app
from worker.main_process import Parent
from worker.pool_process import MakePainter, Pool

NAME = "GRAMWORKS_WORKER"  # how the parent tells its pool process what both are called
QUIETER = ("celery.worker.strategy", "celery.app.trace")  # they tell of each message


def create(entry: str, environment: Mapping[str, str], make_painter: MakePainter) -> Celery:
    """Return the app for Celery's `-A`; both kinds of process make it.

    Args:
        entry: the name of the module that calls this, which a pool process imports too.
        environment: the deployment's settings, and the worker's name.
        make_painter: called once in each pool process; the parent never loads what it loads.
    """
    config, name = Config.read(environment), environment[NAME]
    app = celery_app(config.redis_url)
    app.conf.imports = [entry]

    def log_plainly(**_: Any) -> None:
        logging.basicConfig(
            level=config.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s"
        )
        for name in QUIETER:
            logging.getLogger(name).setLevel(logging.WARNING)

    setup_logging.connect(log_plainly, weak=False)
    Parent(config, name, app).listen()
    Pool(config, name, make_painter).listen(app)
    return app
