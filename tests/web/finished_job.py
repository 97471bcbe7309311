"""A job that has succeeded, with a result and float pixels as a worker stores them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from shared import paths
from shared.errors import ObjectNotFound
from shared.job_store import Claim, JobStore
from shared.kept_pixels import KeptPixels, Photograph
from shared.metadata import Metadata
from shared.object_store import ObjectStore
from shared.pictures import encode, render
from shared.settings import DEPROCESS_MEANS
from tests.shared.job_store.transitions import running

KERAS = DEPROCESS_MEANS["keras"]


def painted(rows: int = 48, columns: int = 64) -> NDArray[np.float32]:
    """Return smooth pixels with some noise, centred B, G, R."""
    down, right = np.mgrid[-90 : 90 : rows * 1j, -90 : 90 : columns * 1j]
    noise = np.random.default_rng(0).normal(0, 4, (rows, columns, 3))
    return (np.stack([down, right, -down], axis=-1) + noise).astype(np.float32)


def photographed(rows: int = 48, columns: int = 64) -> NDArray[np.uint8]:
    """Return a photograph of that size: red at the left, blue at the right."""
    ramp = np.linspace(0, 255, columns, dtype=np.uint8)
    row = np.stack([ramp[::-1], np.full_like(ramp, 60), ramp], axis=-1)
    return np.repeat(row[np.newaxis], rows, axis=0)


def finished(
    jobs: JobStore,
    objects: ObjectStore,
    pixels: NDArray[np.float32] | None = None,
    means: Sequence[float] = KERAS,
    photograph: NDArray[np.uint8] | None = None,
    profile: bytes | None = None,
) -> str:
    """Finish a new job with these float pixels and return its id."""
    claim = running(jobs)
    pixels = painted() if pixels is None else pixels
    photo = photographed(*pixels.shape[:2]) if photograph is None else photograph
    finish(claim, jobs, objects, KeptPixels.of(pixels, means, Photograph(photo, profile)), means)
    return claim.job_id


def finish(
    claim: Claim,
    jobs: JobStore,
    objects: ObjectStore,
    kept: KeptPixels | None = None,
    means: Sequence[float] = KERAS,
) -> None:
    """Finish a running job with these float pixels, or those of `painted`; store its inputs."""
    for image in jobs.get(claim.job_id).inputs.all:
        try:
            objects.get(image.key)
        except ObjectNotFound:
            objects.put(image.key, encode(photographed(image.height, image.width), "png"))
    if kept is None:
        kept = KeptPixels.of(painted(), means, Photograph(photographed()))
    result, stored = (
        make(claim.job_id, claim.attempt) for make in (paths.result_key, paths.pixels_key)
    )
    objects.put(result, encode(render(kept, means), "png", Metadata(kept.profile)))
    objects.put(stored, kept.to_bytes())
    jobs.succeed(claim, result, stored)
