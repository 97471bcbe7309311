"""`gramworks batch`: each content in each style with each settings, submitted together."""

from __future__ import annotations

import json
from pathlib import Path

import click

from gramworks.cli.assignments import check_assignments, read_assignments
from gramworks.cli.batch_files import BatchOutput
from gramworks.cli.batch_view import batch_table, batches_table, summary, watch_to_end
from gramworks.cli.failures import CommandFailed, CommandGroup, ExitCode
from gramworks.cli.follow import wants_to_watch
from gramworks.cli.formatting import file_size
from gramworks.cli.job_id import LAST, WHOLE_ID, only_match
from gramworks.cli.pictures import expanded_files
from gramworks.cli.session import EXISTING, Session, json_option, pass_session, watch_option
from gramworks.client import Client
from gramworks.formats import FORMATS
from gramworks.models import JsonObject

EXAMPLES = """\b
Examples:
  gramworks batch submit photos --style waves.jpg --style knife.jpg -o painted
  gramworks batch submit 'photos/*.jpg' --style waves.jpg --preset draft --preset fine
"""
SETTINGS_HELP = "A JSON file with an object of settings, or a list of them: a job for each."
batch_argument = click.argument("name", metavar="ID")
format_option = click.option(
    "--format", "format_name", type=click.Choice(FORMATS), default="png", show_default=True,
    help="The pictures' format.",
)  # fmt: skip # two lines
force_option = click.option("--force", is_flag=True, help="Replace existing files.")


@click.group(cls=CommandGroup)
@json_option
def batch() -> None:
    """Paint many pictures in many styles, as one batch.

    A batch is named by its id, the start of its id, or `last`.
    """


@batch.command(epilog=EXAMPLES)
@click.argument("contents", metavar="CONTENT...", nargs=-1, required=True, type=click.Path())
@click.option(
    "--style",
    "styles",
    type=click.Path(),
    multiple=True,
    required=True,
    help="A style, or a folder or pattern of styles. Can be repeated.",
)
@click.option("--preset", "presets", metavar="NAME", multiple=True, help="Can be repeated.")
@click.option("--settings", "file", type=EXISTING, metavar="FILE", help=SETTINGS_HELP)
@click.option(
    "-s",
    "--set",
    "overrides",
    multiple=True,
    metavar="NAME=VALUE",
    help="Override a setting of all jobs. Can be repeated.",
)
@click.option("--priority", type=click.Choice(["high", "normal", "low"]), help="Default: normal.")
@click.option("-o", "--out", type=click.Path(), help="Wait, then save as `batch fetch` does.")
@format_option
@force_option
@watch_option
@json_option
@pass_session
def submit(  # noqa: PLR0913, PLR0917 - click passes each option under its name
    session: Session,
    contents: tuple[str, ...],
    styles: tuple[str, ...],
    presets: tuple[str, ...],
    file: Path | None,
    overrides: tuple[str, ...],
    priority: str | None,
    out: str | None,
    format_name: str,
    force: bool,
    watch: bool | None,
) -> None:
    """Paint each CONTENT in each style.

    Each can be a file, a folder, or a pattern in quotes. All jobs are accepted, or none.
    """
    if out and watch is False:
        raise click.UsageError("--out waits for the jobs and cannot be used with --no-watch.")
    check_assignments(overrides)
    output = BatchOutput(out, format_name, force=force) if out else None
    if output:
        output.check()
    objects = _objects(file) if file else [{}]
    found, of_style = expanded_files(contents), expanded_files(styles)
    with session.client() as client:
        guide = client.settings()
        chosen = read_assignments(overrides, guide.schema)
        settings = [
            {"preset": preset, **each, **chosen}
            for preset in presets or (guide.default_preset,)
            for each in objects
        ]
        options = {"priority": priority} if priority else {}
        made = client.submit_batch(found, of_style, settings, options)
        if wants_to_watch(watch, output is not None):
            _follow(session, client, made.id, output)
        else:
            session.show(made.body, lambda: made.id)
            hint = session.command("batch", "watch", made.id)
            click.echo(f"{made.total} jobs. Watch them with: {hint}", err=True)


@batch.command()
@batch_argument
@json_option
@pass_session
def status(session: Session, name: str) -> None:
    """Show batch ID: how many jobs are in each state, and each job."""
    with session.client() as client:
        batch_id = _find(client, name)
        found, jobs = client.batch(batch_id), list(client.batch_jobs(batch_id))
    shown = {**found.body, "jobs": [job.body for job in jobs], "next": None}
    session.show(shown, lambda: batch_table(found, jobs))


@batch.command("list")
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True,
              help="List up to this many.")  # fmt: skip # two lines
@json_option
@pass_session
def list_batches(session: Session, limit: int) -> None:
    """List batches, newest first."""
    with session.client() as client:
        found = [each for each, _ in zip(client.all_batches(), range(limit), strict=False)]
    session.show(
        [each.body for each in found], lambda: batches_table(found) if found else "no batches"
    )


@batch.command("watch")
@batch_argument
@json_option
@pass_session
def watch_batch(session: Session, name: str) -> None:
    """Show batch ID live, as one bar, until all of its jobs have ended."""
    with session.client() as client:
        _follow(session, client, _find(client, name), None)


@batch.command()
@batch_argument
@json_option
@pass_session
def cancel(session: Session, name: str) -> None:
    """Cancel the queued and running jobs of batch ID; finished pictures stay."""
    with session.client() as client:
        ended = client.cancel_batch(_find(client, name))
    session.show(ended.body, lambda: f"{ended.cancelled} of {ended.total} jobs were cancelled.")


@batch.command()
@batch_argument
@click.option("-o", "--out", type=click.Path(), help="A folder, or a .zip. Default: ID.zip.")
@format_option
@force_option
@json_option
@pass_session
def fetch(session: Session, name: str, out: str | None, format_name: str, force: bool) -> None:
    """Save the finished pictures of batch ID, with a manifest of all jobs."""
    output = BatchOutput(out, format_name, force=force) if out else None
    if output:
        output.check()
    with session.client() as client:
        batch_id = _find(client, name)
        output = output or BatchOutput(f"{batch_id}.zip", format_name, force=force)
        output.check()
        _save(session, client, batch_id, output)


def _follow(session: Session, client: Client, batch_id: str, output: BatchOutput | None) -> None:
    """Show a batch until its jobs have ended; save the pictures if there is an output."""
    try:
        ended = watch_to_end(client, batch_id, session.console)
    except KeyboardInterrupt:
        again = session.command("batch", "watch", batch_id)
        click.echo(f"Stopped watching; the jobs continue. Watch them with: {again}", err=True)
        click.get_current_context().exit(ExitCode.INTERRUPTED)
    if output:
        _save(session, client, batch_id, output)
    elif session.json:
        session.show(ended.body, str)
    if ended.count("succeeded") < ended.total:
        raise CommandFailed(f"{summary(ended)}.", ExitCode.JOB_UNSUCCESSFUL)


def _save(session: Session, client: Client, batch_id: str, output: BatchOutput) -> None:
    saved = output.save(client, batch_id)
    shown = {"batch": batch_id, "saved": str(saved.path), "pictures": saved.pictures}
    session.show(
        {**shown, "jobs": saved.jobs, "bytes": saved.size},
        lambda: (
            f"Saved {saved.path}, {saved.pictures} of {saved.jobs} pictures,"
            f" {file_size(saved.size)}."
        ),
    )


def _find(client: Client, name: str) -> str:
    """Return the id of the batch that a person named; a whole id is not looked up."""
    if name == LAST:
        newest = client.batches(1).batches
        if not newest:
            raise CommandFailed("There are no batches yet.")
        return newest[0].id
    if WHOLE_ID.fullmatch(name):
        return name
    known = ((each.id, summary(each)) for each in client.all_batches())
    return only_match(name, known, "batch", "batches")


def _objects(file: Path) -> list[JsonObject]:
    """Return the settings in a file: an object, or a list of them."""
    try:
        values = json.loads(file.read_text())
    except ValueError as error:
        raise click.BadParameter(f"{str(file)!r} is not JSON: {error}.") from error
    objects = values if isinstance(values, list) else [values]
    if not objects or not all(isinstance(each, dict) for each in objects):
        raise click.BadParameter(f"{str(file)!r} has neither an object nor a list of objects.")
    return objects
