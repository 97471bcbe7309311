"""Reports whether this machine's worker is healthy: `python -m worker.health`."""

import os
import socket
import sys

from shared.config import Config, exit_if_invalid
from shared.errors import StoreUnavailable
from shared.job_store import Workers, connect


def main() -> None:
    """Exit with 0 if a worker of this host can work, else with the reason; loads no model."""
    host = socket.gethostname()
    with exit_if_invalid():
        config = Config.read(os.environ)
    try:
        live = Workers(connect(config.redis_url)).live()
    except StoreUnavailable as error:
        sys.exit("Redis is away: {reason}".format(**error.parameters))
    workers = [worker for worker in live if worker.name.endswith(f"@{host}")]
    if not workers:
        sys.exit(f"No worker on {host} sent a heartbeat lately.")
    if all(worker.suspended_until for worker in workers):
        sys.exit(f"Suspended after losing several jobs in a row: {workers[0].suspended_reason}")


if __name__ == "__main__":
    main()
