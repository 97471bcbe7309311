"""A finished job's picture rendered again: other means, other formats, clear refusals."""

import io
import json
import threading
import time
from typing import Any

import numpy as np
import pytest
import tifffile
from flask.testing import FlaskClient
from numpy.typing import NDArray
from PIL import Image
from werkzeug.test import TestResponse

from shared.errors import RenderingBusy
from shared.job import JobState
from shared.job_store import JobStore
from shared.metadata import Metadata
from shared.object_store import ObjectStore
from shared.pictures import FORMATS, decode, deprocess, encode
from shared.provenance import Provenance
from shared.settings import DEPROCESS_MEANS
from tests.shared.job_store.transitions import in_state
from tests.web.api_requests import JOBS, problem
from tests.web.finished_job import KERAS, finished, painted, photographed
from tests.web.pictures import swapping_profile
from web.rendering import Renderer, Rendering


def rendered(client: FlaskClient, job_id: str, **wanted: Any) -> TestResponse:
    return client.post(f"{JOBS}/{job_id}/render", json=wanted)


def picture(response: TestResponse) -> NDArray[np.uint8]:
    assert response.status_code == 200, response.text
    return decode(response.data)


def test_nothing_asked_for_is_exactly_the_result(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore
) -> None:
    job_id = finished(jobs, objects)
    result = client.get(f"{JOBS}/{job_id}/result")
    assert rendered(client, job_id).data == result.data
    empty = client.post(f"{JOBS}/{job_id}/render")
    assert empty.data == result.data
    assert empty.headers["Content-Disposition"] == result.headers["Content-Disposition"]


@pytest.mark.parametrize("means", ["shifted", [30, 40.5, 200]])
def test_other_means_make_the_picture_that_they_would_have_made(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore, means: Any
) -> None:
    job_id = finished(jobs, objects)
    numbers = DEPROCESS_MEANS[means] if isinstance(means, str) else means
    expected = deprocess(painted(), numbers).astype(int)
    difference = picture(rendered(client, job_id, deprocess_means=means)) - expected
    assert np.abs(difference).max() <= 1
    assert (difference == 0).mean() > 0.97  # the others lie between two grey levels


def test_the_photograph_s_colours_are_switched_on_and_off(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore
) -> None:
    job_id = finished(jobs, objects)
    coloured = picture(rendered(client, job_id, preserve_color="luminance")).astype(int)
    red, blue = (coloured[:, part].mean(axis=(0, 1)) for part in (slice(8), slice(-8, None)))
    assert red[0] - red[2] > 60 < blue[2] - blue[0]
    as_painted = client.get(f"{JOBS}/{job_id}/result").data
    assert rendered(client, job_id, preserve_color="none").data == as_painted
    job = jobs.get(job_id)
    settings = job.settings.model_copy(update={"preserve_color": "luminance"})
    jobs._connection.hset(f"gw:job:{job_id}", "settings", settings.model_dump_json())
    assert (picture(rendered(client, job_id)) == coloured).all()
    assert rendered(client, job_id, preserve_color="none").data == as_painted


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_rendered(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore, name: str
) -> None:
    response = rendered(client, finished(jobs, objects), format=name)
    assert (response.status_code, response.mimetype) == (200, FORMATS[name].mimetype)
    with Image.open(io.BytesIO(response.data)) as image:
        assert (image.format, image.size) == (FORMATS[name].suffix.upper(), (64, 48))


@pytest.mark.parametrize("name", FORMATS)
def test_a_rendered_file_says_with_which_settings_it_was_made(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore, name: str
) -> None:
    job_id = finished(jobs, objects)
    job = jobs.get(job_id)
    made = Provenance.of(job, "ab", {"total": 1.5})
    assert job.result
    objects.put(
        job.result, encode(decode(objects.get(job.result)), "png", Metadata(xmp=made.packet()))
    )
    data = rendered(client, job_id, format=name, deprocess_means="shifted").data
    settings = {**made.settings, "deprocess_means": list(DEPROCESS_MEANS["shifted"])}
    assert made.model_copy(update={"settings": settings}).packet() in data


@pytest.mark.parametrize("state", sorted(set(JobState) - {JobState.SUCCEEDED}))
def test_a_job_that_has_not_succeeded_is_refused_with_what_would_do(
    client: FlaskClient, jobs: JobStore, state: JobState
) -> None:
    job_id = in_state(jobs, state).job_id
    body = problem(rendered(client, job_id), 409, "nothing_to_render")
    assert body["state"] == state
    way_out = {"failed": "Retry it", "cancelled": "Submit it again"}.get(state, "Wait until")
    assert way_out in body["detail"]


def test_without_float_pixels_the_reason_is_given_and_the_result_stays(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore
) -> None:
    forgotten, lost, damaged = (finished(jobs, objects) for _ in range(3))
    jobs.forget_pixels(forgotten)
    objects.delete([f"jobs/{lost}/1/pixels.npz"])
    objects.put(f"jobs/{damaged}/1/pixels.npz", b"PK")
    for job_id in (forgotten, lost, damaged):
        for name in ("png16", "tiff16"):
            problem(client.get(f"{JOBS}/{job_id}/result?format={name}"), 410, "pixels_gone")
        body = problem(rendered(client, job_id), 410, "pixels_gone")
        assert "submit the job again" in body["detail"]
        assert client.get(f"{JOBS}/{job_id}/result").status_code == 200
    assert not client.get(f"{JOBS}/{forgotten}").get_json()["renderable"]
    assert client.get(f"{JOBS}/{lost}").get_json()["renderable"]


def test_an_unknown_job_is_not_found(client: FlaskClient) -> None:
    problem(rendered(client, "none"), 404, "job_not_found")


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ("[", ("invalid_json", "render", "JSON object")),
        ("[]", ("invalid_json", "render", "an array")),
        ('{"size": 3}', ("unknown_setting", "render.size", "deprocess_means, format")),
        (
            '{"preserve_color": "match"}',
            ("invalid_setting", "render.preserve_color", "'luminance'"),
        ),
        ('{"format": "gif"}', ("invalid_setting", "render.format", "'png'")),
        ('{"deprocess_means": "x"}', ("invalid_setting", "render.deprocess_means", "'shifted'")),
        (
            '{"deprocess_means": [1, 2, 511]}',
            ("invalid_setting", "render.deprocess_means.2", "must be 510"),
        ),
        (
            '{"deprocess_means": [1, null, 3]}',
            ("invalid_setting", "render.deprocess_means.1", ""),
        ),
    ],
)
def test_what_cannot_be_rendered_is_refused_with_its_field(
    client: FlaskClient,
    jobs: JobStore,
    objects: ObjectStore,
    body: str,
    refusal: tuple[str, str, str],
) -> None:
    code, field, words = refusal
    url = f"{JOBS}/{finished(jobs, objects)}/render"
    refused = problem(client.post(url, data=body), 422, code)
    assert refused["field"] == field
    assert words in refused["detail"]


def test_sixteen_bits_have_what_eight_bits_round_away(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore
) -> None:
    job_id = finished(jobs, objects)
    exact = np.clip(painted() + np.asarray(KERAS, np.float32), 0, 255)[..., ::-1]
    for response in (
        client.get(f"{JOBS}/{job_id}/result?format=tiff16"),
        rendered(client, job_id, format="tiff16"),
    ):
        deep = tifffile.imread(io.BytesIO(response.data))
        assert deep.dtype == np.uint16
        assert np.abs(deep / 257 - exact).max() < 1 / 100
        assert response.headers["Content-Disposition"].endswith('.tiff"')


@pytest.mark.parametrize("name", FORMATS)
def test_transparent_parts_stay_transparent_where_the_format_can(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore, name: str
) -> None:
    alpha = np.full((48, 64, 1), 255, np.uint8)
    alpha[:16], alpha[16:32] = 0, 128
    photograph = np.concatenate([photographed(), alpha], axis=-1)
    job_id = finished(jobs, objects, photograph=photograph)
    result = client.get(f"{JOBS}/{job_id}/result?format={name}")
    assert result.data == rendered(client, job_id, format=name).data
    with Image.open(io.BytesIO(result.data)) as image:
        assert image.mode == ("RGB" if name == "jpeg" else "RGBA")
        shown = np.asarray(image.convert("RGBA")).astype(int)
    opaque = deprocess(painted(), KERAS).astype(int)
    assert np.abs(shown[36:, :, :3] - opaque[36:]).mean() < 6
    if name == "jpeg":
        assert (shown[:12, :, :3] > 250).all()
        half = 255 - (255 - opaque[20:28]) * 128 / 255
        assert np.abs(shown[20:28, :, :3] - half).mean() < 6
    else:
        assert np.array_equal(shown[..., 3:], alpha)


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_carries_the_profile(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore, name: str
) -> None:
    job_id = finished(jobs, objects, profile=swapping_profile())
    for response in (
        client.get(f"{JOBS}/{job_id}/result?format={name}"),
        rendered(client, job_id, format=name),
    ):
        with Image.open(io.BytesIO(response.data)) as image:
            assert image.info["icc_profile"] == swapping_profile()


def test_a_side_that_a_format_cannot_have_is_refused_with_another_format(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore
) -> None:
    job_id = finished(jobs, objects, painted(32, 16_400))
    for response in (
        rendered(client, job_id, format="webp"),
        client.get(f"{JOBS}/{job_id}/result?format=webp"),
    ):
        body = problem(response, 422, "too_long_for_format")
        assert (body["field"], body["maximum"]) == ("format", 16_383)
        assert "Use png or tiff" in body["detail"]
    assert rendered(client, job_id, format="jpeg").status_code == 200


def test_a_long_body_is_refused(client: FlaskClient, jobs: JobStore, objects: ObjectStore) -> None:
    url = f"{JOBS}/{finished(jobs, objects)}/render"
    body = json.dumps({"deprocess_means": [0.5] * 200_000})
    problem(client.post(url, data=body), 413, "form_too_large")


def test_a_few_pictures_are_rendered_at_a_time_and_others_wait_for_a_while(
    jobs: JobStore, objects: ObjectStore
) -> None:
    started, may_go_on = threading.Event(), threading.Event()

    class SlowStore(ObjectStore):
        def get(self, key: str) -> bytes:
            started.set()
            may_go_on.wait(20)
            return super().get(key)

    job = jobs.get(finished(jobs, objects))
    renderer = Renderer(SlowStore(str(objects.folder)), at_once=1)
    pictures: list[bytes] = []
    first = threading.Thread(
        target=lambda: pictures.append(renderer.render(job, Rendering())), daemon=True
    )
    first.start()
    assert started.wait(20)
    with pytest.raises(RenderingBusy):
        renderer.render(job, Rendering(), wait_seconds=0.05)
    may_go_on.set()
    pictures.append(renderer.render(job, Rendering()))
    first.join(20)
    assert len(pictures) == 2


@pytest.mark.parametrize("name", FORMATS)
def test_two_megapixels_take_less_than_a_second(
    jobs: JobStore, objects: ObjectStore, name: str
) -> None:
    job = jobs.get(finished(jobs, objects, painted(1000, 2000)))
    renderer = Renderer(objects)
    wanted = Rendering.model_validate(
        {"format": name, "deprocess_means": (1.0, 2.0, 3.0), "preserve_color": "luminance"}
    )
    renderer.render(job, wanted)
    begin = time.thread_time()  # of this thread, since other tests share the cores
    data = renderer.render(job, wanted)
    assert time.thread_time() - begin < 1
    assert decode(data).shape == (1000, 2000, 3)


def test_a_form_without_javascript_downloads_the_picture(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore
) -> None:
    job_id = finished(jobs, objects, means=KERAS)
    page = client.get(f"/jobs/{job_id}").text
    assert f'action="/jobs/{job_id}/picture"' in page
    query = "?means=own&blue=103.939&green=116.779&red=123.68&format=png&download=1"
    response = client.get(f"/jobs/{job_id}/picture{query}")
    assert response.data == client.get(f"{JOBS}/{job_id}/result").data
    assert response.headers["Content-Disposition"].startswith("attachment")
    untouched = client.get(f"/jobs/{job_id}/picture?means=painted&format=jpeg")
    assert untouched.mimetype == "image/jpeg"
    assert untouched.headers["Content-Disposition"].startswith("inline")
    wrong = client.get(f"/jobs/{job_id}/picture?means=warm")
    assert wrong.status_code == 422
    assert "&#39;shifted&#39;" in wrong.text
    assert client.get(f"/jobs/{job_id}/picture?size=3").status_code == 422
