"""`gramworks watch` and `gramworks status`."""

from __future__ import annotations

import click

from gramworks.cli.follow import check_output, check_target, watch_and_save
from gramworks.cli.job_id import find_id, job_argument
from gramworks.cli.output_file import Output
from gramworks.cli.session import Session, json_option, output_options, pass_session
from gramworks.cli.tables import job_table


@click.command()
@job_argument
@output_options
@json_option
@pass_session
def watch(session: Session, job: str, out: Output) -> None:
    """Show job ID live until it has ended."""
    check_output(session, out)
    with session.client() as client:
        job_id = find_id(client, job)
        target = check_target(out, job_id)
        watch_and_save(session, client, job_id, target)


@click.command()
@job_argument
@json_option
@pass_session
def status(session: Session, job: str) -> None:
    """Show job ID: state, progress, history, settings."""
    with session.client() as client:
        found = client.job(find_id(client, job))
        page = client.absolute(found.links["page"]) if "page" in found.links else None
        session.show(found.body, lambda: job_table(found, page))
