"""`gramworks list`, `cancel` and `delete`."""

from __future__ import annotations

import sys
from itertools import islice

import click

from gramworks.cli.failures import CommandFailed
from gramworks.cli.job_id import complete_id, find_id, job_argument
from gramworks.cli.session import Session, json_option, pass_session
from gramworks.cli.tables import jobs_table
from gramworks.client import MOST_PER_PAGE
from gramworks.models import Job


@click.command("list")
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
    most = None if everything else limit
    with session.client() as client:
        jobs = list(islice(client.all_jobs(min(most or MOST_PER_PAGE, MOST_PER_PAGE)), most))
    session.show([job.body for job in jobs], lambda: jobs_table(jobs) if jobs else "no jobs")


@click.command()
@job_argument
@json_option
@pass_session
def cancel(session: Session, job: str) -> None:
    """Cancel job ID, queued or running."""
    with session.client() as client:
        job_id = find_id(client, job)
        ended = client.cancel(job_id)
    if ended.state != "cancelled":
        raise CommandFailed(f"Job {job_id} is already {ended.state}.")
    session.show(ended.body, lambda: f"Job {job_id} is cancelled.")


@click.command()
@click.argument("names", metavar="ID...", nargs=-1, required=True, shell_complete=complete_id)
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@json_option
@pass_session
def delete(session: Session, names: tuple[str, ...], yes: bool) -> None:
    """Delete jobs and their pictures; a queued or running one is cancelled first.

    This cannot be undone.
    """
    with session.client() as client:
        ids = list(dict.fromkeys(find_id(client, name) for name in names))
        if not yes:
            _confirm([client.job(job_id) for job_id in ids])
        for job_id in ids:
            client.delete(job_id)
            if not session.json:
                click.echo(f"Job {job_id} is deleted.")
    if session.json:
        session.show({"deleted": ids}, str)


def _confirm(jobs: list[Job]) -> None:
    if not sys.stdin.isatty():
        raise CommandFailed("Use --yes to delete jobs without being asked.")
    for job in jobs:
        click.echo(f"  {job.id}  {job.state}", err=True)
    these = "this job and its" if len(jobs) == 1 else f"these {len(jobs)} jobs and their"
    if not click.confirm(f"Delete {these} pictures?", err=True):
        raise CommandFailed("Nothing was changed.")
