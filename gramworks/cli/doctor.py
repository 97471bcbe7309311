"""`gramworks doctor`: what is wrong, and how to mend it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
from rich.table import Table
from rich.text import Text

from gramworks.cli import config_file
from gramworks.cli.diagnosis import Finding, Status, diagnose
from gramworks.cli.failures import ExitCode
from gramworks.cli.session import Session, json_option, pass_session

STYLES = {Status.OK: "green", Status.PROBLEM: "bold red", Status.UNKNOWN: "yellow"}


@click.command()
@json_option
@pass_session
@click.pass_context
def doctor(ctx: click.Context, session: Session) -> None:
    """Check the server, Redis, workers, device, weights and disk, and say how to mend problems."""
    with session.client() as client:
        findings = [_configuration(ctx), *diagnose(client, session.url)]
    session.show([finding.to_json() for finding in findings], lambda: _table(findings))
    problems = [finding for finding in findings if finding.status is Status.PROBLEM]
    if problems:
        is_unreachable = problems[0].check == "server"
        ctx.exit(ExitCode.UNAVAILABLE if is_unreachable else ExitCode.FAILED)


def _configuration(ctx: click.Context) -> Finding:
    path: Path | None = ctx.meta.get(config_file.USED)
    detail = f"{path} is used." if path else f"There is no {config_file.default_path()}."
    return Finding("config", Status.OK, detail)


def _table(findings: Sequence[Finding]) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for finding in findings:
        status = Text(finding.status, STYLES[finding.status])
        table.add_row(finding.check, status, finding.detail)
        if finding.remedy:
            table.add_row("", "", Text(finding.remedy, "dim"))
    return table
