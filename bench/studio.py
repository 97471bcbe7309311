"""The whole system with a few pictures that it painted itself, for pages that show some."""

import os
import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Page

from gramworks import Client, Job
from local.system import System
from samples import photograph_path, style_path
from shared.config import Config

PAIRS = (  # photograph, style, preset; in the order in which they are painted
    ("rocket", "woodcut-waves", "balanced"),
    ("astronaut", "stained-glass", "balanced"),
    ("chelsea", "autumn-knife", "bold"),
    ("coffee", "stained-glass", "subtle"),
    ("chelsea", "brushwork", "balanced"),
    ("astronaut", "autumn-knife", "draft"),
)
ROWS = 240


class Studio(NamedTuple):
    """A running system, and the token of its operator."""

    url: str
    token: str
    client: Client

    def sign_in(self, page: Page) -> None:
        """Let a browser's session sign in."""
        page.goto(f"{self.url}/signin")
        page.fill("input[name=token]", self.token)
        page.locator("main button").first.click()
        page.wait_for_url(f"{self.url}/")

    def submit(self, photograph: str, style: str, preset: str, rows: int = ROWS) -> Job:
        """Submit a pair of samples."""
        settings = {"preset": preset, "size": rows}
        return self.client.submit(photograph_path(photograph), style_path(style), settings)

    def painted(self) -> Sequence[Job]:
        """Return the finished jobs, newest first."""
        return [job for job in self.client.all_jobs() if job.state == "succeeded"]

    def paint(self) -> None:
        """Paint those of `PAIRS` that are missing."""
        missing = PAIRS[len(self.painted()) :]
        for job in [self.submit(*pair) for pair in missing]:
            self.client.wait(job.id)


@contextmanager
def studio(data: Path) -> Iterator[Studio]:
    """Run the system with its data in a folder."""
    token = secrets.token_urlsafe(32)
    settings = {"data": data, "port": 0, "images": "", "auth": "token"}
    environment = os.environ | {"GRAMWORKS_TOKEN": token, "GRAMWORKS_IMAGES": ""}
    with (
        System(Config().model_copy(update=settings), environment, print) as system,
        Client(system.url, token=token) as client,
    ):
        while not client.workers():  # until one has loaded its model, pages say that there is none
            time.sleep(0.2)
        yield Studio(system.url, token, client)
