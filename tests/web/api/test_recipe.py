"""A finished picture's file says how it was painted; the server reads it as any upload."""

import io
import json
from hashlib import sha256
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient
from PIL import Image

from shared.job import Job
from shared.job_store import JobStore
from shared.metadata import Metadata
from shared.pictures import FORMATS, encode
from shared.provenance import Provenance
from shared.settings import PRESETS, StyleSettings, read_settings, recipe_of
from tests.web.api_requests import accepted, problem, submit
from tests.web.pictures import RED, cornered, encoded, plain, white
from web.intake.clean import EVERYTHING, clean_image

BLUE = (0, 0, 220)
RECIPE = "/api/v1/recipe"
SETTINGS = {"preset": "balanced", "size": 120, "strength": 65}


def file_of(provenance: Provenance | bytes | None, format_name: str = "png") -> bytes:
    """Return a finished picture whose file says how it was made."""
    packet = provenance.packet() if isinstance(provenance, Provenance) else provenance
    return encode(np.zeros((32, 48, 3), np.uint8), format_name, Metadata(xmp=packet))


def stranger(**values: Any) -> Provenance:
    """Return the provenance of a picture that another server painted."""
    stored = StyleSettings(**PRESETS["balanced"]).model_dump(mode="json")
    known: dict[str, Any] = {
        "version": "1", "job": "a" * 32, "settings": stored, "content": "c" * 64,
        "styles": ["5" * 64], "weights": None, "losses": {},
    }  # fmt: skip # pairs side by side
    return Provenance(**known | values)


@pytest.fixture
def job(client: FlaskClient, jobs: JobStore) -> Job:
    sent = submit(client, [white(640, 480)], [plain(BLUE)], settings=json.dumps(SETTINGS))
    return jobs.get(accepted(sent)["id"])


@pytest.mark.parametrize("format_name", FORMATS)
def test_a_picture_s_recipe_is_what_was_sent_for_it(
    client: FlaskClient, job: Job, format_name: str
) -> None:
    found = client.post(RECIPE, data=file_of(Provenance.of(job, None, {}), format_name)).get_json()
    assert found["settings"] == SETTINGS
    assert found["ignored"] == []
    assert found["job"] == job.id
    sizes = [(each["width"], each["height"]) for each in found["pictures"]]
    assert sizes == [(each.width, each.height) for each in job.inputs.all]
    assert [each["name"] for each in found["pictures"]] == ["content", "style-0"]
    for picture, stored in zip(found["pictures"], job.inputs.all, strict=True):
        assert picture["sha256"] == stored.sha256
        file = client.get(picture["href"])
        with Image.open(io.BytesIO(file.data)) as image:
            assert image.size == (stored.width, stored.height)


def test_uploaded_images_are_found_by_their_hash(client: FlaskClient) -> None:
    digest = sha256(plain(RED)).hexdigest()
    assert client.put(f"/api/v1/images/{digest}", data=plain(RED)).status_code == 201
    found = client.post(RECIPE, data=file_of(stranger(content=digest))).get_json()
    assert [each["uploaded"] for each in found["pictures"]] == [True, False]
    content, style = found["pictures"]
    assert client.get(content["href"]).data == clean_image(plain(RED), 1, EVERYTHING).data
    assert (style["href"], style["width"], found["job"]) == (None, None, None)


def test_a_job_s_picture_is_not_offered_for_another_hash(client: FlaskClient, job: Job) -> None:
    made = Provenance.of(job, None, {}).model_copy(update={"content": "d" * 64})
    content, style = client.post(RECIPE, data=file_of(made)).get_json()["pictures"]
    assert content["href"] is None
    assert style["href"] is not None


def test_what_another_version_wrote_is_left_out(client: FlaskClient) -> None:
    stored = stranger().settings | {"strength": 1000, "brush": "round", "size": 200}
    found = client.post(RECIPE, data=file_of(stranger(settings=stored))).get_json()
    assert found["ignored"] == ["brush", "strength"]
    assert found["settings"]["size"] == 200
    read_settings(found["settings"])


@pytest.mark.parametrize("name", ["../x", "", "ą", "\ud800", "a" * 5000])
def test_odd_ids_name_no_job(client: FlaskClient, name: str) -> None:
    packet = stranger(job="ID").packet().replace(b'"ID"', json.dumps(name).encode())
    assert client.post(RECIPE, data=file_of(packet)).get_json()["job"] is None


@pytest.mark.parametrize(
    "packet",
    [
        None,
        b"<x:xmpmeta/>",
        stranger().packet().replace(b'"settings":{', b'"settings":[{'),
        b"<gramworks:provenance>" + b"[" * 50_000 + b"</gramworks:provenance>",
        stranger().packet() + b" " * 200_000,
    ],
)
def test_a_file_that_does_not_say_how_it_was_painted_is_refused(
    client: FlaskClient, packet: bytes | None
) -> None:
    assert problem(client.post(RECIPE, data=file_of(packet)), 422, "no_recipe")["field"] == "file"


def test_what_is_no_picture_is_refused(client: FlaskClient) -> None:
    problem(client.post(RECIPE, data=b"no picture"), 422, "not_an_image")
    problem(client.post(RECIPE, data=stranger().packet()), 422, "not_an_image")


def test_every_preset_has_the_shortest_recipe() -> None:
    for preset in PRESETS:
        sent = {"preset": preset, "size": 300}
        stored = read_settings(sent).model_dump(mode="json")
        assert recipe_of(stored).settings == sent


@pytest.mark.parametrize(
    "sent",
    [
        {"preset": "faithful", "size": 300, "strength": 20},
        {"preset": "fine", "size": 300, "deprocess_means": "shifted"},
        {"preset": "balanced", "size": 300, "content_weight": 0.5, "seed": 7},
    ],
)
def test_a_recipe_names_what_differs_from_the_preset(sent: dict[str, Any]) -> None:
    assert recipe_of(read_settings(sent).model_dump(mode="json")).settings == sent


def test_a_photograph_that_lay_on_its_side_is_sent_upright(
    client: FlaskClient, jobs: JobStore
) -> None:
    exif = Image.Exif()
    exif[274] = 6
    sideways = encoded(cornered(), "JPEG", exif=exif)
    made = jobs.get(accepted(submit(client, [sideways], [plain(BLUE)]))["id"])
    sent = client.get(f"/api/v1/jobs/{made.id}/inputs/content")
    with Image.open(io.BytesIO(sent.data)) as image:
        assert image.getexif()[274] == 6
        assert image.size == (made.inputs.content.height, made.inputs.content.width)
    problem(client.get(f"/api/v1/jobs/{made.id}/inputs/style-7"), 404, "input_not_found")
