"""`gramworks rerun`: paints a picture again from what its file says, and compares the two."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from gramworks.cli.failures import CommandFailed
from gramworks.cli.follow import check_output, check_target, save
from gramworks.cli.output_file import Output
from gramworks.cli.session import EXISTING, Session, json_option, output_options, pass_session
from gramworks.cli.watch_view import watch_job
from gramworks.client import Client
from gramworks.comparison import Comparison, compare
from gramworks.errors import NotFound, require_success
from gramworks.models import Job
from gramworks.provenance import Provenance


@click.command()
@click.argument("picture", type=EXISTING)
@click.option("--content", type=EXISTING, help="The photograph, if the server no longer has it.")
@click.option(
    "--style", "styles", type=EXISTING, multiple=True, help="A painting. Can be repeated."
)
@click.option("--init", type=EXISTING, help="The picture to start from, if there was one.")
@output_options
@json_option
@pass_session
def rerun(
    session: Session,
    picture: Path,
    content: Path | None,
    styles: tuple[Path, ...],
    init: Path | None,
    out: Output,
) -> None:
    """Paint PICTURE again from what its file says, and tell how close the new one comes.

    The server finds the photograph and the painting by the job. If the job is gone, give them with
    --content and --style; their hashes are checked.
    """
    check_output(session, out)
    check_target(out)
    data = picture.read_bytes()
    made = Provenance.of_file(data)
    with session.client() as client:
        if content or styles or init:
            job = _with_files(client, made, content, styles, init)
        else:
            job = _on_the_server(client, made)
        require_success(watch_job(client, job.id, session.console))
        again = client.fetch(job.id)
        if out:
            save(session, client, job.id, out.target({"id": job.id}))
    comparison = compare(data, again)
    session.show(
        {"job": job.id, **comparison.to_json()}, lambda: "\n".join(_lines(comparison, made))
    )


def _on_the_server(client: Client, made: Provenance) -> Job:
    """Submit the job's inputs again; fail with the way out if the server no longer has them."""
    try:
        inputs = client.job(made.job).body.get("inputs") or {}
        _check_inputs(inputs, made)
        return client.fork(made.job, made.settings, start="inputs")
    except NotFound as error:
        if error.code == "job_in_trash":
            raise  # it says how to restore it
        hashes = "\n".join(f"  {name}: SHA-256 {value}" for name, value in _hashes(made))
        raise CommandFailed(
            f"The server no longer has job {made.job}. Give its pictures with --content and"
            f" --style:\n{hashes}"
        ) from error


def _check_inputs(inputs: Mapping[str, Any], made: Provenance) -> None:
    parts = [inputs.get("content") or {}, *(inputs.get("styles") or [])]
    found = [part.get("sha256") for part in parts]
    if found != [made.content, *made.styles]:
        raise CommandFailed(
            f"The pictures of job {made.job} on this server are not those that the file names. Give"
            " the right ones with --content and --style."
        )


def _with_files(
    client: Client,
    made: Provenance,
    content: Path | None,
    styles: tuple[Path, ...],
    init: Path | None,
) -> Job:
    """Submit the user's files, which must be those that the picture was made from."""
    if not content or len(styles) != len(made.styles) or bool(init) != bool(made.init):
        wanted = f"--content, {len(made.styles)} × --style" + (" and --init" if made.init else "")
        raise CommandFailed(f"The picture was made from more or fewer files. Give {wanted}.")
    _check_file(content, made.content)
    for path, expected in zip(styles, made.styles, strict=True):
        _check_file(path, expected)
    if init:
        _check_file(init, made.init)
    return client.submit(content, styles, made.settings, init=init)


def _check_file(path: Path, expected: str | None) -> None:
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if expected and found != expected:
        raise CommandFailed(
            f"{str(path)!r} is not the file that the picture was made from: its SHA-256 is {found},"
            f" and {expected} is expected."
        )


def _hashes(made: Provenance) -> Iterator[tuple[str, str]]:
    yield "content", made.content or "unknown"
    for style in made.styles:
        yield "style", style or "unknown"
    if made.init:
        yield "init", made.init


def _lines(comparison: Comparison, made: Provenance) -> Iterator[str]:
    yield comparison.sentence()
    then, now = made, comparison.made
    if now is None:
        return
    if then.stopped_after != now.stopped_after:
        yield f"The first was stopped after {then.stopped_after} evaluations, the new one was not."
    if then.losses and now.losses:
        yield f"Total loss: {then.losses['total']:.6g} then, {now.losses['total']:.6g} now."
    if then.version != now.version:
        yield f"Gramworks was {then.version} then, and is {now.version} now."
    if then.weights != now.weights:
        yield "The network has other weights now."
