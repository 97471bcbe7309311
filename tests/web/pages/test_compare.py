"""Two to four pictures side by side, and only the settings in which they differ."""

import re

import pytest
from flask.testing import FlaskClient

from shared.job_store import JobStore, new_id
from shared.object_store import ObjectStore
from tests.parts import trash_of
from tests.web.painted_jobs import painted, submitted


def rows_of(client: FlaskClient, *ids: str) -> dict[str, list[str]]:
    """Return the rows of the table by their labels."""
    response = client.get(f"/compare?jobs={','.join(ids)}")
    assert response.status_code == 200, response.text
    rows = re.findall(r'<tr><th scope="row">([^<]+)</th>(.*?)</tr>', response.text, re.DOTALL)
    return {label: re.findall(r"<td>(.*?)</td>", cells, re.DOTALL) for label, cells in rows}


def test_only_what_differs_is_in_the_table_beside_time_and_losses(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore
) -> None:
    first = painted(jobs, objects)
    second = painted(jobs, objects, strength=70, tv_weight=0.5)
    rows = rows_of(client, first, second)
    losses = {f"Loss: {term}" for term in ("total", "style", "content", "tv")}
    assert set(rows) == {"Preset", "Strength", "Smoothing weight", "Time", "Evaluations"} | losses
    assert rows["Strength"] == ["55", "70"]
    assert rows["Preset"] == ["balanced", "bold"]
    assert rows["Smoothing weight"] == ["0", "0.5"]
    assert rows["Evaluations"] == ["9", "9"]
    assert rows["Loss: total"] == ["6", "6"]


def test_other_photographs_and_styles_are_shown(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore
) -> None:
    first = painted(jobs, objects)
    other_style, other_size = painted(jobs, objects, style=1), painted(jobs, objects, size=(64, 64))
    assert {"Photograph", "Style"}.isdisjoint(rows_of(client, first, painted(jobs, objects)))
    assert "Style" in rows_of(client, first, other_style)
    rows = rows_of(client, first, other_style, other_size)
    assert len(rows["Photograph"]) == 3
    assert rows["Size"] == ["96 × 64", "96 × 64", "64 × 64"]


def test_a_job_without_a_picture_has_its_state(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore
) -> None:
    ids = painted(jobs, objects), submitted(jobs, objects)
    page = client.get(f"/compare?jobs={','.join(ids)}").text
    assert '<span class="state queued">queued</span>' in page
    assert page.count("Full size") == 1


@pytest.mark.parametrize("count", [0, 1, 5])
def test_other_numbers_of_pictures_are_refused(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore, count: int
) -> None:
    ids = ",".join(submitted(jobs, objects) for _ in range(count))
    response = client.get(f"/compare?jobs={ids}")
    assert response.status_code == 422
    assert "&#39;jobs" in response.text


def test_odd_ids_and_unknown_jobs_are_refused(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore
) -> None:
    known = painted(jobs, objects)
    assert client.get("/compare").status_code == 422
    assert client.get(f"/compare?jobs={known},x").status_code == 422
    assert client.get(f"/compare?jobs={known},{new_id()}").status_code == 404
    gone = painted(jobs, objects)
    trash_of(jobs).move(gone)
    assert client.get(f"/compare?jobs={known},{gone}").status_code == 410
