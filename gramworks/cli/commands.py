"""The commands of `gramworks`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import NoReturn

import click
from rich.text import Text

from gramworks._version import __version__
from gramworks.cli.failures import INTERRUPTED, CommandFailed, CommandGroup
from gramworks.cli.formatting import file_size
from gramworks.cli.output_file import check_output_file
from gramworks.cli.session import (
    Session,
    json_option,
    output_options,
    pass_session,
    store_option,
    watch_option,
)
from gramworks.cli.tables import job_table, jobs_table, presets_table, settings_table
from gramworks.cli.watch_view import print_text, watch_job
from gramworks.client import DEFAULT_URL, Client
from gramworks.errors import require_success
from gramworks.formats import FORMATS
from gramworks.models import Job

SUBMIT_EXAMPLE = """\b
Example:
  gramworks submit photo.jpg painting.jpg -s size=600 -o result.png
"""
SET_HELP = "Override a setting of the preset. Can be repeated."
INIT_HELP = "Start from this picture. It needs CONTENT's proportions."
EXISTING = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)


@click.group(cls=CommandGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--url",
    envvar="GRAMWORKS_URL",
    default=DEFAULT_URL,
    show_default=True,
    show_envvar=True,
    expose_value=False,
    callback=store_option,
    help="The server's address.",
)
@json_option
@click.version_option(__version__, prog_name="gramworks")
def cli() -> None:
    """Paint pictures in the style of other pictures on a Gramworks server."""


@cli.command(epilog=SUBMIT_EXAMPLE)
@click.argument("content", type=EXISTING)
@click.argument("style", type=EXISTING, nargs=-1, required=True)
@click.option("--preset", metavar="NAME", help="A set of settings. Default: the server's.")
@click.option("-s", "--set", "overrides", multiple=True, metavar="NAME=VALUE", help=SET_HELP)
@click.option("--init", type=EXISTING, metavar="FILE", help=INIT_HELP)
@click.option("--priority", type=click.Choice(["high", "normal", "low"]), help="Default: normal.")
@watch_option
@output_options
@json_option
@pass_session
def submit(  # noqa: PLR0913, PLR0917 - click passes each option under its name
    session: Session,
    content: Path,
    style: tuple[Path, ...],
    preset: str | None,
    overrides: tuple[str, ...],
    init: Path | None,
    priority: str | None,
    watch: bool | None,
    out: Path | None,
    force: bool,
) -> None:
    """Paint CONTENT in the style of STYLE.

    STYLE can be several pictures. `gramworks settings` lists the settings for --set. With --out,
    the command waits for the picture and saves it.
    """
    _check_output(watch, out, force=force)
    chosen = ({"init": "image"} if init else {}) | dict(map(_assignment, overrides))
    options = {"priority": priority} if priority else {}
    with session.client() as client:
        settings = {"preset": preset or client.settings().default_preset} | chosen
        job = client.submit(content, style, settings, options, init=init)
        _follow(session, client, job, watch, out)


@cli.command()
@click.argument("job_id", metavar="ID")
@output_options
@json_option
@pass_session
def watch(session: Session, job_id: str, out: Path | None, force: bool) -> None:
    """Show job ID live until it has ended."""
    if out:
        check_output_file(out, force=force)
    with session.client() as client:
        _watch_and_save(session, client, job_id, out)


@cli.command()
@click.argument("job_id", metavar="ID")
@json_option
@pass_session
def status(session: Session, job_id: str) -> None:
    """Show job ID: state, progress, history, settings."""
    with session.client() as client:
        job = client.job(job_id)
        page = client.absolute(job.links["page"]) if "page" in job.links else None
        session.show(job.body, lambda: job_table(job, page))


@cli.command()
@click.argument("job_id", metavar="ID")
@click.option(
    "--format", "format_name", type=click.Choice(FORMATS), help="Default: by OUT's suffix, or png."
)
@output_options
@pass_session
def fetch(
    session: Session, job_id: str, format_name: str | None, out: Path | None, force: bool
) -> None:
    """Save the result of job ID.

    Without --out, it is saved as ID.png.
    """
    target = check_output_file(
        out or Path(f"{job_id}.{format_name or 'png'}"), force=force, format_name=format_name
    )
    with session.client() as client:
        _save(session, client, job_id, target, format_name)


@cli.command()
@click.argument("job_id", metavar="ID")
@json_option
@pass_session
def cancel(session: Session, job_id: str) -> None:
    """Cancel job ID, queued or running."""
    with session.client() as client:
        job = client.cancel(job_id)
    if job.state != "cancelled":
        raise CommandFailed(f"Job {job_id} is already {job.state}.")
    session.show(job.body, lambda: f"Job {job_id} is cancelled.")


@cli.command()
@click.argument("job_id", metavar="ID")
@watch_option
@output_options
@json_option
@pass_session
def retry(session: Session, job_id: str, watch: bool | None, out: Path | None, force: bool) -> None:
    """Retry job ID, which failed.

    It resumes from its checkpoint. With --out, the command waits for the picture and saves it.
    """
    _check_output(watch, out, force=force)
    with session.client() as client:
        _follow(session, client, client.retry(job_id), watch, out)


@cli.command("list")
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=20,
    show_default=True,
    help="List up to this many.",
)
@click.option("--all", "everything", is_flag=True, help="List every job.")
@json_option
@pass_session
def list_jobs(session: Session, limit: int, everything: bool) -> None:
    """List jobs, newest first."""
    with session.client() as client:
        jobs = list(client.all_jobs()) if everything else client.jobs(limit).jobs
    session.show([job.body for job in jobs], lambda: jobs_table(jobs) if jobs else "no jobs")


@cli.command()
@click.option("--presets", is_flag=True, help="Compare the presets.")
@json_option
@pass_session
def settings(session: Session, presets: bool) -> None:
    """List the settings for --set."""
    with session.client() as client:
        guide = client.settings()
    if presets:
        session.show(guide.presets, lambda: presets_table(guide))
    else:
        session.show(guide.body, lambda: settings_table(guide))


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal without a character shows a replacement instead of raising an error.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr] # a text file has it
    cli(prog_name="gramworks")


def _check_output(watch: bool | None, out: Path | None, *, force: bool) -> None:
    """Refuse an output that cannot be saved before anything is sent."""
    if out and watch is False:
        raise click.UsageError("--out waits for the job and cannot be used with --no-watch.")
    if out:
        check_output_file(out, force=force)


def _follow(
    session: Session, client: Client, job: Job, watch: bool | None, out: Path | None
) -> None:
    if _wants_to_watch(watch, out):
        _watch_and_save(session, client, job.id, out)
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


def _watch_and_save(session: Session, client: Client, job_id: str, out: Path | None) -> None:
    try:
        job = require_success(watch_job(client, job_id, session.console))
    except KeyboardInterrupt:
        _detach(session, job_id, out)
    if session.json:
        session.show(job.body, str)
    if out:
        _save(session, client, job_id, out)
    else:
        print_text(
            session.console, Text(f"Save it with: {session.command('fetch', job_id)}", style="dim")
        )


def _detach(session: Session, job_id: str, out: Path | None) -> NoReturn:
    again = session.command("watch", job_id, *(("-o", str(out)) if out else ()))
    click.echo(f"Stopped watching; the job continues. Watch it again with: {again}", err=True)
    click.get_current_context().exit(INTERRUPTED)


def _save(
    session: Session, client: Client, job_id: str, target: Path, format_name: str | None = None
) -> None:
    client.fetch_to(job_id, target, format_name)
    size = file_size(target.stat().st_size)
    print_text(session.console, Text(f"Saved {target}, {size}."))
