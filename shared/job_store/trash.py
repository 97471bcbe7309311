"""The trash: deleted jobs, which can be restored until they are deleted for good.

A job in the trash keeps its record, its pictures and its bytes in its owner's quota. It is in none
of the lists of jobs. `lua/common/6_trash.lua` has the transitions; what concerns many jobs is done
in parts, each of them one script that takes two milliseconds or so.
"""

from typing import NamedTuple

from shared.errors import JobNotFound
from shared.job_store.connection import Connection
from shared.job_store.keys import Key
from shared.job_store.scripts import Scripts
from shared.job_store.store import JobStore, Page

PART = 25  # jobs that a script moves, for which other commands wait


class Moved(NamedTuple):
    """How many of a part of an owner's jobs were moved to the trash.

    `cancelled` of them were live. `cursor` begins the next part; None at the end.
    """

    jobs: int
    cancelled: int
    cursor: int | None


class Restored(NamedTuple):
    """How many jobs were restored, and whether there may be more."""

    jobs: int
    more: bool


class Emptied(NamedTuple):
    """The jobs whose records were deleted for good, and whether there may be more."""

    ids: list[str]
    more: bool


class Trash:
    """The trash. Every method may raise StoreUnavailable."""

    def __init__(self, connection: Connection, jobs: JobStore) -> None:
        self._connection = connection
        self._scripts = Scripts(connection)
        self._jobs = jobs

    def move(self, job_id: str) -> bool:
        """Move a job that is not live to the trash; return False if there is none."""
        return bool(self._scripts.run("trash", job_id))

    def restore(self, job_id: str) -> None:
        """Take a job out of the trash; one that is not in it stays as it is.

        Raises:
            JobNotFound: there is no such job, or no longer.
        """
        if not self._scripts.run("restore", job_id):
            raise JobNotFound(id=job_id)

    def page(self, limit: int, cursor: str | None = None, owner: str | None = None) -> Page:
        """Return up to `limit` jobs of the trash that were deleted before `cursor`, newest first.

        With `owner`, only that owner's jobs.
        """
        return self._jobs.page_of(_index(owner), limit, cursor)

    def count(self, owner: str | None = None) -> int:
        """Return how many jobs are in the trash; with `owner`, of that owner."""
        return self._jobs.count_of(_index(owner))

    def last_number(self) -> int:
        """Return a number that is lower than that of each deletion from now on."""
        return int(self._connection.get(Key.SEQUENCE) or 0)

    def move_owned(
        self, owner: str, before: int | None, *, cancel: bool, most: int = PART
    ) -> Moved:
        """Move a part of an owner's jobs to the trash, newest first.

        Args:
            owner: the owner.
            before: the cursor of the part; None begins with the newest job.
            cancel: whether to cancel live jobs and move them too, or to leave them.
            most: how many jobs the part has.
        """
        begin = "+inf" if before is None else before
        arguments = (owner, begin, most, int(cancel))
        moved, cancelled, cursor = self._scripts.run("trash_owned", *arguments)
        return Moved(moved, cancelled, int(cursor) if cursor else None)

    def restore_owned(self, owner: str, since: int, most: int = PART) -> Restored:
        """Restore up to `most` jobs that an owner deleted after the deletion number `since`."""
        restored, more = self._scripts.run("restore_owned", owner, since, most)
        return Restored(restored, bool(more))

    def empty(self, seconds: float = 0, owner: str | None = None, most: int = PART) -> Emptied:
        """Delete the records of some jobs for good that were deleted `seconds` ago or earlier.

        Their objects are the caller's to delete; garbage collection finds those that are left.

        Args:
            seconds: how long jobs stay in the trash.
            owner: whose jobs; by default everybody's.
            most: how many records to delete.
        """
        arguments = (_index(owner), round(seconds * 1000), most)
        ids, more = self._scripts.run("empty_trash", *arguments)
        return Emptied(ids, bool(more))


def _index(owner: str | None) -> str:
    return Key.TRASH if owner is None else f"{Key.OWNED_TRASH}{owner}"
