"""Checkpoints of a running job, from which the next attempt resumes."""

import io
import logging
import time
import zipfile

import numpy as np

from shared import paths
from shared.errors import ObjectNotFound, StoreUnavailable
from shared.job_store import Claim, JobStore
from shared.object_store import ObjectStore
from worker.engine.progress import Progress
from worker.engine.snapshot import Snapshot

MAX_SHARE = 0.02  # of a job's time that saving may take; with a slow store, it saves less often
log = logging.getLogger(__name__)


class Checkpoints:
    """The checkpoints of one attempt; each replaces the previous one. May raise Superseded."""

    def __init__(self, claim: Claim, jobs: JobStore, objects: ObjectStore, seconds: float) -> None:
        self._claim = claim
        self._jobs = jobs
        self._objects = objects
        self._seconds = seconds
        self._due = time.monotonic() + seconds

    def save_if_due(self, progress: Progress) -> None:
        """Save a checkpoint if the last one is old enough.

        If the object store is not available, the previous checkpoint stays valid.
        """
        begin = time.monotonic()
        if begin < self._due or progress.evaluation == progress.evaluations:
            return
        try:
            self.save(progress)
        except StoreUnavailable as error:
            log.warning("job %s: checkpoint not saved: %s", self._claim.job_id, error.parameters)
        now = time.monotonic()
        self._due = now + max(self._seconds, (now - begin) / MAX_SHARE)

    def save(self, progress: Progress) -> None:
        """Save a checkpoint now; raise StoreUnavailable if a store is not available."""
        key = paths.checkpoint_key(self._claim.job_id, self._claim.attempt)
        self._objects.put(key, to_bytes(progress.snapshot()))
        self._jobs.save_checkpoint(self._claim, key)


def load(key: str, objects: ObjectStore) -> Snapshot | None:
    """Return the snapshot stored under `key`; None if it is missing or unreadable."""
    try:
        return from_bytes(objects.get(key))
    except (ObjectNotFound, ValueError) as error:
        log.warning("the checkpoint %s cannot be used: %s", key, error)
        return None


def to_bytes(snapshot: Snapshot) -> bytes:
    """Return a snapshot as a NumPy archive, whose arrays have checksums."""
    archive = io.BytesIO()
    np.savez(archive, allow_pickle=False, **snapshot.to_arrays())
    return archive.getvalue()


def from_bytes(data: bytes) -> Snapshot:
    """Return the snapshot that an archive holds, or raise ValueError."""
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as archive:
            return Snapshot.from_arrays(dict(archive))
    except (zipfile.BadZipFile, EOFError, OSError) as error:
        raise ValueError(str(error)) from error
