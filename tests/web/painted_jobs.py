"""Many jobs with real small pictures, as the gallery lists them."""

from hashlib import sha256
from typing import Any

import numpy as np

from shared import paths
from shared.job import InputImage, JobInputs, JobOptions
from shared.job_store import JobStore, NewJob, new_id
from shared.object_store import ObjectStore
from shared.pictures import encode
from shared.settings import PRESETS, StyleSettings
from tests.shared.job_store.transitions import claimed, progress
from tests.web.pictures import plain

STYLES = [plain((value, 90, 200 - value), (40, 40)) for value in (20, 180)]


def style_of(number: int) -> str:
    """Return the SHA-256 of one of the style images."""
    return sha256(STYLES[number]).hexdigest()


def submitted(
    jobs: JobStore,
    objects: ObjectStore,
    *,
    owner: str = "local",
    preset: str = "balanced",
    style: int = 0,
    size: tuple[int, int] = (96, 64),
    **settings: object,
) -> str:
    """Return the id of a new job whose result has this width and height."""
    job_id = new_id()
    files = (plain((30, 60, 90), size), STYLES[style])
    keys = (paths.content_key(job_id), paths.style_key(job_id, 0))
    for key, data in zip(keys, files, strict=True):
        objects.put(key, data)
    content, painting = (
        InputImage(key=key, width=w, height=h, bytes=1, sha256=sha256(data).hexdigest())
        for key, data, (w, h) in zip(keys, files, (size, (40, 40)), strict=True)
    )
    chosen = StyleSettings.model_validate({**PRESETS[preset], "size": size[1], **settings})
    new = NewJob(chosen, JobOptions(), JobInputs(content=content, styles=[painting]), owner)
    return jobs.create(job_id, new).id


def painted(jobs: JobStore, objects: ObjectStore, **choice: Any) -> str:
    """Return the id of a new job that has succeeded; no other may be queued."""
    job_id = submitted(jobs, objects, **choice)
    claim = claimed(jobs)
    assert claim.job_id == job_id
    rows, columns = jobs.get(job_id).result_shape
    pixels = np.random.default_rng(rows).integers(0, 256, (rows, columns, 3), np.uint8)
    objects.put(key := paths.result_key(job_id, claim.attempt), encode(pixels, "png"))
    jobs.report(claim, progress(9), None)
    jobs.succeed(claim, key)
    return job_id
