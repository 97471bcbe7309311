"""A new job from an older one's pixels or inputs."""

from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from shared import paths
from shared.errors import OutOfMemory
from shared.job import JobOptions, JobState
from shared.job_store import JobStore
from shared.object_store import ObjectStore
from shared.pictures import decode, deprocess
from shared.settings import PRESETS
from tests.shared.job_store.transitions import claimed, in_state
from tests.web.api_requests import JOBS, accepted, problem, submit
from tests.web.finished_job import KERAS, finish, painted
from tests.web.pictures import plain
from tests.worker.job.scripted import snapshot
from worker.job.checkpoints import to_bytes

CONTENT = plain((200, 30, 10), (64, 48))
SETTINGS = '{"preset": "balanced", "size": 48, "strength": 60, "deprocess_means": "shifted"}'


def fork(client: FlaskClient, job_id: str, **values: Any) -> TestResponse:
    return client.post(f"{JOBS}/{job_id}/fork", json=values)


def submitted(client: FlaskClient, **form: Any) -> str:
    form = {"content": [CONTENT], "settings": SETTINGS, **form}
    return str(accepted(submit(client, **form))["id"])


@pytest.fixture
def parent(client: FlaskClient, jobs: JobStore, objects: ObjectStore) -> str:
    """Return a job that has succeeded."""
    job_id = submitted(client)
    claim = claimed(jobs)
    finish(claim, jobs, objects, means=jobs.get(job_id).settings.deprocess_means)
    return job_id


def test_a_fork_starts_from_the_finished_pixels_with_the_same_settings(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore, parent: str
) -> None:
    response = fork(client, parent)
    job = accepted(response)
    assert response.headers["Location"] == f"{JOBS}/{job['id']}"
    of, new = jobs.get(parent), jobs.get(job["id"])
    changed = {"init": "image", "pyramid": 1}
    assert new.settings == of.settings.model_copy(update=changed)
    assert new.inputs.init
    started = decode(objects.get(new.inputs.init.key)).astype(int)
    assert np.abs(started - deprocess(painted(48, 64), KERAS)).max() <= 1


def test_a_fork_has_inputs_of_its_own(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore, parent: str
) -> None:
    before = jobs.get(parent).inputs
    content = objects.get(before.content.key)
    new = jobs.get(accepted(fork(client, parent))["id"])
    assert client.delete(f"{JOBS}/{parent}?permanently=true").status_code == 204
    assert objects.get(new.inputs.content.key) == content
    assert {each.key.split("/")[1] for each in new.inputs.all} == {new.id}
    assert new.inputs.content.sha256 == before.content.sha256


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"iterations": 40, "size": 96}, {"iterations": 40, "size": 96, "content_weight": 0.08435}),
        ({"strength": 50}, {"strength": 50, "content_weight": 0.15}),
        ({"strength": 50, "content_weight": 1.5}, {"content_weight": 1.5}),
        ({"pyramid": 3}, {"pyramid": 3}),
        ({"preset": "faithful"}, {"style_weight": 1e-6, "pyramid": 1, "init": "image"}),
    ],
)
def test_settings_of_a_fork_override_the_older_job_s(
    client: FlaskClient, parent: str, changes: dict[str, Any], expected: dict[str, Any]
) -> None:
    settings = accepted(fork(client, parent, settings=changes))["settings"]
    assert {name: settings[name] for name in expected} == pytest.approx(expected)


def test_from_the_inputs_the_same_job_begins_once_more(
    client: FlaskClient, jobs: JobStore, parent: str
) -> None:
    new = jobs.get(accepted(fork(client, parent, start="inputs"))["id"])
    assert new.settings == jobs.get(parent).settings
    assert new.inputs.init is None


@pytest.mark.parametrize("state", JobState)
def test_a_job_in_any_state_is_submitted_again_with_other_settings(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore, state: JobState
) -> None:
    older = submitted(client, options='{"priority": "high", "provenance": false}')
    _bring(jobs, older, state)
    changes = {"size": 96, "iterations": 20}
    again = fork(client, older, start="inputs", settings=changes, options={"priority": "low"})
    of, new = jobs.get(older), jobs.get(accepted(again)["id"])
    assert new.state is JobState.QUEUED
    assert new.settings == of.settings.model_copy(update=changes)
    assert new.options == JobOptions(priority="low", provenance=False)
    contents = [objects.get(job.inputs.content.key) for job in (of, new)]
    assert contents[0] == contents[1]


def _bring(jobs: JobStore, job_id: str, state: JobState) -> None:
    """Bring a queued job into a state."""
    match state:
        case JobState.RUNNING:
            claimed(jobs)
        case JobState.SUCCEEDED:
            jobs.succeed(claimed(jobs), "result")
        case JobState.FAILED:
            jobs.fail(claimed(jobs), OutOfMemory(width=1, height=1, maximum=None))
        case JobState.CANCELLED:
            jobs.cancel(job_id)


def test_a_preset_s_size_fits_itself_to_the_picture_as_in_a_submission(
    client: FlaskClient, jobs: JobStore
) -> None:
    panorama = [plain(size=(1200, 300))]
    older = submitted(client, content=panorama, settings='{"preset": "balanced", "size": 100}')
    again = accepted(fork(client, older, start="inputs", settings={"preset": "draft"}))
    submission = submitted(client, content=panorama, settings='{"preset": "draft"}')
    assert again["settings"] == jobs.get(submission).settings.model_dump(mode="json")
    assert again["settings"]["size"] not in (100, PRESETS["draft"]["size"])


def test_a_first_image_that_is_no_longer_used_is_not_kept(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore, parent: str
) -> None:
    from_pixels = accepted(fork(client, parent))["id"]
    again = fork(client, from_pixels, start="inputs", settings={"init": "content"})
    new = jobs.get(accepted(again)["id"])
    assert new.inputs.init is None
    assert {each.key for each in objects.stored(f"jobs/{new.id}")} == new.files


def test_a_failed_job_is_forked_from_its_checkpoint(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore
) -> None:
    job_id = submitted(client)
    claim = claimed(jobs)
    key = paths.checkpoint_key(job_id, claim.attempt)
    objects.put(key, to_bytes(snapshot(3)))
    jobs.save_checkpoint(claim, key)
    jobs.fail(claim, OutOfMemory(width=1, height=1, maximum=None))
    new = jobs.get(accepted(fork(client, job_id))["id"])
    assert new.inputs.init
    started = decode(objects.get(new.inputs.init.key))
    assert np.array_equal(started, deprocess(snapshot(3).image, KERAS))


@pytest.mark.parametrize("state", sorted(set(JobState) - {JobState.SUCCEEDED}))
def test_without_pixels_the_error_says_what_would_do(
    client: FlaskClient, jobs: JobStore, state: JobState
) -> None:
    body = problem(fork(client, in_state(jobs, state).job_id), 409, "nothing_to_fork")
    assert body["state"] == state
    assert "'start': 'inputs'" in body["detail"]


def test_if_the_pixels_are_gone_the_error_says_so(
    client: FlaskClient, objects: ObjectStore, jobs: JobStore, parent: str
) -> None:
    kept = jobs.get(parent).float_pixels
    assert kept
    objects.delete([kept])
    problem(fork(client, parent), 410, "pixels_gone")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"start": "result"}, "fork.start"),
        ({"settings": {"color_profile": "photograph"}}, "settings.color_profile"),
        ({"setting": {}}, "fork.setting"),
        ({"options": {"priority": "urgent"}}, "fork.options.priority"),
        ({"settings": {"size": 3}}, "settings.size"),
        ({"settings": {"sise": 300}}, "settings.sise"),
        ({"settings": {"size": 60_000}}, "settings.size"),
        ({"settings": {"init": "noise"}}, "settings.init"),
        ({"settings": {"init": "image"}, "start": "inputs"}, "settings.init"),
        ({"settings": {"style_blend": [1, 2]}}, "settings.style_blend"),
    ],
)
def test_a_wrong_value_is_refused_with_its_field(
    client: FlaskClient, parent: str, values: dict[str, Any], field: str
) -> None:
    response = fork(client, parent, **values)
    assert response.status_code == 422, response.text
    assert response.get_json()["field"] == field


def test_a_refused_fork_leaves_nothing_behind(
    client: FlaskClient, objects: ObjectStore, parent: str
) -> None:
    before = {stored.key for stored in objects.stored("jobs")}
    fork(client, parent, settings={"size": 3})
    assert {stored.key for stored in objects.stored("jobs")} == before
