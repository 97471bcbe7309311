"""A JPEG is stored compressed as it came; a worker sees what the web's PNG showed before."""

import io
import json

import numpy as np
import pytest
from flask.testing import FlaskClient
from PIL import Image, ImageCms, ImageOps

from shared.job import InputImage
from shared.job_store import JobStore
from shared.object_store import ObjectStore
from tests.web.api_requests import accepted, problem, stored_content, stored_input, submit
from tests.web.pictures import encoded, noise, plain, swapping_profile

KEEP = json.dumps({"color_profile": "photograph"})
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def photograph(orientation: int = 1, profile: bytes | None = None, **options: object) -> bytes:
    """Return a JPEG as a phone makes it."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    with Image.open(io.BytesIO(noise("PNG"))) as image:
        return encoded(image, "JPEG", exif=exif, icc_profile=profile, **options)


def as_before(data: bytes, profile: bytes | None) -> np.ndarray:
    """Return the pixels of the PNG that the web made of a JPEG before."""
    with Image.open(io.BytesIO(data)) as image:
        upright = ImageOps.exif_transpose(image)
    if profile:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        ImageCms.profileToProfile(upright, own, SRGB, inPlace=True)
    return np.asarray(upright)


def record_of(jobs: JobStore, client: FlaskClient, data: bytes, settings: str = "{}") -> InputImage:
    return jobs.get(accepted(submit(client, [data], settings=settings))["id"]).inputs.content


@pytest.mark.parametrize("profile", [None, swapping_profile()], ids=["sRGB", "profile"])
@pytest.mark.parametrize("orientation", [1, 3, 6, 7])
@pytest.mark.parametrize("progressive", [False, True])
def test_a_worker_sees_the_same_pixels_as_before(
    client: FlaskClient,
    jobs: JobStore,
    objects: ObjectStore,
    profile: bytes | None,
    orientation: int,
    progressive: bool,
) -> None:
    sent = photograph(orientation, profile, progressive=progressive)
    record = record_of(jobs, client, sent)
    assert record.key.endswith(".jpeg")
    assert record.bytes == len(objects.get(record.key)) < len(sent)
    assert np.array_equal(np.asarray(stored_input(objects, record)), as_before(sent, profile))


def test_its_own_colours_are_kept_by_choice(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore
) -> None:
    sent = photograph(6, swapping_profile())
    record = record_of(jobs, client, sent, settings=KEEP)
    image = stored_input(objects, record)
    assert image.info["icc_profile"] == swapping_profile()
    assert np.array_equal(np.asarray(image), as_before(sent, None))


def test_a_fork_from_the_inputs_reads_the_same_pixels(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore
) -> None:
    job = accepted(submit(client, [photograph(6, swapping_profile())]))
    changes = {"start": "inputs", "settings": {"preserve_color": "luminance"}}
    forked = accepted(client.post(job["links"]["fork"], json=changes))
    before, after = (stored_content(jobs, objects, each["id"]) for each in (job, forked))
    assert np.array_equal(np.asarray(before), np.asarray(after))
    assert "icc_profile" not in after.info


def test_what_follows_the_image_is_not_stored(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore
) -> None:
    second = plain(format_name="JPEG")
    for trailing in (b"PK\x03\x04 an archive", second, b"<script>alert(1)</script>"):
        record = record_of(jobs, client, photograph() + trailing)
        assert objects.get(record.key).endswith(b"\xff\xd9")
        assert record.bytes == record_of(jobs, client, photograph()).bytes


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("kept", [0.3, 0.6, 0.98])
def test_an_incomplete_jpeg_is_refused(client: FlaskClient, progressive: bool, kept: float) -> None:
    whole = photograph(progressive=progressive)
    problem(submit(client, [whole[: int(len(whole) * kept)]]), 422, "truncated_image")
