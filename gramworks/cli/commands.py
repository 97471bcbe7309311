"""The commands of `gramworks`; `rerun` has a file of its own."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from gramworks._version import __version__
from gramworks.cli.failures import CommandFailed, CommandGroup
from gramworks.cli.follow import (
    assignments,
    check_output,
    follow,
    report_saved,
    save,
    watch_and_save,
)
from gramworks.cli.output_file import check_output_file
from gramworks.cli.rerun import rerun
from gramworks.cli.session import (
    EXISTING,
    Session,
    json_option,
    output_options,
    pass_session,
    store_option,
    watch_option,
)
from gramworks.cli.tables import job_table, jobs_table, presets_table, settings_table
from gramworks.client import DEFAULT_URL
from gramworks.formats import FORMATS, suffix_of

SUBMIT_EXAMPLE = """\b
Example:
  gramworks submit photo.jpg painting.jpg -s size=600 -o result.png
"""
SET_HELP = "Override a setting of the preset. Can be repeated."
INIT_HELP = "Start from this picture. It needs CONTENT's proportions."
FORK_HELP = "Override a setting of the job. Can be repeated."
RENDER_HELP = "Render again with another value, such as deprocess_means=shifted. Can be repeated."


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
@click.option(
    "--token",
    envvar="GRAMWORKS_TOKEN",
    show_envvar=True,
    expose_value=False,
    callback=store_option,
    help="The token to send. In the environment, other users of the machine do not see it.",
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
@click.option("--no-provenance", is_flag=True, help="Do not write into the file how it was made.")
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
    no_provenance: bool,
    watch: bool | None,
    out: Path | None,
    force: bool,
) -> None:
    """Paint CONTENT in the style of STYLE.

    STYLE can be several pictures. `gramworks settings` lists the settings for --set. With --out,
    the command waits for the picture and saves it.
    """
    check_output(watch, out, force=force)
    chosen = ({"init": "image"} if init else {}) | assignments(overrides)
    options = ({"priority": priority} if priority else {}) | (
        {"provenance": False} if no_provenance else {}
    )
    with session.client() as client:
        settings = {"preset": preset or client.settings().default_preset} | chosen
        job = client.submit(content, style, settings, options, init=init)
        follow(session, client, job, watch, out)


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
        watch_and_save(session, client, job_id, out)


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
@click.option("-s", "--set", "changes", multiple=True, metavar="NAME=VALUE", help=RENDER_HELP)
@output_options
@pass_session
def fetch(
    session: Session,
    job_id: str,
    format_name: str | None,
    changes: tuple[str, ...],
    out: Path | None,
    force: bool,
) -> None:
    """Save the result of job ID.

    Without --out, it is saved as ID.png. With --set, the picture is rendered again from its
    float pixels, without painting it again.
    """
    options = assignments(changes)
    target = check_output_file(
        out or Path(f"{job_id}.{suffix_of(format_name or 'png')}"),
        force=force,
        format_name=format_name,
    )
    with session.client() as client:
        if options:
            wanted = {"format": format_name} if format_name else {}
            client.render_to(job_id, target, {**wanted, **options})
            report_saved(session, target)
        else:
            save(session, client, job_id, target, format_name)


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
    check_output(watch, out, force=force)
    with session.client() as client:
        follow(session, client, client.retry(job_id), watch, out)


@cli.command()
@click.argument("job_id", metavar="ID")
@click.option("-s", "--set", "changes", multiple=True, metavar="NAME=VALUE", help=FORK_HELP)
@click.option(
    "--start",
    type=click.Choice(["pixels", "inputs"]),
    default="pixels",
    show_default=True,
    help="Begin where the job ended, or with its pictures once more.",
)
@watch_option
@output_options
@json_option
@pass_session
def fork(  # noqa: PLR0913, PLR0917 - click passes each option under its name
    session: Session,
    job_id: str,
    changes: tuple[str, ...],
    start: str,
    watch: bool | None,
    out: Path | None,
    force: bool,
) -> None:
    """Paint on from job ID with other settings, as a new job.

    A finished job continues from its picture, a failed one from its checkpoint. With --out, the
    command waits for the picture and saves it.
    """
    check_output(watch, out, force=force)
    with session.client() as client:
        job = client.fork(job_id, assignments(changes), start=start)
        follow(session, client, job, watch, out)


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


cli.add_command(rerun)


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal without a character shows a replacement instead of raising an error.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr] # a text file has it
    cli(prog_name="gramworks")
