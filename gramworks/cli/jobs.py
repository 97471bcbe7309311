"""`gramworks list` and `cancel`."""

from __future__ import annotations

from itertools import islice

import click

from gramworks.cli.failures import CommandFailed
from gramworks.cli.job_id import find_id, job_argument
from gramworks.cli.session import Session, json_option, pass_session
from gramworks.cli.tables import jobs_table
from gramworks.client import MOST_PER_PAGE


@click.command("list")
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=20,
    show_default=True,
    help="List up to this many.",
)
@click.option("--all", "everything", is_flag=True, help="List every job.")
@click.option("--trash", is_flag=True, help="List the jobs in the trash, the last deleted first.")
@json_option
@pass_session
def list_jobs(session: Session, limit: int, everything: bool, trash: bool) -> None:
    """List jobs, newest first."""
    most = None if everything else limit
    with session.client() as client:
        every = client.all_trash if trash else client.all_jobs
        jobs = list(islice(every(min(most or MOST_PER_PAGE, MOST_PER_PAGE)), most))
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
