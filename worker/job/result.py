"""Stores a finished job's picture and its float pixels, before the record names them."""

import logging
from dataclasses import dataclass
from functools import partial

from shared import paths
from shared.errors import StoreUnavailable
from shared.job import Job
from shared.job_store import Claim
from shared.kept_pixels import KeptPixels, Photograph
from shared.metadata import Metadata
from shared.object_store import ObjectStore
from shared.pictures import encode, render
from shared.provenance import Provenance
from worker.engine.progress import Progress
from worker.job.backoff import with_backoff
from worker.job.lease import Lease
from worker.job.progress_reporter import to_record

log = logging.getLogger(__name__)


def is_early(progress: Progress) -> bool:
    """Return whether evaluations are left after this one."""
    return progress.evaluation < progress.evaluations


@dataclass(frozen=True)
class Results:
    """Stores results; `weights_sha256`, of VGG19's weights, goes into a result's provenance."""

    objects: ObjectStore
    keep_pixels: bool
    weights_sha256: str | None
    max_seconds: float

    def store(
        self, claim: Claim, job: Job, lease: Lease, progress: Progress, photograph: Photograph
    ) -> tuple[str, str | None]:
        """Store the picture and, if they are kept, its float pixels; return their keys.

        Raises:
            Superseded: the attempt no longer holds the job.
            StoreUnavailable: the object store has not been available for `max_seconds`.
        """
        settings = job.settings
        kept = KeptPixels.of(progress.result(), settings.deprocess_means, photograph)
        in_its_colours = settings.preserve_color == "luminance"
        picture = render(kept, settings.deprocess_means, in_photograph_colours=in_its_colours)
        key = paths.result_key(claim.job_id, claim.attempt)
        data = encode(picture, "png", Metadata(kept.profile, self._xmp(job, progress)))
        with_backoff(partial(self.objects.put, key, data), lease, self.max_seconds)
        return key, self._store_pixels(claim, kept) if self.keep_pixels else None

    def _xmp(self, job: Job, progress: Progress) -> bytes | None:
        if not job.options.provenance:
            return None
        losses = to_record(progress).loss
        stopped_after = progress.evaluation if is_early(progress) else None
        return Provenance.of(job, self.weights_sha256, losses, stopped_after).packet()

    def _store_pixels(self, claim: Claim, kept: KeptPixels) -> str | None:
        """Store a result's float pixels; return None if that fails, since the result is there."""
        key = paths.pixels_key(claim.job_id, claim.attempt)
        try:
            self.objects.put(key, kept.to_bytes())
        except StoreUnavailable as error:
            log.warning("job %s: float pixels are not kept: %s", claim.job_id, error.parameters)
            return None
        return key
