"""`make demo`: paints one picture through the whole system, over HTTP, and saves it."""

import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

from gramworks import Client, Event, GramworksError, JobChanged, Reason
from gramworks.cli.watch_view import watch_job
from gramworks.errors import require_success
from local import LocalError
from local.system import System
from samples import photograph_path, style_path
from shared.config import Config

SAMPLE_ROWS = 300  # the sample's height: less than a minute on two cores


def demo(config: Config, console: Console) -> None:
    """Paint `CONTENT` in the style of `STYLE` and save it as `OUT`; by default, paint a sample."""
    content = _picture("CONTENT", photograph_path("coffee"))
    style = _picture("STYLE", style_path("brushwork"))
    size = {} if os.environ.get("CONTENT") else {"size": SAMPLE_ROWS}
    out = Path(os.environ.get("OUT") or "gramworks-demo.png").absolute()
    if not out.parent.is_dir():
        raise LocalError(f"OUT: there is no folder {out.parent}.")
    folder = Path(tempfile.mkdtemp(prefix="gramworks-demo-"))
    own = config.model_copy(update={"data": folder, "port": 0, "images": ""})
    token = secrets.token_urlsafe(32)  # for the case that tokens are needed
    environment = os.environ | {"GRAMWORKS_TOKEN": token, "GRAMWORKS_IMAGES": ""}
    try:
        with System(own, environment, lambda line: console.print(line, style="dim")) as system:
            _paint(DemoClient(system.url, token=token), content, style, size, out, console)
    except (LocalError, GramworksError):
        console.print(f"The logs are in {folder / 'logs'}", markup=False)
        raise
    except KeyboardInterrupt:
        shutil.rmtree(folder)
        raise
    shutil.rmtree(folder)


class DemoClient(Client):
    """A client that does not wait for a worker with more memory, since there is only one worker."""

    def watch(self, job_id: str) -> Iterator[Event]:
        """Yield the job's events.

        Raises:
            LocalError: the worker does not have enough memory for the job.
        """
        for event in super().watch(job_id):
            if isinstance(event, JobChanged) and event.job.waiting:
                _require_memory(event.job.waiting)
            yield event


def _require_memory(waiting: Reason) -> None:
    if waiting.code == "no_live_worker_fits":
        size = "{width} × {height}".format(**waiting.body)
        raise LocalError(
            f"The worker does not have enough memory for a picture of {size} pixels. Set"
            " GRAMWORKS_MEMORY_MB to a larger value, or leave it unset."
        )


def _paint(
    client: "DemoClient",
    content: Path,
    style: Path,
    size: dict[str, int],
    out: Path,
    console: Console,
) -> None:
    started = time.monotonic()
    console.print(f"\nPainting [bold]{content.name}[/] in the style of [bold]{style.name}[/]\n")
    with client:
        settings = {"preset": client.settings().default_preset, **size}
        job = client.submit(content, style, settings)
        require_success(watch_job(client, job.id, Console(highlight=False, markup=False)))
        client.fetch_to(job.id, out)
    console.print(f"\nPainted in {time.monotonic() - started:.0f} s: [bold]{out}[/]\n")


def _picture(name: str, default: Path) -> Path:
    path = Path(os.environ.get(name) or default).expanduser().absolute()
    if not path.is_file():
        raise LocalError(f"{name}: there is no file {path}.")
    return path
