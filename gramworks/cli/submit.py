"""`gramworks submit`: one job, or one for each of many photographs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from gramworks.cli.assignments import check_assignments, read_assignments
from gramworks.cli.estimate import show_estimates
from gramworks.cli.follow import check_output, follow, wants_to_watch
from gramworks.cli.many import Many
from gramworks.cli.output_file import Output, Target
from gramworks.cli.pictures import Link, Painting, for_client, paintings
from gramworks.cli.session import (
    EXISTING,
    Session,
    json_option,
    output_options,
    pass_session,
    watch_option,
)
from gramworks.client import Client
from gramworks.models import Job, UploadedImage
from gramworks.uploads import Picture

EXAMPLES = """\b
Examples:
  gramworks submit photo.jpg painting.jpg -s size=600 -o result.png
  gramworks submit photos/*.jpg --style painting.jpg -o 'painted/{content}.{format}'
  gramworks submit https://gramworks.example/photo.jpg painting.jpg
"""
FILES = click.Path()
INIT_HELP = "Start from this picture. It needs CONTENT's proportions."


@dataclass(frozen=True)
class Submission:
    """How pictures are submitted: settings and options for all of them.

    Files of several jobs are uploaded once.
    """

    client: Client
    settings: Mapping[str, Any]
    options: Mapping[str, Any]
    init: Path | None
    shared: frozenset[Path | Link] = frozenset()
    _uploaded: dict[Path | Link, UploadedImage] = field(default_factory=dict, init=False)

    def __call__(self, painting: Painting, idempotency_key: str | None = None) -> Job:
        """Submit a picture."""
        return self.client.submit(
            self._sent(painting.content),
            [self._sent(style) for style in painting.styles],
            self.settings,
            self.options,
            init=self.init,
            idempotency_key=idempotency_key,
        )

    def _sent(self, picture: Path | Link) -> Picture:
        if isinstance(picture, Link) or picture not in self.shared:
            return for_client(picture)
        if picture not in self._uploaded:
            self._uploaded[picture] = self.client.upload(picture)
        return self._uploaded[picture]


def shared_by(jobs: Sequence[Painting]) -> frozenset[Path | Link]:
    """Return the pictures that more than one job has."""
    counts = Counter(picture for job in jobs for picture in {job.content, *job.styles})
    return frozenset(picture for picture, count in counts.items() if count > 1)


@click.command(epilog=EXAMPLES)
@click.argument("pictures", metavar="CONTENT... [STYLE...]", nargs=-1, required=True, type=FILES)
@click.option(
    "--style",
    "styles",
    type=FILES,
    multiple=True,
    help="A style. With it, each argument is a CONTENT. Can be repeated.",
)
@click.option("--each-style", is_flag=True, help="Make a job for each style; do not blend them.")
@click.option("--preset", metavar="NAME", help="A set of settings. Default: the server's.")
@click.option(
    "-s",
    "--set",
    "overrides",
    multiple=True,
    metavar="NAME=VALUE",
    help="Override a setting of the preset. Can be repeated.",
)
@click.option("--init", type=EXISTING, metavar="FILE", help=INIT_HELP)
@click.option("--priority", type=click.Choice(["high", "normal", "low"]), help="Default: normal.")
@click.option("--no-provenance", is_flag=True, help="Do not write into the file how it was made.")
@click.option("--estimate", is_flag=True, help="Say what it would take, and submit nothing.")
@watch_option
@output_options
@json_option
@pass_session
def submit(  # noqa: PLR0913, PLR0917 - click passes each option under its name
    session: Session,
    pictures: tuple[str, ...],
    styles: tuple[str, ...],
    each_style: bool,
    preset: str | None,
    overrides: tuple[str, ...],
    init: Path | None,
    priority: str | None,
    no_provenance: bool,
    estimate: bool,
    watch: bool | None,
    out: Output,
) -> None:
    """Paint CONTENT in the style of STYLE.

    Each can be a file, a folder, a pattern in quotes, or a URL that the server fetches. Several
    styles are blended. There is a job for each CONTENT. `gramworks settings` lists the settings for
    --set. With --out, the command waits for the pictures and saves them; {content}, {style} and
    {number} are filled in too.
    """
    check_output(session, out, watch)
    check_assignments(overrides)
    jobs = paintings(pictures, styles, each_style=each_style)
    if estimate and out:
        raise click.UsageError("--estimate makes no picture and cannot be used with --out.")
    if init and len(jobs) > 1:
        raise click.UsageError("--init is for one picture.")
    if out:
        # An id that no other job has stands for the one that it will get.
        out.check(*(out.target(job.names(f"{job.number:032}")) for job in jobs))
    options = ({"priority": priority} if priority else {}) | (
        {"provenance": False} if no_provenance else {}
    )
    with session.client() as client:
        guide = client.settings()
        settings = {
            "preset": preset or guide.default_preset,
            **({"init": "image"} if init else {}),
            **read_assignments(overrides, guide.schema),
        }
        if estimate:
            show_estimates(session, client, jobs, settings, options, init)
            return
        submission = Submission(client, settings, options, init, shared_by(jobs))
        _run(session, submission, jobs, watch, out)


def _run(
    session: Session,
    submission: Submission,
    jobs: Sequence[Painting],
    watch: bool | None,
    out: Output,
) -> None:
    if len(jobs) > 1:
        many = Many(session, submission.client, out)
        many.run(jobs, submission, watch=wants_to_watch(watch, bool(out)))
        return
    _say_what_is_blended(jobs[0])
    job = submission(jobs[0])
    target: Target | None = out.target(jobs[0].names(job.id)) if out else None
    follow(session, submission.client, job, watch, target)


def _say_what_is_blended(painting: Painting) -> None:
    # A pattern that the shell expands can put photographs among the styles.
    if len(painting.styles) > 1:
        names = ", ".join(style.name for style in painting.styles)
        click.echo(f"Painting {painting.content.name} in a blend of {names}.", err=True)
