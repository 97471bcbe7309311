"""The photograph's ICC profile is carried over to the result if that is chosen and it is valid."""

import json

import numpy as np
import pytest
from flask.testing import FlaskClient
from PIL import Image

from shared.color_profiles import MAX_BYTES
from shared.job_store import JobStore
from shared.object_store import ObjectStore
from tests.web.api_requests import accepted, stored_content, stored_input, submit
from tests.web.pictures import RED, SIZE, encoded, lab_profile, swapping_profile

KEEP = json.dumps({"color_profile": "photograph"})
SWAPPED = (RED[1], RED[0], RED[2])


def profiled(profile: bytes | None, mode: str = "RGB", format_name: str = "PNG") -> bytes:
    colour = (*RED, 128) if mode == "RGBA" else 77 if mode == "L" else RED
    return encoded(Image.new(mode, SIZE, colour), format_name, icc_profile=profile)


def off(image: Image.Image, colour: tuple[int, int, int]) -> int:
    """Return by how much a picture differs from a colour, in grey levels."""
    pixel = np.asarray(image.convert("RGB"))[3, 3].astype(int)
    return int(np.abs(pixel - colour).max())


def style_of(jobs: JobStore, objects: ObjectStore, job_id: str) -> Image.Image:
    inputs = jobs.get(job_id).inputs
    profile = stored_input(objects, inputs.content).info.get("icc_profile")
    return stored_input(objects, inputs.styles[0], profile)


@pytest.mark.parametrize("format_name", ["PNG", "JPEG", "WEBP", "TIFF"])
def test_the_profile_is_kept_and_the_style_converted_to_it(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore, format_name: str
) -> None:
    content = profiled(swapping_profile(), format_name=format_name)
    style = profiled(None, format_name=format_name)
    job_id = accepted(submit(client, [content], [style], settings=KEEP))["id"]
    image = stored_content(jobs, objects, job_id)
    assert image.info["icc_profile"] == swapping_profile()
    assert off(image, RED) <= 6
    assert off(style_of(jobs, objects, job_id), SWAPPED) <= 6


@pytest.mark.parametrize(("format_name", "error"), [("PNG", 2), ("JPEG", 6)])
def test_a_style_that_has_the_same_profile_keeps_its_numbers(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore, format_name: str, error: int
) -> None:
    both = profiled(swapping_profile(), format_name=format_name)
    job_id = accepted(submit(client, [both], [both], settings=KEEP))["id"]
    assert off(style_of(jobs, objects, job_id), RED) <= error


def test_alpha_and_profile_are_kept_together(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore
) -> None:
    content = profiled(swapping_profile(), "RGBA")
    job_id = accepted(submit(client, [content], settings=KEEP))["id"]
    image = stored_content(jobs, objects, job_id)
    assert (image.mode, image.info["icc_profile"]) == ("RGBA", swapping_profile())


def test_what_follows_the_profile_in_its_place_is_cut_off(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore
) -> None:
    content = profiled(swapping_profile() + b"a secret")
    job_id = accepted(submit(client, [content], settings=KEEP))["id"]
    image = stored_content(jobs, objects, job_id)
    assert image.info["icc_profile"] == swapping_profile()
    assert b"a secret" not in objects.get(jobs.get(job_id).inputs.content.key)


INVALID = {
    "none": profiled(None),
    "for other channels": profiled(lab_profile()),
    "for colours, on grey": profiled(swapping_profile(), "L"),
    "truncated": profiled(swapping_profile()[:300]),
    "garbage": profiled(b"rubbish" * 99),
    "too long": profiled(swapping_profile() + bytes(MAX_BYTES)),
}


@pytest.mark.parametrize("profile", [lab_profile(), swapping_profile()[:300], b"rubbish" * 99])
def test_an_invalid_profile_is_not_stored_in_a_jpeg_either(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore, profile: bytes
) -> None:
    content = profiled(profile, format_name="JPEG")
    job_id = accepted(submit(client, [content], settings=KEEP))["id"]
    assert profile[:200] not in objects.get(jobs.get(job_id).inputs.content.key)
    image = stored_content(jobs, objects, job_id)
    assert "icc_profile" not in image.info
    assert off(image, RED) <= 6


@pytest.mark.parametrize("kind", INVALID)
def test_a_profile_that_cannot_describe_the_result_is_not_kept(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore, kind: str
) -> None:
    job_id = accepted(submit(client, [INVALID[kind]], settings=KEEP))["id"]
    assert "icc_profile" not in stored_content(jobs, objects, job_id).info


@pytest.mark.parametrize("format_name", ["PNG", "JPEG"])
def test_by_default_colours_are_converted(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore, format_name: str
) -> None:
    content = profiled(swapping_profile(), format_name=format_name)
    job_id = accepted(submit(client, [content]))["id"]
    image = stored_content(jobs, objects, job_id)
    assert "icc_profile" not in image.info
    assert off(image, SWAPPED) <= 6
