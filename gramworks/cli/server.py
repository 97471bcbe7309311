"""`gramworks settings` and `gramworks workers`: what the server offers."""

from __future__ import annotations

import click

from gramworks.cli.session import Session, json_option, pass_session
from gramworks.cli.tables import presets_table, settings_table, workers_table


@click.command()
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


@click.command()
@json_option
@pass_session
def workers(session: Session) -> None:
    """List the workers that are online."""
    with session.client() as client:
        found = client.workers()
    session.show(
        [worker.body for worker in found],
        lambda: workers_table(found) if found else "no worker is online",
    )
