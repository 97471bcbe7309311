"""`gramworks fork` and `gramworks retry`: more work on a job's pictures."""

from __future__ import annotations

import click

from gramworks.cli.assignments import check_assignments, read_assignments
from gramworks.cli.follow import check_output, check_target, follow
from gramworks.cli.job_id import find_id, job_argument
from gramworks.cli.output_file import Output
from gramworks.cli.session import (
    Session,
    json_option,
    output_options,
    pass_session,
    watch_option,
)

SET_HELP = "Override a setting of the job. Can be repeated."
PRESET_HELP = "Take all settings from this preset, but for those given with --set."


@click.command()
@job_argument
@click.option("-s", "--set", "changes", multiple=True, metavar="NAME=VALUE", help=SET_HELP)
@click.option("--preset", metavar="NAME", help=PRESET_HELP)
@click.option(
    "--start",
    type=click.Choice(["pixels", "inputs"]),
    default="pixels",
    show_default=True,
    help="Begin where the job ended, or submit its pictures again.",
)
@watch_option
@output_options
@json_option
@pass_session
def fork(  # noqa: PLR0913, PLR0917 - click passes each option under its name
    session: Session,
    job: str,
    changes: tuple[str, ...],
    preset: str | None,
    start: str,
    watch: bool | None,
    out: Output,
) -> None:
    """Submit job ID again with other settings, as a new job. Nothing is uploaded again.

    A finished job continues from its picture, a failed one from its checkpoint. With --start
    inputs, any job begins again with its photograph. With --out, the command waits for the picture
    and saves it.
    """
    check_output(session, out, watch)
    check_assignments(changes)
    check_target(out)
    with session.client() as client:
        job_id = find_id(client, job)
        schema = client.settings().schema if changes else {}
        settings = ({"preset": preset} if preset else {}) | read_assignments(changes, schema)
        forked = client.fork(job_id, settings, start=start)
        target = out.target({"id": forked.id}) if out else None
        follow(session, client, forked, watch, target)


@click.command()
@job_argument
@watch_option
@output_options
@json_option
@pass_session
def retry(session: Session, job: str, watch: bool | None, out: Output) -> None:
    """Retry job ID, which failed.

    It resumes from its checkpoint. With --out, the command waits for the picture and saves it.
    """
    check_output(session, out, watch)
    with session.client() as client:
        job_id = find_id(client, job)
        target = check_target(out, job_id)
        follow(session, client, client.retry(job_id), watch, target)
