"""The gallery: all of one's pictures, filtered, paged and at a bounded cost; several at a time."""

import io
import json
import re
import zipfile
from collections.abc import Sequence
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shared.errors import OutOfMemory
from shared.job import Job, JobState
from shared.job_store import JobStore, UnreadableJob
from shared.object_store import ObjectStore
from shared.settings import PRESETS, StyleSettings, closest_preset, shown_strength
from tests.parts import trash_of
from tests.shared.job_store.new_batches import accepted
from tests.shared.job_store.transitions import claimed, in_state, queued
from tests.web.conftest import Serve, services_of
from tests.web.painted_jobs import painted, style_of, submitted
from web.pages.gallery import RATIO_STEPS, ratio_class
from web.pages.selection import MOST
from web.picture_list import PAGE, PART, RECENT, SCANNED
from web.static_files import ROOT

LINK = r'<a [^>]*id="older"[^>]*href="([^"]*)"'


def listed(client: FlaskClient, query: str = "") -> list[str]:
    """Return the ids of the jobs on a page of the gallery."""
    response = client.get(f"/gallery{query}")
    assert response.status_code == 200, response.text
    return re.findall(r'<li class="item[^>]*id="job-(\w+)"', response.text)


def following(client: FlaskClient, query: str, rel: str) -> str | None:
    """Return the query of the link to the next or the previous page."""
    page = client.get(f"/gallery{query}").text
    found = re.search(rf'<a [^>]*rel="{rel}"[^>]*href="/gallery(\?[^"]*)?"', page)
    return (found[1] or "").replace("&amp;", "&") if found else None


def many(jobs: JobStore, count: int) -> list[str]:
    """Return the ids of new jobs, the newest first."""
    return [queued(jobs, owner="local") for _ in range(count)][::-1]


def test_pages_go_from_the_newest_to_the_oldest_and_back(
    client: FlaskClient, jobs: JobStore
) -> None:
    ids = many(jobs, 2 * PAGE + 3)
    queries: list[str] = []
    seen: list[str] = []
    query: str | None = ""
    while query is not None:
        queries.append(query)
        seen += listed(client, query)
        query = following(client, query, "next")
    assert seen == ids
    assert len(queries) == 3
    back = following(client, queries[2], "prev")
    assert back is not None
    assert listed(client, back) == ids[PAGE : 2 * PAGE]
    newest = following(client, back, "prev")
    assert newest is not None
    assert listed(client, newest) == ids[:PAGE]
    assert following(client, newest, "prev") is None


def test_a_page_that_is_exactly_full_has_no_next_one(client: FlaskClient, jobs: JobStore) -> None:
    many(jobs, PAGE)
    assert following(client, "", "next") is None


def test_a_page_of_few_newer_jobs_is_the_newest_page(client: FlaskClient, jobs: JobStore) -> None:
    ids = many(jobs, PAGE + 5)
    second = following(client, "", "next")
    assert second is not None
    back = following(client, second, "prev")
    assert back is not None
    assert listed(client, back) == ids[:PAGE]


@pytest.mark.parametrize("state", JobState)
def test_the_filter_by_state_shows_jobs_in_that_state(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore, state: JobState
) -> None:
    by_state = {JobState.SUCCEEDED: painted(jobs, objects)}
    others = (JobState.FAILED, JobState.CANCELLED, JobState.RUNNING, JobState.QUEUED)
    by_state |= {each: in_state(jobs, each).job_id for each in others}
    names = {JobState.RUNNING: "live", JobState.QUEUED: "live"}
    shown = listed(client, f"?state={names.get(state, state)}")
    expected = {
        by_state[each] for each in JobState if names.get(each, each) == names.get(state, state)
    }
    assert set(shown) == expected


def test_the_filter_by_preset_goes_by_the_closest_one(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore
) -> None:
    ids = {name: submitted(jobs, objects, preset=name) for name in PRESETS}
    changed = submitted(jobs, objects, preset="fine", iterations=50)
    for name, job_id in ids.items():
        others = [changed] if name == "fine" else []
        assert listed(client, f"?preset={name}") == [*others, job_id]


def test_the_filter_by_style_shows_jobs_with_the_same_image(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore
) -> None:
    first, second = painted(jobs, objects, style=0), painted(jobs, objects, style=1)
    page = client.get("/gallery").text
    for number, job_id in enumerate((first, second)):
        assert listed(client, f"?style={style_of(number)}") == [job_id]
        assert f"style={style_of(number)}" in page
    assert page.count("name=style-0&amp;width=320") == 2
    assert listed(client, f"?style={'0' * 64}") == []


def test_filters_apply_together_and_stay_on_the_next_page(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore
) -> None:
    wanted = [submitted(jobs, objects, preset="bold", style=1) for _ in range(PAGE + 1)]
    for choice in ({"preset": "bold"}, {"style": 1}):
        submitted(jobs, objects, **choice)
    query = f"?state=live&preset=bold&style={style_of(1)}"
    assert listed(client, query) == wanted[:0:-1]
    older = following(client, query, "next")
    assert older is not None
    assert listed(client, older) == [wanted[0]]


def test_a_request_reads_a_bounded_number_of_records(
    client: FlaskClient, app: Flask, jobs: JobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says that the search can go on, and that finds what is older."""
    failed = in_state(jobs, JobState.FAILED).job_id
    many(jobs, SCANNED + 30)
    store = services_of(app).jobs
    get_all, read = store.get_all, []

    def counted(ids: Sequence[str]) -> list[Job | UnreadableJob]:
        read.append(len(ids))
        return get_all(ids)

    monkeypatch.setattr(store, "get_all", counted)
    assert listed(client, "?state=failed") == []
    assert sum(read) <= SCANNED + RECENT
    assert len(read) <= SCANNED // PART + 1
    page = client.get("/gallery?state=failed").text
    assert "There are older pictures to search." in page
    older = following(client, "?state=failed", "next")
    assert older is not None
    assert listed(client, older) == [failed]
    read.clear()
    assert len(listed(client)) == PAGE
    assert sum(read) <= PAGE + RECENT


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("state=lost", "state"),
        ("preset=best", "preset"),
        ("style=abc", "style"),
        ("before=-1", "before"),
        ("after=x", "after"),
        ("page=2", "page"),
        ("state=failed&state=live", "state"),
        ("whose=bob", "whose"),
    ],
)
def test_odd_parameters_are_refused_with_their_name(
    client: FlaskClient, query: str, field: str
) -> None:
    response = client.get(f"/gallery?{query}")
    assert response.status_code == 422
    assert f"&#39;{field}&#39;" in response.text


def test_pictures_have_the_size_of_the_record_and_a_name(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore
) -> None:
    job_id = painted(jobs, objects, size=(600, 300))
    page = client.get("/gallery").text
    image = re.search(r"<img[^>]*name=result[^>]*>", page)
    assert image is not None
    assert 'width="600" height="300"' in image[0]
    assert "balanced, 600 × 300" in image[0]
    assert f'href="/jobs/{job_id}"' in page
    assert ratio_class(600, 300) in page


def test_every_ratio_has_a_class() -> None:
    css = (ROOT / "css/ratios.css").read_text()
    known = dict(re.findall(r"\.([\w-]+) \{ --ratio: ([\d.]+); \}", css))
    assert len(known) == 2 * RATIO_STEPS + 1
    for width, height in [(1, 1), (3, 2), (2, 3), (1920, 1080), (300, 4000), (4000, 300)]:
        shown = float(known[ratio_class(width, height)])
        assert shown == pytest.approx(max(0.2314, min(width / height, 4.322)), rel=0.026)


def test_jobs_of_a_batch_and_unreadable_ones_are_marked(
    client: FlaskClient, jobs: JobStore
) -> None:
    accepted(jobs, owner="local")
    lost = queued(jobs, owner="local")
    jobs._connection.hset(f"gw:job:{lost}", "state", "levitating")
    page = client.get("/gallery").text
    assert "Part of a batch" in page
    assert re.search(rf'class="item[^"]*unreadable" id="job-{lost}"', page)


def test_the_empty_gallery_invites(client: FlaskClient, jobs: JobStore) -> None:
    assert "Paint the first one" in client.get("/gallery").text
    queued(jobs, owner="local")
    assert "No picture is like this" in client.get("/gallery?state=failed").text


@pytest.mark.parametrize(
    ("sent", "rule"),
    [
        ({}, "must have 1 or more values"),
        ({"job": ["x"]}, "is not valid"),
        ({"job": [f"{n:032x}" for n in range(MOST + 1)]}, f"must have {MOST} or fewer values"),
    ],
)
@pytest.mark.parametrize("action", ["/gallery/download", "/gallery/delete", "/trash/restore"])
def test_a_selection_has_bounds(
    client: FlaskClient, action: str, sent: dict[str, list[str]], rule: str
) -> None:
    response = client.post(action, data=sent)
    assert response.status_code == 422
    assert "job" in response.text
    assert rule in response.text


def test_selected_pictures_come_as_a_zip_with_a_manifest(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore
) -> None:
    first, second = painted(jobs, objects), painted(jobs, objects, preset="bold")
    failed = submitted(jobs, objects)
    jobs.fail(claimed(jobs), OutOfMemory(width=64, height=48))
    response = client.post("/gallery/download", data={"job": [second, failed, first]})
    assert (response.status_code, response.mimetype) == (200, "application/zip")
    assert 'filename="gramworks-3-pictures.zip"' in response.headers["Content-Disposition"]
    archive = zipfile.ZipFile(io.BytesIO(response.data))
    assert archive.testzip() is None
    rows = json.loads(archive.read("manifest.json"))["jobs"]
    assert [row["job"] for row in rows] == [second, failed, first]
    assert [row["state"] for row in rows] == ["succeeded", "failed", "succeeded"]
    assert rows[1]["file"] is None
    assert rows[1]["error"]["code"] == "out_of_memory"
    for row, job_id in ((rows[0], second), (rows[2], first)):
        assert archive.read(row["file"]) == client.get(f"/api/v1/jobs/{job_id}/result").data
        assert row["settings"]["iterations"] == 10


def test_selected_jobs_are_deleted_and_restored_without_scripts(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore
) -> None:
    kept, gone = painted(jobs, objects), painted(jobs, objects)
    live = submitted(jobs, objects)
    response = client.post("/gallery/delete", data={"job": [gone, live]})
    assert response.status_code == 303
    assert listed(client) == [kept]
    page = client.get(response.location).text
    assert "2 pictures were moved to the trash." in page
    restored = client.post("/trash/restore", data={"job": [gone, live]})
    assert (restored.status_code, restored.location) == (303, "/gallery")
    assert listed(client) == [live, gone, kept]
    assert jobs.get(live).state is JobState.CANCELLED


def test_without_a_trash_a_page_asks_before_selected_jobs_are_deleted_for_good(
    serve: Serve, jobs: JobStore, objects: ObjectStore
) -> None:
    client = serve(GRAMWORKS_TRASH_HOURS=0).test_client()
    job_id = painted(jobs, objects)
    asked = client.post("/gallery/delete", data={"job": [job_id]})
    assert asked.status_code == 200
    assert "Delete 1 picture for good?" in asked.text
    assert jobs.get(job_id)
    done = client.post("/gallery/delete", data={"job": [job_id], "confirmed": "true"})
    assert (done.status_code, done.location) == (303, "/gallery")
    assert jobs.get_all([job_id]) == []


def test_selected_pictures_are_compared(client: FlaskClient, jobs: JobStore) -> None:
    ids = many(jobs, 5)
    response = client.post("/gallery/compare", data={"job": ids[:2]})
    assert response.status_code == 303
    assert parse_qs(urlsplit(response.location).query) == {"jobs": [",".join(ids[:2])]}
    assert client.post("/gallery/compare", data={"job": ids[:1]}).status_code == 422
    assert client.post("/gallery/compare", data={"job": ids}).status_code == 422


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_recognised_from_its_settings(name: str) -> None:
    settings = StyleSettings(**{**PRESETS[name], "size": 321})
    assert closest_preset(settings) == (name, ())
    assert shown_strength(settings) == PRESETS[name].get("strength", 50)


def test_a_changed_preset_names_what_differs() -> None:
    settings = StyleSettings(**{**PRESETS["fine"], "iterations": 50, "seed": 3})
    assert closest_preset(settings) == ("fine", ("iterations", "seed"))
    stronger = StyleSettings(**{**PRESETS["balanced"], "strength": 61})
    assert closest_preset(stronger) == ("balanced", ("content_weight",))
    assert shown_strength(stronger) == 61
    assert shown_strength(StyleSettings(content_weight=0.001)) is None


def test_deleted_pictures_are_not_in_the_gallery(client: FlaskClient, jobs: JobStore) -> None:
    kept, gone = in_state(jobs, JobState.FAILED).job_id, in_state(jobs, JobState.FAILED).job_id
    trash_of(jobs).move(gone)
    assert listed(client) == [kept]
