"""The client's methods that delete jobs and restore them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx

from gramworks.models import Job, Page
from gramworks.retries import Repeat
from gramworks.transport import Http, job_path, understood

JOBS, TRASH = "/api/v1/jobs", "/api/v1/trash"


@dataclass(frozen=True)
class Deletion:
    """How many jobs `delete_all` deleted; `cancelled` of them were queued or running.

    `restore_all(since)` undoes it. `since` is None if the server keeps no trash.
    """

    deleted: int
    cancelled: int
    since: int | None


class TrashMethods:
    """Deletes jobs, to the trash and for good, and restores them."""

    _http: Http

    def delete(self, job_id: str, *, permanently: bool = False) -> Job | None:
        """Move a job to the trash; a queued or running one is cancelled first.

        Return the job, whose `kept_until` says how long it can be restored. With `permanently`, or
        if the server keeps no trash, it is deleted for good, also from the trash; return None.
        """
        job = self._delete(job_id, permanently)
        if job and job.deleted_at is None:  # it was live, and is cancelled now
            job = self._delete(job_id, permanently)
        return job

    def delete_all(self, *, cancel: bool = False) -> Deletion:
        """Delete all jobs of the token's owner that have ended.

        With `cancel`, queued and running ones are cancelled and deleted too. Jobs that are
        submitted meanwhile stay.
        """
        query: dict[str, str] = {"all": "true"} | ({"cancel": "true"} if cancel else {})
        parts = list(self._parts("DELETE", JOBS, query))
        undo = parts[-1]["undo"]
        return Deletion(
            deleted=sum(part["deleted"] for part in parts),
            cancelled=sum(part["cancelled"] for part in parts),
            since=int(_query(undo)["since"]) if undo else None,
        )

    def restore(self, job_id: str) -> Job:
        """Restore a job from the trash; one that is not in it stays as it is."""
        return self._http.ask(Job.from_json, "POST", job_path(job_id, "restore"))

    def restore_all(self, since: int = 0) -> int:
        """Restore the owner's jobs from the trash; return how many.

        `since` is of a `Deletion`: what was deleted before that stays in the trash.
        """
        parts = self._parts("POST", f"{TRASH}/restore", {"since": str(since)})
        return sum(part["restored"] for part in parts)

    def trash(self, limit: int = 20, cursor: str | None = None) -> Page:
        """Return one page of the jobs in the trash, the last deleted first."""
        query = {"limit": limit} | ({"cursor": cursor} if cursor else {})
        return self._http.ask(Page.from_json, "GET", TRASH, params=query)

    def all_trash(self, page_size: int = 100) -> Iterator[Job]:
        """Yield every job in the trash, the last deleted first; pages are fetched as needed."""
        page = self.trash(page_size)
        yield from page.jobs
        while page.cursor:
            page = self.trash(page_size, page.cursor)
            yield from page.jobs

    def empty_trash(self) -> int:
        """Delete the owner's jobs in the trash for good; return how many."""
        return sum(part["deleted"] for part in self._parts("DELETE", TRASH, {"all": "true"}))

    def _delete(self, job_id: str, permanently: bool) -> Job | None:
        query = {"permanently": "true"} if permanently else {}
        response = self._http.send("DELETE", job_path(job_id), repeat=Repeat.UNSENT, params=query)
        if response.status_code == httpx.codes.NO_CONTENT:
            return None
        return understood(lambda answer: Job.from_json(answer.json()), response, "the server")

    def _parts(self, method: str, path: str, query: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        """Yield the answers to a request that is done in parts, each of which names the next."""
        following: Mapping[str, str] | None = query
        while following is not None:
            repeat = Repeat.ALWAYS if method == "POST" else Repeat.UNSENT
            part = self._http.ask(_part, method, path, repeat=repeat, params=following)
            yield part
            following = _query(part["next"]) if part["next"] else None


def _part(body: Mapping[str, Any]) -> dict[str, Any]:
    return {**body, "next": body["next"]}


def _query(path: str) -> dict[str, str]:
    # Only the query is used: the path may lack a prefix that a proxy adds.
    return dict(parse_qsl(urlsplit(path).query))
