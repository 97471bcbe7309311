"""Submits many pictures, watches their jobs at the same time, and saves each as it is done."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Sequence
from uuid import uuid4

import click

from gramworks.cli.failures import CommandFailed, ExitCode
from gramworks.cli.follow import saved
from gramworks.cli.many_view import BarsView, LinesView, Row, View
from gramworks.cli.output_file import Output
from gramworks.cli.pictures import Painting
from gramworks.cli.session import Session
from gramworks.cli.watch_view import can_redraw
from gramworks.cli.watched_job import WatchedJob
from gramworks.client import Client
from gramworks.errors import GramworksError, InvalidRequest, Unavailable, require_success
from gramworks.models import Job

STREAMS = 16  # jobs whose events are read at the same time; the others come as these end
PAUSE_SECONDS = 10.0  # before trying again, if a full server does not say when
Submit = Callable[[Painting, str], Job]  # the str is an Idempotency-Key


class Many:
    """The jobs of one command; a picture that fails does not stop the others."""

    def __init__(self, session: Session, client: Client, out: Output) -> None:
        self._session = session
        self._client = client
        self._out = out
        self._submitted: queue.SimpleQueue[Row | None] = queue.SimpleQueue()
        self._stopping = threading.Event()

    def run(self, paintings: Sequence[Painting], submit: Submit, *, watch: bool) -> None:
        """Submit all pictures; if they are to be watched, return when all jobs have ended.

        Raises:
            CommandFailed: a picture failed; the others are done.
        """
        one_style = len({painting.styles for painting in paintings}) == 1
        rows = [Row(each.content.name if one_style else str(each), each) for each in paintings]
        try:
            if watch:
                self._watch_all(rows, submit)
            else:
                self._submit_all(rows, submit, self._announce)
        except KeyboardInterrupt:
            self._stopping.set()
            self._detach(rows)
        if self._session.json:
            self._session.show([row.to_json() for row in rows], str)
        _raise_if_any_failed(rows)

    def _watch_all(self, rows: Sequence[Row], submit: Submit) -> None:
        console = self._session.console
        view: View = BarsView(console, rows) if can_redraw(console) else LinesView(console)
        with view.opened():
            # Daemons, since Ctrl-C must not wait until quiet streams send something.
            watchers = [
                threading.Thread(target=self._watch_submitted, args=(view,), daemon=True)
                for _ in range(min(STREAMS, len(rows)))
            ]
            for watcher in watchers:
                watcher.start()
            self._submit_all(rows, submit, lambda row: self._pass_on(row, view))
            for _ in watchers:
                self._submitted.put(None)
            for watcher in watchers:
                watcher.join()

    def _pass_on(self, row: Row, view: View) -> None:
        if row.error:
            view.end(row)
        else:
            self._submitted.put(row)

    def _announce(self, row: Row) -> None:
        """Print the job's id, or what went wrong."""
        if row.error:
            click.echo(f"error: {row.name}: {row.error}", err=True)
        elif row.watched and not self._session.json:
            click.echo(row.watched.job.id)

    def _submit_all(self, rows: Sequence[Row], submit: Submit, then: Callable[[Row], None]) -> None:
        """Submit pictures in their order, up to a failure that is not one picture's own."""
        stopped_by: GramworksError | None = None
        for row in rows:
            try:
                if stopped_by:
                    row.fail(stopped_by)
                else:
                    row.watched = WatchedJob(self._accepted(row, submit))
            except (InvalidRequest, OSError) as error:
                row.fail(error)
            except GramworksError as error:
                row.fail(error)
                stopped_by = error
            then(row)

    def _accepted(self, row: Row, submit: Submit) -> Job:
        """Submit a picture; wait as long as the server has no room for it."""
        key = uuid4().hex  # of all attempts: one without an answer may have made the job
        while True:
            try:
                return submit(row.painting, key)
            except Unavailable as error:
                reached = error.code, error.body.get("bound")
                if error.status != 429 or reached == ("owner_quota_reached", "bytes"):
                    raise
                pause = error.retry_after or PAUSE_SECONDS
                click.echo(f"{error} Waiting for {pause:g} s.", err=True)
                time.sleep(pause)

    def _watch_submitted(self, view: View) -> None:
        while (row := self._submitted.get()) and row.watched:
            try:
                self._watch(row, row.watched, view)
            except (GramworksError, OSError) as error:
                row.fail(error)
            except RuntimeError:  # the client is closed
                if self._stopping.is_set():
                    return
                raise
            view.end(row)

    def _watch(self, row: Row, watched: WatchedJob, view: View) -> None:
        for event in self._client.watch(watched.job.id):
            watched.update(event)
            view.show(row)
        job = require_success(watched.job)
        if self._out:
            target = self._out.target(row.painting.names(job.id))
            self._client.fetch_to(job.id, target.path, target.format_name)
            row.saved, row.sentence = target.path, saved(target)

    def _detach(self, rows: Sequence[Row]) -> None:
        """Say what continues and how to get it, and end the command."""
        jobs = [(row, row.watched.job) for row in rows if row.watched]
        unsaved = [(row, job) for row, job in jobs if not (row.saved or row.error)]
        text = f"Stopped. {len(jobs)} of {len(rows)} jobs were submitted and continue"
        click.echo(f"{text}; {self._session.command('list')} shows them.", err=True)
        for row, job in unsaved:
            names = row.painting.names(job.id)
            out = ("-o", str(self._out.target(names).path)) if self._out else ()
            click.echo(f"  {self._session.command('watch', job.id, *out)}", err=True)
        click.get_current_context().exit(ExitCode.INTERRUPTED)


def _raise_if_any_failed(rows: Sequence[Row]) -> None:
    failed = [row for row in rows if row.error]
    if not failed:
        return
    codes = [row.code for row in failed]
    code = ExitCode.JOB_UNSUCCESSFUL if ExitCode.JOB_UNSUCCESSFUL in codes else codes[0]
    raise CommandFailed(f"{len(failed)} of {len(rows)} pictures failed.", code)
