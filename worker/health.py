"""Reports whether this machine's worker is healthy: `python -m worker.health`."""

import os
import socket
import sys

from shared.config import Config, exit_if_invalid
from shared.errors import StoreUnavailable
from shared.job_store import Workers, connect


def main() -> None:
    """Exit with 0 if a worker on this host can claim jobs, else with the reason."""
    host = socket.gethostname()
    with exit_if_invalid():
        config = Config.read(os.environ)
    try:
        live = Workers(connect(config.redis_url)).live()
    except StoreUnavailable as error:
        sys.exit("Redis is not available: {reason}".format(**error.parameters))
    workers = [worker for worker in live if worker.name.endswith(f"@{host}")]
    if not workers:
        sys.exit(f"No worker on {host} has sent a heartbeat recently.")
    if all(worker.suspended_until for worker in workers):
        sys.exit(f"Suspended after losing several jobs in a row: {workers[0].suspended_reason}")


if __name__ == "__main__":
    main()
