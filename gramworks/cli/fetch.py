"""`gramworks fetch`: saves a finished picture, also rendered again."""

from __future__ import annotations

from typing import Any

import click

from gramworks.cli.assignments import check_assignments, read_assignments
from gramworks.cli.follow import check_output, check_target, report_saved, save, write_to_stdout
from gramworks.cli.job_id import find_id, job_argument
from gramworks.cli.output_file import Output, Target
from gramworks.cli.session import Session, json_option, output_options, pass_session
from gramworks.client import Client

SET_HELP = "Render again with another value, such as deprocess_means=shifted. Can be repeated."


@click.command()
@job_argument
@click.option("-s", "--set", "changes", multiple=True, metavar="NAME=VALUE", help=SET_HELP)
@output_options
@json_option
@pass_session
def fetch(session: Session, job: str, changes: tuple[str, ...], out: Output) -> None:
    """Save the result of job ID.

    Without --out, it is saved as ID.png. With --set, the picture is rendered again from its
    float pixels, without painting it again.
    """
    named = out.or_in("{id}.{format}")
    check_output(session, named)
    check_assignments(changes)
    with session.client() as client:
        job_id = find_id(client, job)
        target = check_target(named, job_id)
        assert target  # noqa: S101 - there is a pattern
        if changes:
            schema = client.settings().schema
            _render(session, client, job_id, target, read_assignments(changes, schema))
        else:
            save(session, client, job_id, target)
    if session.json:
        size = target.path.stat().st_size
        shown = {"job": job_id, "saved": str(target.path), "format": target.format_name}
        session.show({**shown, "bytes": size}, str)


def _render(
    session: Session, client: Client, job_id: str, target: Target, changes: dict[str, Any]
) -> None:
    options = {"format": target.format_name, **changes}
    if target.is_stdout:
        write_to_stdout(client.render(job_id, options))
    else:
        client.render_to(job_id, target.path, options)
        report_saved(session, target)
