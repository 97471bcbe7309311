"""`gramworks pause`, `resume`, `stop`, `move`, `drain` and `undrain`: steer jobs and workers."""

from __future__ import annotations

from collections.abc import Callable

import click

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
from gramworks.client import Client
from gramworks.models import Job, Worker

PRIORITIES = click.Choice(["high", "normal", "low"])
front_option = click.option("--front", is_flag=True, help="Put it before your other queued jobs.")
worker_argument = click.argument("worker", metavar="WORKER")


@click.command()
@job_argument
@json_option
@pass_session
def pause(session: Session, job: str) -> None:
    """Pause job ID, queued or running.

    A running job saves a checkpoint first, and goes on from it when it is resumed.
    """
    paused = _changed(session, job, Client.pause)
    pending = "pauses as soon as its worker has saved it" if paused.pending else "is paused"
    session.show(paused.body, lambda: f"Job {paused.id} {pending}.")


@click.command()
@job_argument
@front_option
@json_option
@pass_session
def resume(session: Session, job: str, front: bool) -> None:
    """Queue job ID again, which is paused."""
    resumed = _changed(session, job, lambda client, job_id: client.resume(job_id, front=front))
    session.show(resumed.body, lambda: _place(resumed))


@click.command()
@job_argument
@watch_option
@output_options
@json_option
@pass_session
def stop(session: Session, job: str, watch: bool | None, out: Output) -> None:
    """End job ID, which is running, with the picture that it has.

    With --out, the command waits for the picture and saves it.
    """
    check_output(session, out, watch)
    with session.client() as client:
        job_id = find_id(client, job)
        target = check_target(out, job_id)
        follow(session, client, client.stop(job_id), watch, target)


@click.command()
@job_argument
@front_option
@click.option("--priority", type=PRIORITIES, help="Give it another priority.")
@json_option
@pass_session
def move(session: Session, job: str, front: bool, priority: str | None) -> None:
    """Change the place of job ID in the queue."""
    if not front and not priority:
        raise click.UsageError("Give --front, --priority, or both.")

    def change(client: Client, job_id: str) -> Job:
        if priority:
            return client.set_priority(job_id, priority, front=front)
        return client.move_to_front(job_id)

    moved = _changed(session, job, change)
    session.show(moved.body, lambda: _place(moved))


@click.command()
@worker_argument
@json_option
@pass_session
def drain(session: Session, worker: str) -> None:
    """Let WORKER finish its job and claim no more.

    `gramworks workers` lists the names. This needs a token with the scope operate.
    """
    with session.client() as client:
        drained = client.drain(worker)
    session.show(drained.body, lambda: _drained(drained))


@click.command()
@worker_argument
@json_option
@pass_session
def undrain(session: Session, worker: str) -> None:
    """Let WORKER, which is draining, claim jobs again."""
    with session.client() as client:
        ready = client.undrain(worker)
    session.show(ready.body, lambda: f"{ready.name} claims jobs again.")


def _changed(session: Session, name: str, change: Callable[[Client, str], Job]) -> Job:
    with session.client() as client:
        return change(client, find_id(client, name))


def _place(job: Job) -> str:
    where = f" at position {job.position:,}" if job.position else ""
    return f"Job {job.id} is paused." if job.paused else f"Job {job.id} is {job.state}{where}."


def _drained(worker: Worker) -> str:
    if worker.job is None:
        return f"{worker.name} claims no more jobs. It runs none and can be stopped."
    return f"{worker.name} claims no more jobs. It still runs {worker.job.id or 'a job'}."
