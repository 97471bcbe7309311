"""The ways to name a job: its id, the start of its id, or `last`."""

from __future__ import annotations

import re
from collections.abc import Callable

import click
from click.shell_completion import CompletionItem

from gramworks.cli.failures import CommandFailed
from gramworks.cli.session import Session
from gramworks.client import MOST_PER_PAGE, Client
from gramworks.errors import GramworksError
from gramworks.models import Page
from gramworks.retries import Retries

LAST = "last"
WHOLE_ID = re.compile(r"[0-9a-f]{32}")
SHOWN = 5  # of the jobs that an ambiguous name matches
SECONDS = 1.0  # that a shell waits for the server


class NoSuchJob(CommandFailed):
    """No job has an id that starts as the name does."""


def complete_id(ctx: click.Context, _: click.Parameter, start: str) -> list[CompletionItem]:
    """Return the newest jobs whose ids start that way, for the shell; none without a server."""
    return _complete(ctx, start, lambda client: client.jobs(MOST_PER_PAGE))


def complete_id_in_trash(
    ctx: click.Context, _: click.Parameter, start: str
) -> list[CompletionItem]:
    """Return the last deleted jobs whose ids start that way, for the shell."""
    return _complete(ctx, start, lambda client: client.trash(MOST_PER_PAGE))


def _complete(
    ctx: click.Context, start: str, look: Callable[[Client], Page]
) -> list[CompletionItem]:
    session = ctx.ensure_object(Session)
    once = Retries(delays=())
    try:
        with Client(session.url, token=session.token, timeout=SECONDS, retries=once) as client:
            jobs = look(client).jobs
    except GramworksError:
        return []
    return [CompletionItem(job.id, help=job.state) for job in jobs if job.id.startswith(start)]


job_argument = click.argument("job", metavar="ID", shell_complete=complete_id)


def find_id(client: Client, name: str, *, in_trash: bool = False) -> str:
    """Return the id of the job that a person named; a whole id is not looked up.

    Args:
        client: the server's client.
        name: the name.
        in_trash: whether to look among the jobs in the trash; `last` is then the last deleted one.

    Raises:
        CommandFailed: no job has this name, or several do.
    """
    if name == LAST:
        return _last_id(client, in_trash)
    if WHOLE_ID.fullmatch(name):
        return name
    start = name.lower()
    every = client.all_trash() if in_trash else client.all_jobs()
    matches = [job for job in every if start and job.id.startswith(start)]
    if not matches:
        where = " in the trash" if in_trash else ""
        raise NoSuchJob(f"There is no job{where} whose id starts with {name!r}.")
    exact = [job for job in matches if job.id == start]
    if len(matches) == 1 or exact:
        return (exact or matches)[0].id
    shown = "".join(f"\n  {job.id}  {job.state}" for job in matches[:SHOWN])
    more = f"\n  and {len(matches) - SHOWN} more" if len(matches) > SHOWN else ""
    raise CommandFailed(f"{len(matches)} jobs have an id that starts with {name!r}:{shown}{more}")


def _last_id(client: Client, in_trash: bool) -> str:
    jobs = (client.trash(1) if in_trash else client.jobs(1)).jobs
    if not jobs:
        raise CommandFailed("The trash is empty." if in_trash else "There are no jobs yet.")
    return jobs[0].id
