"""Tells whether this machine's worker announced itself lately: `python -m worker.health`."""

import os
import socket
import sys

from shared.config import Config
from shared.errors import StoreUnavailable
from shared.job_store import connect
from shared.job_store.workers import Workers


def main() -> None:
    """End well if a worker of this host lives, else say why not; loads neither model nor Celery."""
    host = socket.gethostname()
    try:
        live = Workers(connect(Config.read(os.environ).redis_url)).live()
    except StoreUnavailable as error:
        sys.exit("Redis is away: {reason}".format(**error.parameters))
    if not any(worker.name.endswith(f"@{host}") for worker in live):
        sys.exit(f"No worker of {host} announced itself lately.")


if __name__ == "__main__":
    main()
