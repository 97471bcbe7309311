"""Serves the front end with gunicorn: `python -m web`; `python -m web token` manages tokens."""

import os
import resource
import sys
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from shared.config import Config, check_address, exit_if_invalid
from shared.object_store import check_place
from web import create_app
from web.identity.first_token import offer_first_token
from web.identity.token_commands import token_commands
from web.identity.tokens import configured_tokens
from web.log_filter import hide_links
from web.server.worker import Worker

MOST_FILES = 65_536  # that a process opens


class Server(BaseApplication):  # type: ignore[misc] # gunicorn has no types
    """Gunicorn with the deployment's settings: processes, with a thread for each open request."""

    def __init__(self, config: Config) -> None:
        self._config = config
        super().__init__()

    def load_config(self) -> None:
        """Give gunicorn its settings."""
        host = f"[{self._config.host}]" if ":" in self._config.host else self._config.host
        settings: dict[str, Any] = {
            "bind": f"{host}:{self._config.port}",
            "worker_class": Worker,
            "workers": self._config.web_process_count,
            "threads": self._config.web_threads,
            "worker_connections": _most_connections(),
            "graceful_timeout": 3,  # job pages reconnect their streams
            "loglevel": self._config.log_level,
            "proc_name": "gramworks-web",
            "control_socket_disable": True,
        }
        Worker.longest_upload = self._config.max_upload_bytes
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Create the application, in the process that serves it."""
        return create_app(self._config)


def _most_connections() -> int:
    """Return how many clients a process serves; allow it the open files for them."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = MOST_FILES if most == resource.RLIM_INFINITY else min(most, MOST_FILES)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, most))
    return files * 3 // 4  # an upload has files of its own


def main() -> None:
    """Serve until stopped, or run the command that the arguments name."""
    with exit_if_invalid():
        config = Config.read(os.environ)
        configured = configured_tokens(config)
        if sys.argv[1:]:
            token_commands(obj=config, prog_name="python -m web")
        check_place(config)
        config = config.model_copy(update={"port": check_address(config)})
    if config.auth == "token" and not configured:
        offer_first_token(config)
    hide_links()
    Server(config).run()


if __name__ == "__main__":
    main()
