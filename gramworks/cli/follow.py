"""What commands do with a job that they have submitted: watch it, save its picture."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

import click
from rich.text import Text

from gramworks.cli.failures import INTERRUPTED
from gramworks.cli.formatting import file_size
from gramworks.cli.output_file import check_output_file
from gramworks.cli.session import Session
from gramworks.cli.watch_view import print_text, watch_job
from gramworks.client import Client
from gramworks.errors import require_success
from gramworks.models import Job


def check_output(watch: bool | None, out: Path | None, *, force: bool) -> None:
    """Refuse an output that cannot be saved before anything is sent."""
    if out and watch is False:
        raise click.UsageError("--out waits for the job and cannot be used with --no-watch.")
    if out:
        check_output_file(out, force=force)


def assignments(texts: Iterable[str]) -> dict[str, object]:
    """Return what `NAME=VALUE` texts set; a value is JSON if it parses, and a text otherwise."""
    return dict(map(_assignment, texts))


def follow(
    session: Session, client: Client, job: Job, watch: bool | None, out: Path | None
) -> None:
    """Watch a submitted job and save its picture, or print its id."""
    if _wants_to_watch(watch, out):
        watch_and_save(session, client, job.id, out)
    else:
        _announce(session, job)


def _wants_to_watch(watch: bool | None, out: Path | None) -> bool:
    if watch is None:
        return out is not None or sys.stdout.isatty()
    return watch


def _assignment(text: str) -> tuple[str, object]:
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise click.UsageError(f"--set needs NAME=VALUE, and got {text!r}.")
    return name, _json_or_text(value)


def _json_or_text(value: str) -> object:
    try:
        return json.loads(value)
    except ValueError:
        return value


def _announce(session: Session, job: Job) -> None:
    """Print only the id on stdout, for `id=$(gramworks submit ...)`, and a hint on stderr."""
    session.show(job.body, lambda: job.id)
    click.echo(f"Watch it with: {session.command('watch', job.id)}", err=True)


def watch_and_save(session: Session, client: Client, job_id: str, out: Path | None) -> None:
    """Show a job live until it has ended; save its picture if `out` is given."""
    try:
        job = require_success(watch_job(client, job_id, session.console))
    except KeyboardInterrupt:
        _detach(session, job_id, out)
    if session.json:
        session.show(job.body, str)
    if out:
        save(session, client, job_id, out)
    else:
        print_text(
            session.console, Text(f"Save it with: {session.command('fetch', job_id)}", style="dim")
        )


def _detach(session: Session, job_id: str, out: Path | None) -> NoReturn:
    again = session.command("watch", job_id, *(("-o", str(out)) if out else ()))
    click.echo(f"Stopped watching; the job continues. Watch it again with: {again}", err=True)
    click.get_current_context().exit(INTERRUPTED)


def save(
    session: Session, client: Client, job_id: str, target: Path, format_name: str | None = None
) -> None:
    """Fetch a job's picture and say where it was saved."""
    client.fetch_to(job_id, target, format_name)
    report_saved(session, target)


def report_saved(session: Session, target: Path) -> None:
    """Say where a picture was saved, and how large its file is."""
    size = file_size(target.stat().st_size)
    print_text(session.console, Text(f"Saved {target}, {size}."))
