"""What commands do with one job that they have submitted: watch it, save its picture."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NoReturn

import click
from rich.text import Text

from gramworks.cli.failures import ExitCode
from gramworks.cli.formatting import file_size
from gramworks.cli.output_file import NO_ID_YET, Output, Target
from gramworks.cli.session import Session
from gramworks.cli.watch_view import print_text, watch_job
from gramworks.client import Client
from gramworks.errors import require_success
from gramworks.models import Job


def check_output(session: Session, out: Output, watch: bool | None = None) -> None:
    """Refuse options that do not go together, before anything is sent."""
    if out and watch is False:
        raise click.UsageError("--out waits for the job and cannot be used with --no-watch.")
    if out.is_stdout and session.json:
        raise click.UsageError("--out - and --json would both write to stdout.")
    if out.format_name and not out:
        raise click.UsageError("--format needs --out.")


def check_target(out: Output, job_id: str = NO_ID_YET) -> Target | None:
    """Return where a job's picture is saved, if at all; refuse what cannot be written."""
    if not out:
        return None
    target = out.target({"id": job_id})
    out.check(target)
    return target


def follow(
    session: Session, client: Client, job: Job, watch: bool | None, target: Target | None
) -> None:
    """Watch a submitted job and save its picture, or print its id."""
    if wants_to_watch(watch, target is not None):
        watch_and_save(session, client, job.id, target)
    else:
        _announce(session, job)


def wants_to_watch(watch: bool | None, saves: bool) -> bool:
    """Return whether to show a job until it ends: to save its picture, or in a terminal."""
    if watch is None:
        return saves or sys.stdout.isatty()
    return watch


def _announce(session: Session, job: Job) -> None:
    """Print only the id on stdout, for `id=$(gramworks submit ...)`, and a hint on stderr."""
    session.show(job.body, lambda: job.id)
    click.echo(f"Watch it with: {session.command('watch', job.id)}", err=True)


def watch_and_save(session: Session, client: Client, job_id: str, target: Target | None) -> None:
    """Show a job live until it has ended; save its picture if there is a target."""
    try:
        job = require_success(watch_job(client, job_id, session.console))
    except KeyboardInterrupt:
        _detach(session, job_id, target)
    if session.json:
        session.show(job.body, str)
    if target:
        save(session, client, job_id, target)
    else:
        hint = f"Save it with: {session.command('fetch', job_id)}"
        print_text(session.console, Text(hint, style="dim"))


def _detach(session: Session, job_id: str, target: Target | None) -> NoReturn:
    again = session.command("watch", job_id, *(("-o", str(target.path)) if target else ()))
    click.echo(f"Stopped watching; the job continues. Watch it again with: {again}", err=True)
    click.get_current_context().exit(ExitCode.INTERRUPTED)


def save(session: Session, client: Client, job_id: str, target: Target) -> None:
    """Fetch a job's picture and say where it was saved."""
    if target.is_stdout:
        write_to_stdout(client.fetch(job_id, target.format_name))
    else:
        client.fetch_to(job_id, target.path, target.format_name)
        report_saved(session, target)


def write_to_stdout(picture: bytes) -> None:
    """Write a picture to stdout."""
    sys.stdout.buffer.write(picture)
    sys.stdout.flush()


def report_saved(session: Session, target: Target) -> None:
    """Say where a picture was saved."""
    print_text(session.console, Text(saved(target)))


def saved(target: Target) -> str:
    """Return where a picture was saved, how large its file is, and what a suffix does not say."""
    path: Path = target.path
    size = file_size(path.stat().st_size)
    if not target.misnamed:
        return f"Saved {path}, {size}."
    name = target.format_name.upper()
    return f"Saved {path}, {size}. It is a {name}, as --format says, whatever its name ends with."
