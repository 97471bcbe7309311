"""A batch's pictures are read and stored once; what is wrong with one is found before any job."""

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.datastructures import FileStorage

from shared.job_store import JobStore, Workers
from shared.job_store.connection import Connection
from shared.job_store.workers import Worker
from shared.object_store import ObjectStore
from tests.parts import queue_of
from tests.shared.job_store.online_workers import announce
from tests.shared.job_store.transitions import queued
from tests.web.api_requests import PLAIN, accepted, problem, stored_input
from tests.web.batch_requests import BATCHES, CONTENTS, STYLES, batch_form, new_batch, submit_batch
from tests.web.conftest import Serve, services_of
from tests.web.pictures import RED, SIZE, encoded, noise, swapping_profile, white
from web.intake.clean import NOTHING, CleanImage, Kept
from web.intake.images import ImageReader
from web.intake.isolation import Isolation

LARGE = 10**6


class Counting(ImageReader):
    """Counts how often each field is read."""

    def __init__(self) -> None:
        super().__init__(Isolation(64.0))
        self.counts: Counter[str] = Counter()

    def read(self, field: str, upload: FileStorage, kept: Kept = NOTHING) -> CleanImage:
        self.counts[field] += 1
        return super().read(field, upload, kept)


@pytest.fixture
def reader(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Counting:
    reader = Counting()
    counted = replace(services_of(app), images=reader)
    monkeypatch.setitem(app.extensions, "gramworks", counted)
    return reader


def pictures(folder: Path) -> list[Path]:
    return [path for path in (folder / "images").rglob("*") if path.is_file()]


def test_each_picture_is_read_and_stored_once(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore, reader: Counting
) -> None:
    batch = new_batch(client, settings=[{"size": 64}, {"size": 96, "preset": "draft"}])
    assert batch["total"] == len(batch["jobs"]) == 12
    assert sorted(reader.counts) == ["content.0", "content.1", "content.2", "style.0", "style.1"]
    assert set(reader.counts.values()) == {1}
    made = [jobs.get(each["id"]) for each in batch["jobs"]]
    stored = {each.key for each in objects.stored(f"batches/{batch['id']}")}
    assert len(stored) == 5
    assert set.union(*(job.files for job in made)) == stored


def test_each_job_has_its_own_pictures_and_settings(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore
) -> None:
    batch = new_batch(client, settings=[{"size": 64}, {"size": 96}], options='{"priority": "low"}')
    for each in batch["jobs"]:
        job = jobs.get(each["id"])
        content = stored_input(objects, job.inputs.content).getpixel((0, 0))
        style = stored_input(objects, job.inputs.styles[0]).getpixel((0, 0))
        assert content == (10 * (each["content"] + 1), 0, 0)
        assert style == (0, 10 * (each["style"] + 1), 0)
        assert job.settings.size == (64, 96)[each["settings"]]
        assert (job.options.priority, job.batch) == ("low", batch["id"])


def test_one_object_of_settings_is_enough_and_all_have_defaults(
    client: FlaskClient, jobs: JobStore
) -> None:
    form = batch_form()
    del form["settings"]
    batch = accepted(client.post(BATCHES, data=form))
    assert (batch["total"], batch["settings"]) == (6, [{}])
    assert queue_of(jobs).load().jobs == 6


def test_a_size_that_is_left_out_fits_itself_to_each_photograph(
    client: FlaskClient, jobs: JobStore
) -> None:
    batch = new_batch(client, contents=[PLAIN, white(2000, 40)], settings=[{}])
    sizes = {each["content"]: jobs.get(each["id"]).settings.size for each in batch["jobs"]}
    assert sizes[0] != sizes[1]


def test_colours_are_kept_for_those_settings_that_ask_for_it(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore, reader: Counting
) -> None:
    picture = Image.new("RGB", SIZE, RED)
    contents = [encoded(picture, "PNG", icc_profile=swapping_profile()), encoded(picture, "PNG")]
    settings = [{"size": 64}, {"size": 64, "color_profile": "photograph"}]
    batch = new_batch(client, contents=contents, settings=settings)
    profiles, styles = {}, {}
    for each in batch["jobs"]:
        inputs = jobs.get(each["id"]).inputs
        which = each["content"], each["settings"]
        profiles[which] = stored_input(objects, inputs.content).info.get("icc_profile")
        styles[*which, each["style"]] = inputs.styles[0].key
    kept = [which for which, profile in profiles.items() if profile == swapping_profile()]
    assert kept == [(0, 1)]
    assert styles[0, 0, 0] == styles[1, 0, 0] == styles[1, 1, 0] != styles[0, 1, 0]
    assert reader.counts == {"content.0": 2, "content.1": 2, "style.0": 2, "style.1": 2}


BROKEN = noise("JPEG")[:-900]
REFUSED: dict[str, tuple[dict[str, Any], str, dict[str, Any]]] = {
    "damaged content": ({"contents": [PLAIN, BROKEN]}, "truncated_image", {"field": "content.1"}),
    "style of another kind": ({"styles": [PLAIN, b"x"]}, "not_an_image", {"field": "style.1"}),
    "no content": ({"contents": []}, "missing_file", {"field": "content"}),
    "no style": ({"styles": []}, "missing_file", {"field": "style"}),
    "a field of jobs": ({"init": "x"}, "unknown_field", {"field": "init"}),
    "no settings": ({"settings": []}, "invalid_setting", {"field": "settings", "minimum": 1}),
    "no object": ({"settings": [{}, 3]}, "invalid_json", {"field": "settings.1"}),
    "no list": ({"settings": "x"}, "invalid_json", {"field": "settings"}),
    "a bound of the second": (
        {"settings": [{}, {"size": 31}]},
        "invalid_setting",
        {"field": "settings.1.size", "minimum": 32},
    ),
    "a bound of the only one": (
        {"settings": {"size": 31}}, "invalid_setting", {"field": "settings.size", "minimum": 32},
    ),
    "a preset": (
        {"settings": [{"preset": "x"}]}, "invalid_setting", {"field": "settings.0.preset"},
    ),
    "an unknown name": (
        {"settings": [{"sise": 3}]}, "unknown_setting", {"field": "settings.0.sise"},
    ),
    "too large a result": (
        {"contents": [PLAIN, white(64, 640)], "settings": [{"size": 64}, {"size": 320}]},
        "result_too_narrow",
        {"field": "settings.0.size", "content": 1, "minimum": 320},
    ),
    "no shape that fits": (
        {"contents": [PLAIN, white(16, 40_000)]}, "image_too_elongated", {"field": "content.1"},
    ),
    "a picture to start from": (
        {"settings": [{}, {"init": "image"}]}, "invalid_setting", {"field": "settings.1.init"},
    ),
    "several styles' weights": (
        {"settings": [{"style_blend": [1, 2]}]},
        "blend_mismatch",
        {"field": "settings.0.style_blend", "weights": 2, "styles": 1},
    ),
    "options": (
        {"options": '{"priority": "top"}'}, "invalid_setting", {"field": "options.priority"},
    ),
}  # fmt: skip # a row a fault


@pytest.mark.parametrize("fault", REFUSED)
def test_a_fault_in_one_part_refuses_all_and_is_named(
    serve: Serve, jobs: JobStore, tmp_path: Path, fault: str
) -> None:
    changes, code, said = REFUSED[fault]
    body = problem(submit_batch(serve().test_client(), **changes), 422, code)
    assert {name: body.get(name) for name in said} == said
    assert said["field"] in body["detail"]
    assert queue_of(jobs).load().jobs == 0
    assert pictures(tmp_path) == []


def test_settings_that_came_as_a_file_are_refused(client: FlaskClient) -> None:
    form = batch_form() | {"settings": batch_form()["content"]}
    assert problem(client.post(BATCHES, data=form), 422, "invalid_json")["field"] == "settings"


def test_a_size_that_no_worker_can_paint_is_refused(
    client: FlaskClient, jobs: JobStore, redis: Connection
) -> None:
    announce(Workers(redis), Worker(name="small", pixels=LARGE))
    response = submit_batch(client, settings=[{"size": 64}, {"size": 2000}])
    body = problem(response, 422, "no_worker_fits")
    assert (body["field"], body["content"]) == ("settings.1.size", 0)
    assert queue_of(jobs).load().jobs == 0


@pytest.mark.parametrize(
    ("settings", "maximum"),
    [
        ({"GRAMWORKS_BATCH_JOBS": 5}, 5),
        ({"GRAMWORKS_MAX_QUEUED_JOBS": 4}, 4),
        ({}, 200),
    ],
)
def test_too_many_jobs_are_refused_before_anything_is_read(
    serve: Serve, jobs: JobStore, settings: dict[str, int], maximum: int
) -> None:
    sent = [{"size": 64}] * 40
    client = serve(**settings).test_client()
    body = problem(submit_batch(client, contents=[b"x"] * 3, settings=sent), 422, "too_many_jobs")
    numbers = {"contents": 3, "styles": 2, "settings": 40, "count": 240, "maximum": maximum}
    assert {name: body[name] for name in numbers} == numbers
    assert body["field"] == "content"
    assert "3 content images × 2 style images × 40 objects of settings are 240" in body["detail"]
    assert queue_of(jobs).load().jobs == 0


def test_a_batch_without_room_in_the_queue_is_refused_whole(
    serve: Serve, jobs: JobStore, tmp_path: Path
) -> None:
    client = serve(GRAMWORKS_MAX_QUEUED_JOBS=6).test_client()
    queued(jobs)
    response = submit_batch(client)
    body = problem(response, 429, "queue_full")
    assert (body["bound"], body["maximum"], body["needed"]) == ("jobs", 6, 6)
    assert "no room for 6 jobs more. The batch was not accepted" in body["detail"]
    assert int(response.headers["Retry-After"]) > 0
    assert (queue_of(jobs).load().jobs, pictures(tmp_path)) == (1, [])


def test_bytes_that_the_queue_cannot_hold_delete_the_pictures_again(
    serve: Serve, jobs: JobStore, tmp_path: Path
) -> None:
    client = serve(GRAMWORKS_MAX_QUEUED_MB=1).test_client()
    large = encoded(Image.effect_noise((300, 300), 99).convert("RGB"))
    settings = [{"size": 64, "seed": seed} for seed in range(9)]
    response = submit_batch(client, contents=[large], settings=settings)
    body = problem(response, 429, "queue_full")
    assert (body["bound"], body["maximum"]) == ("bytes", 1_000_000)
    assert body["needed"] > 1_000_000
    assert (queue_of(jobs).load().jobs, pictures(tmp_path)) == (0, [])


def test_a_batch_counts_as_many_jobs_for_the_next_submission(serve: Serve, jobs: JobStore) -> None:
    client = serve(GRAMWORKS_MAX_QUEUED_JOBS=11).test_client()
    new_batch(client)
    problem(submit_batch(client), 429, "queue_full")
    new_batch(client, contents=CONTENTS[:1], styles=STYLES[:1])
    assert queue_of(jobs).load().jobs == 7
