"""`gramworks delete` and `restore`: to the trash, back from it, and for good."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from gramworks.cli.failures import CommandFailed
from gramworks.cli.job_id import NoSuchJob, complete_id, complete_id_in_trash, find_id
from gramworks.cli.session import Session, json_option, pass_session
from gramworks.client import Client
from gramworks.errors import NotFound


@click.command()
@click.argument("names", metavar="[ID...]", nargs=-1, shell_complete=complete_id)
@click.option("--all", "everything", is_flag=True, help="Delete all of your jobs that have ended.")
@click.option("--cancel", is_flag=True, help="With --all: cancel live jobs and delete them too.")
@click.option("--permanently", is_flag=True, help="Delete for good, also from the trash.")
@click.option("--empty-trash", is_flag=True, help="Delete all that is in the trash for good.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@json_option
@pass_session
def delete(  # noqa: PLR0913, PLR0917 - click passes each option under its name
    session: Session,
    names: tuple[str, ...],
    everything: bool,
    cancel: bool,
    permanently: bool,
    empty_trash: bool,
    yes: bool,
) -> None:
    """Move jobs to the trash; a queued or running one is cancelled first.

    `gramworks restore` brings them back, until the server deletes them for good with their
    pictures. With --permanently, that happens at once.
    """
    if sum((bool(names), everything, empty_trash)) != 1:
        raise click.UsageError("Give IDs, or --all, or --empty-trash.")
    if (cancel and not everything) or (permanently and not names):
        raise click.UsageError("--cancel needs --all, and --permanently needs IDs.")
    with session.client() as client:
        if everything:
            _delete_all(session, client, cancel, yes)
        elif empty_trash:
            _empty(session, client, yes)
        else:
            _delete(session, client, names, permanently, yes)


@click.command()
@click.argument("names", metavar="[ID...]", nargs=-1, shell_complete=complete_id_in_trash)
@click.option("--all", "everything", is_flag=True, help="Restore all of your jobs in the trash.")
@click.option(
    "--since", type=click.IntRange(min=0), help="With --all: only what was deleted since."
)
@json_option
@pass_session
def restore(session: Session, names: tuple[str, ...], everything: bool, since: int | None) -> None:
    """Restore jobs from the trash.

    `last` is the last deleted one. `gramworks list --trash` lists what is in the trash. What
    `delete --all` deleted is restored by --all with the number that it shows as --since.
    """
    if bool(names) == everything or (since is not None and not everything):
        raise click.UsageError("Give IDs, or --all, which can have --since.")
    with session.client() as client:
        if everything:
            count = client.restore_all(since or 0)
            session.show({"restored": count}, lambda: f"{_counted(count)} restored.")
            return
        ids = list(dict.fromkeys(find_id(client, name, in_trash=True) for name in names))
        for job_id in ids:
            client.restore(job_id)
            if not session.json:
                click.echo(f"Job {job_id} is restored.")
    if session.json:
        session.show({"restored": ids}, str)


def _delete(
    session: Session, client: Client, names: Sequence[str], permanently: bool, yes: bool
) -> None:
    ids = list(dict.fromkeys(_id(client, name, permanently) for name in names))
    if not yes:
        states = "".join(f"  {job_id}  {_state(client, job_id)}\n" for job_id in ids)
        these = "this job and its" if len(ids) == 1 else f"these {len(ids)} jobs and their"
        for_good = " for good" if permanently else ""
        _confirm(f"{states}Delete {these} pictures{for_good}?")
    kept = []
    for job_id in ids:
        job = client.delete(job_id, permanently=permanently)
        kept += [job_id] if job else []
        if not session.json:
            click.echo(f"Job {job_id} is {'in the trash' if job else 'deleted'}.")
    if session.json:
        session.show({"deleted": ids}, str)
    if kept:
        _say_how_to_undo(session, *kept)


def _id(client: Client, name: str, permanently: bool) -> str:
    """Return the id of a job; one that is to be deleted for good may be in the trash."""
    try:
        return find_id(client, name)
    except NoSuchJob:
        if not permanently:
            raise
        return find_id(client, name, in_trash=True)


def _state(client: Client, job_id: str) -> str:
    try:
        return client.job(job_id).state
    except NotFound as error:
        if error.code != "job_in_trash":
            raise
        return "in the trash"


def _delete_all(session: Session, client: Client, cancel: bool, yes: bool) -> None:
    if not yes:
        which = "jobs, also those that are queued or running" if cancel else "jobs that have ended"
        _confirm(f"Delete all of your {which}, and their pictures?")
    done = client.delete_all(cancel=cancel)
    counts = {"deleted": done.deleted, "cancelled": done.cancelled, "since": done.since}
    where = "deleted" if done.since is None else "moved to the trash"
    session.show(counts, lambda: f"{_counted(done.deleted)} {where}.")
    if done.since is not None and done.deleted:
        _say_how_to_undo(session, "--all", "--since", str(done.since))


def _empty(session: Session, client: Client, yes: bool) -> None:
    if not yes:
        _confirm("Delete all of your jobs in the trash for good, with their pictures?")
    count = client.empty_trash()
    session.show({"deleted": count}, lambda: f"{_counted(count)} deleted.")


def _confirm(question: str) -> None:
    if not sys.stdin.isatty():
        raise CommandFailed("Use --yes to delete jobs without being asked.")
    if not click.confirm(question, err=True):
        raise CommandFailed("Nothing was changed.")


def _say_how_to_undo(session: Session, *words: str) -> None:
    click.echo(f"Undo: {session.command('restore', *words)}", err=True)


def _counted(count: int) -> str:
    return "1 job" if count == 1 else f"{count:,} jobs"
