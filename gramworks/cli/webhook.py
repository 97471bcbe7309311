"""`gramworks webhook`: the URLs that the server calls when a job ends."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import click
from rich.table import Table

from gramworks.cli.failures import CommandFailed
from gramworks.cli.formatting import ago
from gramworks.cli.session import Session, json_option, pass_session
from gramworks.client import Client
from gramworks.webhooks import Delivery, Webhook

TEST_SECONDS = 30.0  # to wait for a test: a second until it is sent, 15 until it fails
POLL_SECONDS = 0.5
ONCE = "This is the secret. It is not shown again:"
webhook_argument = click.argument("webhook", metavar="ID")


@click.group()
@json_option
def webhook() -> None:
    """Let the server call a URL when a job ends.

    A webhook is named by its id or the start of it.
    """


@webhook.command("list")
@json_option
@pass_session
def list_webhooks(session: Session) -> None:
    """List the webhooks, oldest first."""
    with session.client() as client:
        found = client.webhooks.all()
    session.show(
        {"webhooks": [each.body for each in found]},
        lambda: _webhooks(found) if found else "no webhooks",
    )


@webhook.command()
@click.argument("url")
@click.option(
    "--event",
    "events",
    multiple=True,
    metavar="TYPE",
    help="job.succeeded, job.failed or job.cancelled. Can be repeated. Default: all.",
)
@click.option("--description", default="", metavar="TEXT", help="What it is for, in your words.")
@json_option
@pass_session
def add(session: Session, url: str, events: tuple[str, ...], description: str) -> None:
    """Add a webhook that calls URL, and show its secret."""
    with session.client() as client:
        made = client.webhooks.add(url, events or None, description)
    session.show(made.body, lambda: f"Webhook {made.id} is added. {ONCE}\n{made.secret}")


@webhook.command()
@webhook_argument
@json_option
@pass_session
def rotate(session: Session, webhook: str) -> None:
    """Give a webhook a new secret; for a day, the old one is valid too."""
    with session.client() as client:
        rotated = client.webhooks.rotate(_find(client, webhook))
    session.show(rotated.body, lambda: f"Webhook {rotated.id}. {ONCE}\n{rotated.secret}")


@webhook.command()
@webhook_argument
@json_option
@pass_session
def test(session: Session, webhook: str) -> None:
    """Send a test, and wait for what the receiver answers."""
    with session.client() as client:
        sent = _await(client, client.webhooks.test(_find(client, webhook)))
    detail = (
        sent.attempts[-1].detail if sent.attempts else "It was not sent yet. Is a worker online?"
    )
    if sent.state != "delivered":
        if session.json:
            session.show(sent.body, str)
        raise CommandFailed(detail)
    session.show(sent.body, lambda: detail)


@webhook.command()
@webhook_argument
@json_option
@pass_session
def log(session: Session, webhook: str) -> None:
    """List what was sent to a webhook, newest first."""
    with session.client() as client:
        found = client.webhooks.deliveries(_find(client, webhook))
    session.show(
        {"deliveries": [each.body for each in found]},
        lambda: _deliveries(found) if found else "no deliveries",
    )


@webhook.command()
@webhook_argument
@json_option
@pass_session
def enable(session: Session, webhook: str) -> None:
    """Enable a webhook that was disabled."""
    _change(session, webhook, {"enabled": True})


@webhook.command()
@webhook_argument
@json_option
@pass_session
def disable(session: Session, webhook: str) -> None:
    """Send nothing to a webhook until it is enabled."""
    _change(session, webhook, {"enabled": False})


@webhook.command()
@webhook_argument
@json_option
@pass_session
def delete(session: Session, webhook: str) -> None:
    """Delete a webhook; what waits for delivery is not sent."""
    with session.client() as client:
        webhook_id = _find(client, webhook)
        client.webhooks.delete(webhook_id)
    session.show({"deleted": webhook_id}, lambda: f"Webhook {webhook_id} is deleted.")


def _change(session: Session, name: str, changes: dict[str, Any]) -> None:
    with session.client() as client:
        changed = client.webhooks.change(_find(client, name), changes)
    session.show(changed.body, lambda: f"Webhook {changed.id} is {changed.state}.")


def _find(client: Client, name: str) -> str:
    """Return the id of the webhook that a person named.

    Raises:
        CommandFailed: no webhook has this name, or several do.
    """
    ids = [each.id for each in client.webhooks.all()]
    matches = [each for each in ids if name and each.startswith(name)]
    if name in ids:
        return name
    if len(matches) != 1:
        number = "No webhook has" if not matches else f"{len(matches)} webhooks have"
        raise CommandFailed(f"{number} an id that starts with {name!r}.")
    return matches[0]


def _await(client: Client, sent: Delivery) -> Delivery:
    """Return a delivery when it has ended, or after `TEST_SECONDS` as it is then."""
    deadline = time.monotonic() + TEST_SECONDS
    while sent.state == "pending" and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
        newest = client.webhooks.deliveries(sent.webhook)
        sent = next((each for each in newest if each.id == sent.id), sent)
    return sent


def _webhooks(found: Sequence[Webhook]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("id", no_wrap=True)
    for title in ("state", "url", "events", "description"):
        table.add_column(title, overflow="fold")
    for each in found:
        state = f"{each.state}: {each.detail}" if each.detail else each.state
        table.add_row(each.id, state, each.url, ", ".join(each.events), each.description)
    return table


def _deliveries(found: Sequence[Delivery]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for title in ("event", "job", "state", "attempts", "last attempt", "next"):
        table.add_column(title, overflow="fold")
    now = datetime.now(UTC)
    for each in found:
        last = each.attempts[-1] if each.attempts else None
        said = f"{ago(last.at, now)}: {last.detail}" if last else ""
        due = f"{each.next_attempt_at:%Y-%m-%d %H:%M:%S}" if each.next_attempt_at else ""
        table.add_row(each.type, each.job or "", each.state, str(len(each.attempts)), said, due)
    return table
