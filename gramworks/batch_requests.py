"""The client's methods for batches: contents × styles × settings in one request."""

from __future__ import annotations

import json
import os
import time
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import quote

from gramworks.batches import Batch, BatchJob, BatchJobsPage, BatchPage
from gramworks.errors import UnexpectedAnswer
from gramworks.saving import whole
from gramworks.transport import Http, idempotent
from gramworks.uploads import Picture, Upload, several, upload, without_file

BATCHES = "/api/v1/batches"
MOST_JOBS_PER_PAGE = 100  # of a batch that the server lists at once
MOST_BATCHES_PER_PAGE = 20
Settings = Mapping[str, Any]


class BatchRequests:
    """The requests for batches, over the connections of a `Client`."""

    _http: Http

    def submit_batch(
        self,
        contents: Picture | Sequence[Picture],
        styles: Picture | Sequence[Picture],
        settings: Settings | Sequence[Settings] | None = None,
        options: Mapping[str, Any] | None = None,
        *,
        idempotency_key: str | None = None,
    ) -> Batch:
        """Submit a job for each content, style and settings, or none at all; return the batch.

        The pictures are sent as files: neither URLs nor what `upload` returned can be given. Each
        job has one style. `options` are those of every job. If a call failed and it is unknown
        whether the server has the batch, a call with the same pictures, settings and
        `idempotency_key` returns that batch instead of submitting another one.
        """
        sent = settings if isinstance(settings, Sequence) else [settings or {}]
        form = {
            "settings": json.dumps([dict(each) for each in sent]),
            "options": json.dumps(options or {}),
        }
        with ExitStack() as opened:
            files = [_file("content", each, opened) for each in several(contents)]
            files += [_file("style", each, opened) for each in several(styles)]
            headers = idempotent(idempotency_key)
            return self._http.ask(
                Batch.from_json, "POST", BATCHES, data=form, files=files, headers=headers
            )

    def batch(self, batch_id: str) -> Batch:
        """Return a batch: how many jobs are in each state, progress and expected end."""
        return self._http.ask(Batch.from_json, "GET", _path(batch_id), params={"limit": 0})

    def batches(self, limit: int = 10, cursor: str | None = None) -> BatchPage:
        """Return one page of batches, newest first; `cursor` comes from the previous page."""
        query = {"limit": limit} | ({"cursor": cursor} if cursor else {})
        return self._http.ask(BatchPage.from_json, "GET", BATCHES, params=query)

    def all_batches(self) -> Iterator[Batch]:
        """Yield every batch, newest first; pages are fetched as needed."""
        page = self.batches(MOST_BATCHES_PER_PAGE)
        yield from page.batches
        while page.cursor:
            page = self.batches(MOST_BATCHES_PER_PAGE, page.cursor)
            yield from page.batches

    def batch_jobs(self, batch_id: str) -> Iterator[BatchJob]:
        """Yield the jobs of a batch: for each content its styles, for each style its settings."""
        cursor: str | None = "0"
        while cursor is not None:
            query: dict[str, str | int] = {"limit": MOST_JOBS_PER_PAGE, "cursor": cursor}
            page = self._http.ask(BatchJobsPage.from_json, "GET", _path(batch_id), params=query)
            yield from page.jobs
            cursor = page.cursor

    def watch_batch(self, batch_id: str, seconds: float = 1.0) -> Iterator[Batch]:
        """Yield the batch at intervals until all of its jobs have ended."""
        while not (batch := self.batch(batch_id)).ended:
            yield batch
            time.sleep(seconds)
        yield batch

    def cancel_batch(self, batch_id: str) -> Batch:
        """Cancel the queued and running jobs of a batch; the others are left as they are."""
        return self._http.ask(Batch.from_json, "DELETE", _path(batch_id))

    def download_batch(
        self,
        batch_id: str,
        path: str | os.PathLike[str],
        format: str = "png",  # noqa: A002 - the name in the URL
    ) -> Path:
        """Save the finished pictures of a batch as a ZIP, whole or not at all.

        Their names are `content-style-settings.png`, each a number from 0. `manifest.json` in it
        says what became of every job. An existing file is replaced.
        """
        target = Path(path)
        with whole(target) as file:
            self._http.download(_path(batch_id, "results.zip"), file, params={"format": format})
            file.flush()
            if not zipfile.is_zipfile(file.name):  # a proxy can hide that the end is missing
                raise UnexpectedAnswer("The archive is incomplete. Download it again.")
        return target


def _path(batch_id: str, *parts: str) -> str:
    return "/".join((BATCHES, quote(batch_id, safe=""), *parts))


def _file(field: str, picture: Picture, opened: ExitStack) -> tuple[str, Upload]:
    if without_file(picture, field):
        raise TypeError(f"{field}: a batch takes files, not URLs or uploaded images.")
    return field, upload(picture, field, opened)
