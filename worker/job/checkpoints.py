"""A running job's checkpoint: written whole or not at all, read by whoever runs the job next."""

import io
import logging
import time
import zipfile

import numpy as np

from shared.errors import ObjectNotFound, StoreUnavailable
from shared.job_store import Claim, JobStore
from shared.object_store import ObjectStore
from worker.engine.progress import Progress
from worker.engine.snapshot import Snapshot

MOST_SHARE = 0.02  # of the time that a run may spend on them, however slow the store is
log = logging.getLogger(__name__)


class Checkpoints:
    """One attempt's checkpoints, each in the place of the one before; may raise Superseded."""

    def __init__(self, claim: Claim, jobs: JobStore, objects: ObjectStore, seconds: float) -> None:
        self._claim = claim
        self._jobs = jobs
        self._objects = objects
        self._seconds = seconds
        self._due = time.monotonic() + seconds

    def keep(self, progress: Progress) -> None:
        """Save where the work is, if that was last done long enough ago.

        A store that is away leaves the checkpoint before in force.
        """
        begin = time.monotonic()
        if begin < self._due or progress.evaluation == progress.evaluations:
            return
        try:
            self._save(progress.snapshot())
        except StoreUnavailable as error:
            log.warning("job %s: no checkpoint: %s", self._claim.job_id, error.parameters)
        now = time.monotonic()
        self._due = now + max(self._seconds, (now - begin) / MOST_SHARE)

    def _save(self, snapshot: Snapshot) -> None:
        key = f"jobs/{self._claim.job_id}/{self._claim.attempt}/checkpoint.npz"
        self._objects.put(key, to_bytes(snapshot))
        self._jobs.save_checkpoint(self._claim, key)


def load(key: str, objects: ObjectStore) -> Snapshot | None:
    """Return what is saved under `key`; None, so that the work begins anew, if it is of no use."""
    try:
        return from_bytes(objects.get(key))
    except (ObjectNotFound, ValueError) as error:
        log.warning("the checkpoint %s is of no use: %s", key, error)
        return None


def to_bytes(snapshot: Snapshot) -> bytes:
    """Return a snapshot as a NumPy archive, whose parts carry checksums."""
    archive = io.BytesIO()
    np.savez(archive, allow_pickle=False, **snapshot.to_arrays())
    return archive.getvalue()


def from_bytes(data: bytes) -> Snapshot:
    """Return the snapshot that the archive holds, or raise ValueError."""
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as archive:
            return Snapshot.from_arrays(dict(archive))
    except (zipfile.BadZipFile, EOFError, OSError) as error:
        raise ValueError(str(error)) from error
