"""The worker's Celery app: a main process for maintenance, a pool process that runs jobs."""

import logging
from collections.abc import Mapping
from typing import Any

from celery import Celery
from celery.signals import setup_logging

from shared.config import Config
from shared.wakeup import celery_app
from worker.main_process import MainProcess
from worker.pool_process import LoadEngine, PoolProcess

NAME = "GRAMWORKS_WORKER"  # the variable that tells both processes the worker's name
NOISY_LOGGERS = ("celery.worker.strategy", "celery.app.trace")  # they log each message


def create_app(module: str, environment: Mapping[str, str], load_engine: LoadEngine) -> Celery:
    """Return the app for `celery -A`; the main process and each pool process create their own.

    Args:
        module: the name of the calling module, which pool processes import too.
        environment: the deployment's settings and the worker's name.
        load_engine: called once in each pool process, never in the main process.
    """
    config, name = Config.read(environment), environment[NAME]
    app = celery_app(config.redis_url)
    app.conf.imports = [module]

    def configure_logging(**_: Any) -> None:
        logging.basicConfig(
            level=config.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s"
        )
        for logger in NOISY_LOGGERS:
            logging.getLogger(logger).setLevel(logging.WARNING)

    setup_logging.connect(configure_logging, weak=False)
    MainProcess(config, name, app).connect_signals()
    PoolProcess(config, name, load_engine).connect_signals(app)
    return app
