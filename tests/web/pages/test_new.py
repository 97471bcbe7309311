"""The page for a new picture: the form, its errors, and the latest jobs."""

import html
import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from shared import paths
from shared.job import Job
from shared.job_store import JobStore
from shared.object_store import ObjectStore
from shared.pictures import encode
from shared.settings import DEFAULT_PRESET, DEPROCESS_MEANS, PRESETS, StyleSettings
from tests.shared.job_store.transitions import queued, running
from tests.web.api_requests import upload
from tests.web.intake.test_uploaded_images import KINDS, off, pictures
from tests.web.pictures import cornered, noise, plain, white
from web.builtin_styles import BUILTIN_STYLES
from web.messages.presets import PRESETS as PRESET_TEXTS
from web.pages.settings_fields import APART, GROUPS

BALANCED = StyleSettings(**PRESETS["balanced"])


def _post(client: FlaskClient, **fields: str) -> TestResponse:
    return client.post("/", data=upload() | fields)


def test_the_form_offers_files_presets_and_bounds(client: FlaskClient) -> None:
    page = client.get("/").text
    for name in ("content", "style"):
        assert f'type="file" name="{name}"' in page
    for name in PRESETS:
        card = re.search(rf'<input type="radio" name="preset" value="{name}"[^>]*>', page)
        assert card is not None
        assert ("checked" in card[0]) is (name == DEFAULT_PRESET)
    schema = StyleSettings.model_json_schema()["properties"]
    for name, field in schema.items():
        assert re.search(rf'<(input|select)[^>]* name="{name}"', page)
        assert field["title"] in page
        text = re.sub("`([^`]*)`", r"<code>\1</code>", html.escape(field["description"]))
        assert " ".join(text.replace("&#x27;", "&#39;").split()) in " ".join(page.split())
    size = re.search(r'<input[^>]* name="size"[^>]*>', page)
    assert size is not None
    assert 'type="text"' in size[0]  # a number, or `original`
    iterations = re.search(r'<input[^>]* name="iterations"[^>]*>', page)
    assert iterations is not None
    assert 'min="1" max="4000" step="1"' in re.sub(r"\s+", " ", iterations[0])
    for name in ("original", *DEPROCESS_MEANS):
        assert f'<option value="{name}">' in page


def test_a_sent_form_redirects_to_the_page_of_the_job(client: FlaskClient, jobs: JobStore) -> None:
    response = _post(client)
    [job] = jobs.page(2).jobs
    assert (response.status_code, response.headers["Location"]) == (303, f"/jobs/{job.id}")
    assert isinstance(job, Job)
    assert job.settings == BALANCED
    assert client.get(response.headers["Location"]).status_code == 200


@pytest.mark.parametrize(
    ("fields", "chosen"),
    [
        ({"preset": "faithful"}, {}),
        ({"preset": "balanced", "size": "", "iterations": ""}, PRESETS["balanced"]),
        ({"preset": "faithful", "size": "96", "iterations": "7"}, {"size": 96, "iterations": 7}),
        (
            {"preset": "faithful", "deprocess_means": "shifted"},
            {"deprocess_means": DEPROCESS_MEANS["shifted"]},
        ),
        (
            {
                "preset": "faithful",
                "style_layers": '["block1_conv1"]',
                "content_weight": "1e-3",
                "deprocess_means": "[1, 2, 3]",
            },
            {
                "style_layers": {"block1_conv1": 1.0},
                "content_weight": 1e-3,
                "deprocess_means": (1.0, 2.0, 3.0),
            },
        ),
        (
            {
                "preset": "faithful",
                "style_layers": "block1_conv1: 1, block2_conv1: 0.5",
                "deprocess_means": "1.5, 2, 3",
            },
            {
                "style_layers": {"block1_conv1": 1.0, "block2_conv1": 0.5},
                "deprocess_means": (1.5, 2.0, 3.0),
            },
        ),
        (
            {"preset": "faithful", "style_layers": "block1_conv1, block2_conv1"},
            {"style_layers": {"block1_conv1": 1.0, "block2_conv1": 1.0}},
        ),
    ],
)
def test_the_job_has_the_settings_that_were_chosen_in_the_form(
    client: FlaskClient, jobs: JobStore, fields: dict[str, str], chosen: Mapping[str, Any]
) -> None:
    assert _post(client, **fields).status_code == 303
    [job] = jobs.page(1).jobs
    assert isinstance(job, Job)
    assert job.settings == StyleSettings(**chosen)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"size": "5"}, "must be 32 or more"),
        ({"size": "99999"}, "must be 65500 or less"),
        ({"size": "large"}, "not a whole number, and not &#39;original&#39;"),
        ({"size": "4e2"}, "must be a whole number"),
        ({"iterations": "9" * 5000}, "must be a whole number"),
        ({"preset": "wild"}, "must be &#39;balanced&#39;, &#39;draft&#39;"),
        ({"deprocess_means": "wild"}, "is not valid"),
        ({"style_layers": "block1_conv1: 0"}, "&#39;Style layers: block1_conv1&#39; must be more"),
    ],
)
def test_an_error_is_shown_beside_the_form_with_the_entered_values(
    client: FlaskClient, jobs: JobStore, fields: dict[str, str], words: str
) -> None:
    response = _post(client, **{"size": "64", "deprocess_means": "shifted", **fields})
    assert (response.status_code, response.mimetype) == (422, "text/html")
    assert 'role="alert"' in response.text
    assert words in response.text
    for name in ("size", "iterations"):
        assert f'value="{fields.get(name, "64" if name == "size" else "")}"' in response.text
    means = fields.get("deprocess_means", "shifted")
    field = re.search(r'<input[^>]* name="deprocess_means"[^>]*>', response.text)
    assert field is not None
    assert f'value="{means}"' in field[0]
    assert "Choose them again" in response.text  # for browsers without JavaScript
    assert jobs.page(1).jobs == []


@pytest.mark.parametrize(
    ("chosen", "is_open"),
    [({"iterations": "0", "seed": ""}, False), ({"iterations": "0", "seed": "1"}, True)],
)
def test_an_error_opens_the_groups_of_the_chosen_settings(
    client: FlaskClient, chosen: dict[str, str], is_open: bool
) -> None:
    page = _post(client, **chosen).text
    details = re.search(r"<details ?(open)?>\s*<summary>Starting image", page)
    assert details is not None
    assert bool(details[1]) is is_open


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"content": []}, "&#39;Photograph&#39; has no file"),
        ({"style": [b"no picture"]}, "is not an image of a supported format"),
        ({"content": [white(1, 1)]}, "1 × 1 pixels"),
    ],
)
def test_an_error_in_a_file_is_shown_too(
    client: FlaskClient, files: dict[str, list[bytes]], words: str
) -> None:
    response = client.post("/", data=upload(**files) | {"size": "77"})  # type: ignore[arg-type] # files and text in one form
    assert response.status_code == 422
    assert words in response.text
    assert 'value="77"' in response.text


XSS = "\"'><script>alert(1)</script>"


@pytest.mark.parametrize("name", ["size", "iterations", "preset", "deprocess_means"])
def test_entered_values_are_escaped(client: FlaskClient, name: str) -> None:
    response = _post(client, **{name: XSS})
    assert response.status_code == 422
    assert "<script>alert" not in response.text


def test_the_start_page_shows_the_latest_jobs_newest_first(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore
) -> None:
    claim = running(jobs)
    objects.put("result.png", encode(np.asarray(cornered()), "png"))
    jobs.succeed(claim, "result.png")
    later = [queued(jobs) for _ in range(11)]
    page = client.get("/").text
    shown = re.findall(r'href="/jobs/(\w+)"', page)
    assert shown == [*later[::-1], claim.job_id]
    assert 'href="/gallery">All pictures' in page
    [thumbnail] = re.findall(r'<img src="(/jobs/[^"]+)"', page)
    assert client.get(html.unescape(thumbnail)).mimetype == "image/webp"


@pytest.mark.parametrize("field", ["settings", "options", "sise"])
def test_an_unknown_field_is_refused(client: FlaskClient, jobs: JobStore, field: str) -> None:
    response = _post(client, **{field: "{}"})
    assert response.status_code == 422
    assert f"There is no field &#39;{field}&#39;" in response.text
    assert jobs.page(1).jobs == []


def test_only_chosen_settings_are_sent(client: FlaskClient, jobs: JobStore) -> None:
    untouched = dict.fromkeys(StyleSettings.model_fields, "")
    assert _post(client, preset="balanced", **untouched).status_code == 303
    [job] = jobs.page(1).jobs
    assert isinstance(job, Job)
    assert job.settings == BALANCED


def _hash(data: bytes) -> str:
    return sha256(data).hexdigest()


def _by_hash(client: FlaskClient, content: bytes, *styles: bytes, **fields: str) -> TestResponse:
    hashes = {"content_sha256": _hash(content), "style_sha256": list(map(_hash, styles))}
    return client.post("/", data={**hashes, **fields})


def _latest(jobs: JobStore) -> Job:
    [job] = jobs.page(1).jobs
    assert isinstance(job, Job)
    return job


PHOTO, STYLE, BUILTIN = plain((1, 2, 3)), noise("PNG"), BUILTIN_STYLES[0].path.read_bytes()


def test_the_page_offers_the_built_in_styles(client: FlaskClient) -> None:
    page = client.get("/").text
    for style in BUILTIN_STYLES:
        assert f'name="style_sha256" value="{_hash(style.path.read_bytes())}"' in page
        assert style.thumbnail in page
        assert html.escape(style.title) in page


def test_the_pictures_of_earlier_jobs_are_offered_once_and_used_again(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore
) -> None:
    for _ in range(2):
        assert client.post("/", data=upload([PHOTO], [STYLE, BUILTIN])).status_code == 303
    first, page = _latest(jobs), client.get("/").text
    assert page.count(f'name="content_sha256" value="{_hash(PHOTO)}"') == 1
    assert page.count(f'name="style_sha256" value="{_hash(STYLE)}"') == 1
    assert page.count(f'name="style_sha256" value="{_hash(BUILTIN)}"') == 1  # the built-in one
    shown = re.search(rf'value="{_hash(PHOTO)}".*?<img src="([^"]+)"', page, re.DOTALL)
    assert shown is not None
    assert client.get(html.unescape(shown[1])).mimetype == "image/webp"
    assert _by_hash(client, PHOTO, BUILTIN, STYLE, style_blend="3, 1").status_code == 303
    again = _latest(jobs)
    assert [style.sha256 for style in again.inputs.styles] == [_hash(BUILTIN), _hash(STYLE)]
    assert again.settings.style_blend == [3, 1]
    assert again.inputs.content.key != first.inputs.content.key
    for one, other in (
        (first.inputs.content, again.inputs.content),
        (first.inputs.styles[0], again.inputs.styles[1]),
        (first.inputs.styles[1], again.inputs.styles[0]),
    ):
        assert objects.get(one.key) == objects.get(other.key)


def test_a_style_is_used_as_a_photograph_and_the_other_way_round(
    client: FlaskClient, jobs: JobStore
) -> None:
    assert client.post("/", data=upload([PHOTO], [STYLE])).status_code == 303
    assert _by_hash(client, STYLE, PHOTO).status_code == 303
    assert _latest(jobs).inputs.content.sha256 == _hash(STYLE)


@pytest.mark.parametrize(
    ("kind", "profile"),
    [
        ("JPEG with a profile", "srgb"),
        ("JPEG with a profile", "photograph"),
        ("translucent", "srgb"),
    ],
)
def test_a_picture_of_an_earlier_job_is_painted_in_the_same_colours(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore, kind: str, profile: str
) -> None:
    data = KINDS[kind]
    sent = {"color_profile": profile}
    assert client.post("/", data=upload([data], [data]) | sent).status_code == 303
    first = _latest(jobs)
    assert _by_hash(client, data, data, **sent).status_code == 303
    expected, found = (pictures(jobs, objects, each.id) for each in (first, _latest(jobs)))
    for one, other in zip(expected, found, strict=True):
        assert one.info == other.info
        assert off(one.convert("RGB"), other.convert("RGB")) <= 1


def test_a_style_in_the_colours_of_its_photograph_is_not_used_for_another(
    client: FlaskClient,
) -> None:
    photo, style = KINDS["PNG with a profile"], KINDS["translucent"]
    sent = {"color_profile": "photograph"}
    assert client.post("/", data=upload([photo], [style]) | sent).status_code == 303
    assert _hash(style) not in client.get("/").text
    response = _by_hash(client, photo, style)
    assert response.status_code == 422
    assert _by_hash(client, photo, BUILTIN, **sent).status_code == 303


def test_a_picture_that_is_no_longer_here_must_be_uploaded(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore
) -> None:
    assert client.post("/", data=upload([PHOTO], [STYLE])).status_code == 303
    objects.delete_folder(paths.job_folder(_latest(jobs).id))
    response = _by_hash(client, PHOTO, BUILTIN)
    assert response.status_code == 422
    assert "No image with the hash" in response.text


def test_an_error_keeps_the_cards_that_were_chosen_and_links_to_the_setting(
    client: FlaskClient,
) -> None:
    page = client.post("/", data={"style_sha256": [_hash(BUILTIN)], "preset": "bold"}).text
    assert "&#39;Photograph&#39; has no file" in page
    assert "Choose them again" not in page
    card = re.search(rf'<input type="checkbox"[^>]* value="{_hash(BUILTIN)}"[^>]*>', page)
    assert card is not None
    assert "checked" in card[0]
    assert re.search(r'name="preset" value="bold"[^>]* checked', page)
    assert '<a href="#size">' in _post(client, size="5").text


def test_every_setting_is_in_a_group_and_every_preset_has_its_sentence() -> None:
    grouped = [name for fields in GROUPS.values() for name in fields]
    assert len(grouped) == len(set(grouped))
    assert set(grouped).isdisjoint(APART)
    assert set(grouped) | set(APART) <= StyleSettings.model_fields.keys()
    assert list(PRESET_TEXTS) == list(PRESETS)
