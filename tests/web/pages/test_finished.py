"""What the page of a finished job offers: stronger, weaker, more, the recipe, and again."""

import json
import re
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient

from shared.job import Job, JobState
from shared.job_store import JobStore
from shared.object_store import ObjectStore
from shared.settings import PRESETS, StyleSettings
from tests.shared.job_store.transitions import claimed
from tests.web.api_requests import accepted, submit
from tests.web.finished_job import finish
from web.intake.strength import changed_strength


@pytest.mark.parametrize(
    ("settings", "weaker", "stronger"),
    [
        ({}, {"strength": 30}, {"strength": 70}),
        (PRESETS["bold"], {"strength": 50}, {"strength": 90}),
        ({"strength": 90}, {"strength": 70}, {"strength": 100}),
        ({"strength": 100}, {"strength": 80}, None),
        ({"strength": 0}, None, {"strength": 20}),
        (
            {"normalization": "layers", "content_weight": 0.2},
            {"content_weight": 0.6325},
            {"content_weight": 0.06325},
        ),
        ({"content_weight": 50}, None, {"content_weight": 15.81}),
        ({"content_weight": 0}, None, None),
    ],
)
def test_stronger_and_weaker_change_the_strength_or_the_weight_that_was_given(
    settings: dict[str, Any], weaker: dict[str, Any] | None, stronger: dict[str, Any] | None
) -> None:
    made = StyleSettings(**settings)
    assert changed_strength(made, "weaker") == weaker
    assert changed_strength(made, "stronger") == stronger


def test_a_step_of_the_weight_is_as_far_as_one_of_the_strength() -> None:
    given = StyleSettings(normalization="layers", content_weight=0.1501)
    changes = changed_strength(given, "stronger")
    by_strength = StyleSettings(normalization="layers", strength=70).content_weight
    assert changes is not None
    assert changes["content_weight"] == pytest.approx(by_strength, rel=0.002)


def _finished(client: FlaskClient, jobs: JobStore, objects: ObjectStore, **settings: Any) -> Job:
    job_id = accepted(submit(client, settings=json.dumps({"size": 48, **settings})))["id"]
    finish(claimed(jobs), jobs, objects)
    return jobs.get(job_id)


@pytest.mark.parametrize(("direction", "strength"), [("weaker", 35), ("stronger", 75)])
def test_one_post_paints_it_weaker_or_stronger(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore, direction: str, strength: int
) -> None:
    job = _finished(client, jobs, objects, preset="balanced")
    response = client.post(f"/jobs/{job.id}/variation", data={"direction": direction})
    assert response.status_code == 303
    made = jobs.get(response.headers["Location"].rpartition("/")[2])
    assert made.state is JobState.QUEUED
    expected = StyleSettings(**{**PRESETS["balanced"], "size": 48, "strength": strength})
    assert made.settings == expected


@pytest.mark.parametrize("form", [{}, {"direction": "louder"}, {"direction": "weaker", "x": "1"}])
def test_a_wrong_direction_is_a_clear_error(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore, form: dict[str, str]
) -> None:
    job = _finished(client, jobs, objects)
    response = client.post(f"/jobs/{job.id}/variation", data=form)
    assert response.status_code == 422
    assert 'role="alert"' in response.text
    assert [each.id for each in jobs.page(9).jobs] == [job.id]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 200),
        ("?means=shifted&format=webp", 200),
        ("?means=own&blue=1&green=2.5&red=300&preserve_color=luminance", 200),
        ("?means=own&blue=1&green=2", 422),
        ("?means=own&blue=x&green=2&red=3", 422),
        ("?means=wild", 422),
        ("?deprocess_means=keras", 422),
    ],
)
def test_the_picture_has_the_colours_of_the_form(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore, query: str, status: int
) -> None:
    job = _finished(client, jobs, objects)
    assert client.get(f"/jobs/{job.id}/picture{query}").status_code == status


def test_again_with_changes_has_the_settings_and_pictures_of_the_job(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore
) -> None:
    job = _finished(client, jobs, objects, preset="bold", iterations=7)
    page = client.get(f"/?from={job.id}").text
    assert re.search(r'value="bold"[^>]*checked', page)
    assert re.search(r'name="iterations"[^>]* value="7"', page)
    found = re.search(r'data-recipe="([^"]*)"', page)
    assert found is not None
    recipe = json.loads(unescape(found[1]))
    assert recipe["settings"] == {"preset": "bold", "iterations": 7, "size": 48}
    for picture in recipe["pictures"]:
        assert client.get(picture["href"]).status_code == 200
    assert client.get("/?from=nothing").status_code == 404


def test_a_job_that_began_with_a_picture_is_painted_again_from_its_photograph(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore
) -> None:
    job = _finished(client, jobs, objects, preset="balanced")
    location = client.post(f"/jobs/{job.id}/fork", data={"iterations": "5"}).headers["Location"]
    page = client.get(f"/?from={location.rpartition('/')[2]}").text
    found = re.search(r'data-recipe="([^"]*)"', page)
    assert found is not None
    settings = json.loads(unescape(found[1]))["settings"]
    assert settings == {"preset": "balanced", "iterations": 5, "size": 48}
