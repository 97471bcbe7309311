"""Keeps style images' statistics between jobs: some in memory, more in the object store."""

import io
import logging
import zipfile
from collections import OrderedDict

import numpy as np

from shared import paths
from shared.errors import ObjectNotFound, StoreUnavailable
from shared.object_store import ObjectStore
from worker.engine.loss.style_cache import Key, Statistics

MEMORY_BYTES = 64_000_000  # one painting takes 2.4 MB a level with the presets' layers
LEAST_PIXELS = 40_000  # of an image whose statistics are stored; smaller ones are computed as fast
log = logging.getLogger(__name__)


class StyleStatistics:
    """A `StyleCache` whose failures cost time only: what cannot be read is computed again.

    The worker's garbage collection bounds the object store's part.
    """

    def __init__(
        self, objects: ObjectStore, max_bytes: int = MEMORY_BYTES, *, is_stored: bool = True
    ) -> None:
        """Create it, empty in memory.

        Args:
            objects: the object store.
            max_bytes: how much it keeps in memory; the least recently used go first.
            is_stored: whether it uses the object store.
        """
        self._objects = objects
        self._max_bytes = max_bytes
        self._is_stored = is_stored
        self._recent: OrderedDict[str, Statistics] = OrderedDict()
        self.bytes = 0  # in memory

    def get(self, key: Key) -> Statistics | None:
        """Return what was put under `key`; None if it is not known, or no longer."""
        if key.digest in self._recent:
            self._recent.move_to_end(key.digest)
            return self._recent[key.digest]
        if not self._has_stored(key):
            return None
        statistics = self._load(key)
        if statistics is not None:
            self._remember(key, statistics)
        return statistics

    def put(self, key: Key, statistics: Statistics) -> None:
        """Keep statistics under `key`."""
        self._remember(key, statistics)
        if not self._has_stored(key):
            return
        archive = io.BytesIO()
        np.savez(archive, allow_pickle=False, **statistics)
        try:
            self._objects.put(paths.statistics_key(key.digest), archive.getvalue())
        except StoreUnavailable as error:
            log.info("statistics not stored: %s", error.parameters)

    def _has_stored(self, key: Key) -> bool:
        return self._is_stored and key.pixels >= LEAST_PIXELS

    def _load(self, key: Key) -> Statistics | None:
        try:
            data = self._objects.get(paths.statistics_key(key.digest))
            with np.load(io.BytesIO(data), allow_pickle=False) as archive:
                return dict(archive)
        except ObjectNotFound:
            return None
        except (StoreUnavailable, zipfile.BadZipFile, ValueError, EOFError, OSError) as error:
            log.warning("stored statistics cannot be used: %s", error)
            return None

    def _remember(self, key: Key, statistics: Statistics) -> None:
        self._forget(key.digest)
        self._recent[key.digest] = statistics
        self.bytes += _bytes(statistics)
        while self.bytes > self._max_bytes:
            self._forget(next(iter(self._recent)))

    def _forget(self, digest: str) -> None:
        known = self._recent.pop(digest, None)
        if known is not None:
            self.bytes -= _bytes(known)


def _bytes(statistics: Statistics) -> int:
    return sum(array.nbytes for array in statistics.values())
