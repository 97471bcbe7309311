"""What a runner does with its engine's progress: pictures, fallbacks, deadlines."""

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from shared.job import JobOptions, JobState
from shared.job_store import Claim, JobStore
from shared.kept_pixels import KeptPixels
from shared.metadata import Metadata
from shared.object_store import ObjectStore
from shared.pictures import LUMA, decode, deprocess, encode
from shared.provenance import Provenance
from shared.settings import StyleSettings
from tests.web.pictures import swapping_profile
from tests.worker.job.scripted import PICTURE, ROOMY, claimed, painter, progress, submitted
from worker.engine.progress import Progress
from worker.job.lease import Lease
from worker.job.runner import Pixels, Runner, Stylize

GREY = np.zeros((32, 40, 3), np.float32)  # centred: the means themselves


def yielding(steps: Sequence[Progress]) -> Stylize:
    """Return an engine that yields these steps."""

    def stylize(*_: object, **__: object) -> Iterator[Progress]:
        yield from steps

    return stylize


class Pictures(ObjectStore):
    """Records what is stored as pictures, since previews are deleted at the end."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.seen: dict[str, NDArray[np.uint8]] = {}

    def put(self, key: str, data: bytes) -> None:
        if not key.endswith(".npz"):
            self.seen[key.rpartition("/")[2]] = decode(data)
        super().put(key, data)


def claim_with(
    jobs: JobStore,
    objects: ObjectStore,
    content: NDArray[np.uint8] = PICTURE,
    **settings: object,
) -> Claim:
    submitted(jobs, objects, None, content, **settings)
    claim = jobs.claim_next(ROOMY, 10)
    assert claim is not None
    return claim


def test_preview_and_result_have_the_job_s_own_means(jobs: JobStore, objects: ObjectStore) -> None:
    claim = claim_with(jobs, objects, deprocess_means=[30.4, 100.0, 200.6])  # B, G, R
    steps = [
        replace(progress(number, 2), pixels=lambda: GREY, result=lambda: GREY) for number in (1, 2)
    ]
    pictures = Pictures(str(objects.folder))
    Runner(jobs, pictures, yielding(steps)).run(claim)
    assert set(pictures.seen) == {"preview.jpg", "result.png"}
    assert (pictures.seen["result.png"] == (201, 100, 30)).all()
    np.testing.assert_allclose(
        pictures.seen["preview.jpg"].mean(axis=(0, 1)), (201, 100, 30), atol=2
    )


def test_float_pixels_are_kept_beside_the_result_and_named_by_the_record(
    jobs: JobStore, objects: ObjectStore
) -> None:
    painted = np.random.default_rng(0).uniform(-130, 150, GREY.shape).astype(np.float32)
    claim = claim_with(jobs, objects, deprocess_means=[30.4, 100.0, 200.6])
    steps = [replace(progress(1, 1), pixels=lambda: painted, result=lambda: painted)]
    Runner(jobs, objects, yielding(steps)).run(claim)
    job = jobs.get(claim.job_id)
    assert job.float_pixels == f"jobs/{claim.job_id}/1/pixels.npz"
    assert {stored.key for stored in objects.stored("jobs")} == job.files
    (band,) = KeptPixels.from_bytes(objects.get(job.float_pixels)).bands()
    assert np.abs(band.pixels - painted).max() < 1 / 127
    assert job.result
    expected = deprocess(painted, job.settings.deprocess_means)
    assert np.array_equal(decode(objects.get(job.result)), expected)


def provenance(jobs: JobStore, objects: ObjectStore, claim: Claim) -> Provenance | None:
    result = jobs.get(claim.job_id).result
    assert result
    packet = Metadata.of_file(objects.get(result)).xmp
    return Provenance.from_packet(packet) if packet else None


def test_the_result_s_file_says_how_it_was_made(jobs: JobStore, objects: ObjectStore) -> None:
    claim = claim_with(jobs, objects, iterations=2, deprocess_means="shifted")
    steps = [progress(1, 2), progress(2, 2)]
    Runner(jobs, objects, yielding(steps), weights_sha256="ab").run(claim)
    found, job = provenance(jobs, objects, claim), jobs.get(claim.job_id)
    assert found is not None
    assert StyleSettings.model_validate_json(json.dumps(found.settings)) == job.settings
    assert (found.job, found.content, found.styles) == (job.id, "content", ["style-0"])
    assert found.weights == "ab"
    assert found.losses == {"total": 4.5, "style": 1.5, "content": 2.0, "tv": 1.0}


def test_the_result_s_file_says_nothing_if_the_job_asks_for_that(
    jobs: JobStore, objects: ObjectStore
) -> None:
    submitted(jobs, objects, JobOptions(provenance=False))
    claim = jobs.claim_next(ROOMY, 10)
    assert claim is not None
    Runner(jobs, objects, yielding([progress(1, 1)])).run(claim)
    assert provenance(jobs, objects, claim) is None


def test_no_float_pixels_are_kept_where_the_deployment_keeps_none(
    jobs: JobStore, objects: ObjectStore
) -> None:
    claim = claimed(jobs, objects)
    Runner(jobs, objects, painter(1), keep_pixels=False).run(claim)
    job = jobs.get(claim.job_id)
    assert (job.state, job.float_pixels) == (JobState.SUCCEEDED, None)
    assert {stored.key for stored in objects.stored("jobs")} == job.files
    assert not jobs._connection.exists("gw:pixels")


def test_preview_and_result_have_the_photograph_s_colours_if_the_job_preserves_them(
    jobs: JobStore, objects: ObjectStore
) -> None:
    claim = claim_with(jobs, objects, preserve_color="luminance", pyramid=1)
    orange = np.full((32, 40, 3), (200, 120, 40), np.uint8)
    objects.put(f"jobs/{claim.job_id}/content.png", encode(orange, "png"))
    half, whole = (np.zeros(shape, np.float32) for shape in ((16, 20, 3), (32, 40, 3)))
    steps = [
        replace(progress(1, 2), pixels=lambda: half, result=lambda: half),
        replace(progress(2, 2), pixels=lambda: whole, result=lambda: whole),
    ]
    pictures = Pictures(str(objects.folder))
    Runner(jobs, pictures, yielding(steps)).run(claim)
    painted_luma = np.array([123.68, 116.779, 103.939]) @ LUMA
    expected = np.array([200, 120, 40]) - np.array([200, 120, 40]) @ LUMA + painted_luma
    for picture in pictures.seen.values():
        np.testing.assert_allclose(picture.mean(axis=(0, 1)), expected, atol=2)
    assert (pictures.seen["preview.jpg"].shape, pictures.seen["result.png"].shape) == (
        half.shape,
        whole.shape,
    )


def test_the_photograph_s_alpha_and_profile_are_the_result_s(
    jobs: JobStore, objects: ObjectStore
) -> None:
    content = np.full((64, 80, 4), 255, np.uint8)  # twice the result's size
    content[:32, :, 3] = 0
    claim = claim_with(jobs, objects, content)
    objects.put(
        f"jobs/{claim.job_id}/content.png", encode(content, "png", Metadata(swapping_profile()))
    )
    seen = []

    def look(content: Pixels, *_: object, **__: object) -> Iterator[Progress]:
        seen.append(content)
        yield replace(progress(1, 1), pixels=lambda: GREY, result=lambda: GREY)

    Runner(jobs, objects, look).run(claim)
    assert seen[0].shape == (64, 80, 3)
    job = jobs.get(claim.job_id)
    assert job.result
    picture = decode(objects.get(job.result), with_alpha=True)
    assert Metadata.of_file(objects.get(job.result)).profile == swapping_profile()
    assert job.float_pixels
    assert KeptPixels.from_bytes(objects.get(job.float_pixels)).profile == swapping_profile()
    assert (picture[:14, :, 3] == 0).all()
    assert (picture[18:, :, 3] == 255).all()
    assert (picture[..., :3] == deprocess(GREY, job.settings.deprocess_means)).all()


def test_pictures_that_do_not_fit_in_memory_fail_the_job(
    jobs: JobStore, objects: ObjectStore
) -> None:
    def full(_: int) -> None:
        raise MemoryError

    claim = claimed(jobs, objects)
    Runner(jobs, objects, painter(2, before=full)).run(claim)
    job = jobs.get(claim.job_id)
    assert job.state is JobState.FAILED
    assert job.error is not None
    assert job.error.code == "pictures_too_large"


def test_every_fallback_of_every_attempt_is_recorded(jobs: JobStore, objects: ObjectStore) -> None:
    first = claimed(jobs, objects)
    jobs.lose(first, "killed for its memory", fallback_steps=1)
    again = jobs.claim_next(ROOMY, 10)
    assert again is not None
    steps = [progress(number, 4, fallback) for number, fallback in enumerate((1, 2, 2, 3), start=1)]
    Runner(jobs, objects, yielding(steps)).run(again)
    job = jobs.get(again.job_id)
    recorded = [(each.evaluation, each.fallback_step, each.cause) for each in job.fallbacks]
    assert recorded == [(1, 1, "killed"), (2, 2, "memory_error"), (4, 3, "memory_error")]
    assert job.fallback_step == 3


def test_each_step_has_its_own_deadline(jobs: JobStore, objects: ObjectStore) -> None:
    """A level's first evaluation takes long, and so does encoding a large result."""
    claim = claim_with(jobs, objects, size=64, pyramid=2, iterations=8, coarse_iterations=2)
    lease, allowed = Lease(claim), list[float]()

    def look(*_: object) -> None:
        allowed.append(lease._deadline - time.monotonic())

    def encoded() -> Pixels:
        look()
        return np.zeros((64, 80, 3), np.float32)

    def stylize(*_: object, **__: object) -> Iterator[Progress]:
        for number in range(1, 11):  # two at the coarse level
            look()
            image = encoded if number == 10 else lambda: GREY
            yield replace(progress(number, 10), pixels=image, result=image)

    Runner(jobs, objects, stylize)._paint_and_store(claim, lease, None)
    first, later, result = [120 + 0.8, 120 + 3.1], 30, 120
    expected = [first[0], later, first[1], *[later] * 7, result]
    assert allowed == pytest.approx(expected, abs=2)
