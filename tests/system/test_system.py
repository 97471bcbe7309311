"""The whole system: real Redis, real worker processes, real gunicorn, HTTP."""

import io
import json
import os
import signal
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest
import tifffile
from click.testing import CliRunner
from numpy.typing import NDArray
from PIL import Image

from gramworks import Client, Job, JobChanged, PreviewReady, Progressed
from gramworks.cli.commands import cli
from gramworks.provenance import Provenance
from samples import photograph_path, style_path
from shared.job_store import JobStore, connect
from shared.object_store import ObjectStore
from tests.conftest import start_redis
from tests.system.running_system import RunningSystem, kill, largest_child, wait_until
from worker.job.checkpoints import load

QUICK = {"preset": "balanced", "size": 64, "iterations": 5, "coarse_iterations": 5}
LONG = {"preset": "faithful", "size": 96, "iterations": 4000}


@pytest.fixture(scope="module")
def system(redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSystem]:
    connect(redis_url).flushall()
    system = RunningSystem(redis_url, tmp_path_factory.mktemp("system"))
    system.start_web()
    yield system
    system.end()


@pytest.fixture
def jobs_of(redis_url: str) -> Iterator[JobStore]:
    """Return the system's jobs, as its workers see them."""
    connection = connect(redis_url)
    yield JobStore(connection)
    connection.close()


@pytest.fixture
def client(system: RunningSystem) -> Iterator[Client]:
    with system.client() as client:
        yield client


def submit(client: Client, settings: dict[str, object]) -> Job:
    return client.submit(photograph_path("chelsea"), style_path("woodcut-waves"), settings)


def pixels(picture: bytes) -> NDArray[np.float64]:
    with Image.open(io.BytesIO(picture)) as image:
        return np.asarray(image, np.float64)


def state(client: Client, job: Job) -> str:
    return client.job(job.id).state


def has_progress(client: Client, job: Job) -> bool:
    return client.job(job.id).progress is not None


def test_a_job_waits_for_a_worker_and_is_painted_when_one_starts(
    system: RunningSystem, client: Client
) -> None:
    job = submit(client, QUICK)
    assert (job.state, job.position) == ("queued", 1)
    system.start_worker()
    assert client.wait(job.id).state == "succeeded"
    with Image.open(io.BytesIO(client.fetch(job.id))) as picture:
        assert picture.size == (96, 64)  # chelsea has 451 × 300
        assert picture.convert("RGB").getcolors(1000) is None  # more than a thousand colours


def test_the_main_process_loads_no_tensorflow_and_has_no_remote_control(
    system: RunningSystem, redis_url: str
) -> None:
    main = system.running("worker").pid
    assert "tensorflow" in Path(f"/proc/{largest_child(main)}/maps").read_text()
    assert "tensorflow" not in Path(f"/proc/{main}/maps").read_text()
    redis = connect(redis_url)
    assert [key for key in redis.keys("*") if "pidbox" in key] == []
    assert [channel for channel in redis.pubsub_channels() if "pidbox" in channel] == []
    redis.close()


def test_watching_shows_every_change(client: Client) -> None:
    job = submit(client, QUICK)
    events = list(client.watch(job.id))
    states = [event.job.state for event in events if isinstance(event, JobChanged)]
    assert states[-1] == "succeeded"
    assert any(isinstance(event, Progressed) for event in events)
    assert any(isinstance(event, PreviewReady) for event in events)
    progress = client.job(job.id).progress
    assert progress is not None
    assert (progress.evaluation, progress.fraction) == (10, 1.0)


def test_a_painted_picture_is_rendered_again_as_it_would_have_been_painted(client: Client) -> None:
    ways: list[dict[str, object]] = [
        {"deprocess_means": "keras", "preserve_color": "none"},
        {"deprocess_means": "shifted", "preserve_color": "luminance"},
    ]
    one, other = (client.wait(submit(client, QUICK | way).id) for way in ways)
    as_painted = pixels(client.fetch(other.id))
    again = pixels(client.render(one.id, ways[1]))
    assert np.abs(again - as_painted).max() <= 1
    assert np.abs(again - pixels(client.fetch(one.id))).mean() > 5
    assert client.render(one.id) == client.fetch(one.id)
    deep = tifffile.imread(io.BytesIO(client.fetch(one.id, "tiff16")))
    assert deep.shape == (64, 96, 3)
    assert np.abs(deep / 257 - pixels(client.fetch(one.id))).max() <= 0.51


def test_a_running_job_is_cancelled_and_the_next_one_runs(client: Client) -> None:
    long, quick = submit(client, LONG), submit(client, QUICK)
    wait_until(lambda: has_progress(client, long), "the long job runs")
    assert client.cancel(long.id).state == "cancelled"
    assert client.wait(quick.id).state == "succeeded"
    assert state(client, long) == "cancelled"


def wait_for_checkpoint(jobs_of: JobStore, job: Job) -> None:
    """Return when there is one: without it, the next attempt starts from the beginning."""
    wait_until(lambda: jobs_of.get(job.id).checkpoint is not None, "the job is saved")


def saved_evaluation(system: RunningSystem, jobs_of: JobStore, job: Job) -> int:
    """Return the evaluation of the checkpoint; reported progress may be further."""
    key = jobs_of.get(job.id).checkpoint
    assert key is not None
    snapshot = load(key, ObjectStore(str(system.folder / "images")))
    assert snapshot is not None
    return snapshot.evaluation


def first_of_second_attempt(client: Client, jobs_of: JobStore, job: Job) -> int:
    """Return the first evaluation that is reported by the second attempt."""
    return next(
        event.progress.evaluation
        for event in client.watch(job.id)
        if isinstance(event, Progressed) and jobs_of.get(job.id).attempt == 2
    )


def test_a_worker_that_is_stopped_releases_its_job_at_once(
    system: RunningSystem, client: Client, jobs_of: JobStore
) -> None:
    job = submit(client, {**LONG, "iterations": 150})
    wait_for_checkpoint(jobs_of, job)
    stopping = system.running("worker")
    stopping.send_signal(signal.SIGTERM)
    wait_until(lambda: state(client, job) == "queued", "the job is released", seconds=6)
    assert stopping.wait(60) == 0
    assert has_progress(client, job)
    saved = saved_evaluation(system, jobs_of, job)
    system.start_worker()
    assert first_of_second_attempt(client, jobs_of, job) > saved > 0
    assert client.wait(job.id).attempt == 2


def test_a_killed_worker_loses_no_job_and_little_work(
    system: RunningSystem, client: Client, jobs_of: JobStore
) -> None:
    job = submit(client, {**LONG, "iterations": 150})
    wait_for_checkpoint(jobs_of, job)
    newer = submit(client, QUICK)
    kill(system.running("worker"))
    saved = saved_evaluation(system, jobs_of, job)
    system.start_worker()
    first, second = islice(
        (
            event
            for event in client.watch(job.id)
            if isinstance(event, Progressed) and jobs_of.get(job.id).attempt == 2
        ),
        2,
    )
    assert first.progress.evaluation > saved > 0
    assert second.eta_seconds is not None
    assert state(client, newer) == "queued"  # the interrupted job goes first
    ended = client.wait(job.id)
    assert (ended.state, ended.attempt) == ("succeeded", 2)
    assert client.wait(newer.id).state == "succeeded"


def test_a_killed_pool_process_loses_no_job(
    system: RunningSystem, client: Client, jobs_of: JobStore
) -> None:
    job = submit(client, {**LONG, "iterations": 150})
    wait_until(lambda: has_progress(client, job), "the job runs")
    os.kill(largest_child(system.running("worker").pid), signal.SIGKILL)
    wait_until(lambda: state(client, job) == "queued", "its parent has seen it", seconds=6)
    assert client.wait(job.id).state == "succeeded"
    assert [line.reason for line in jobs_of.get(job.id).log] == [None, None, "killed", None, None]


def test_a_job_is_paused_while_it_is_painted_and_goes_on_from_there(
    client: Client, jobs_of: JobStore
) -> None:
    job, quick = submit(client, {**LONG, "iterations": 60}), submit(client, QUICK)
    wait_until(lambda: has_progress(client, job), "the job runs")
    assert client.pause(job.id).pending == "pause"
    wait_until(lambda: client.job(job.id).paused, "it is paused", seconds=10)
    paused = client.job(job.id)
    assert paused.progress is not None
    assert paused.waiting is not None
    assert (paused.state, paused.waiting.code) == ("queued", "paused")
    assert client.wait(quick.id).state == "succeeded"  # its worker takes the next one
    assert client.job(job.id).paused
    client.resume(job.id)
    assert first_of_second_attempt(client, jobs_of, job) == paused.progress.evaluation + 1
    ended = client.wait(job.id)
    assert (ended.attempt, ended.stopped_after) == (2, None)
    reasons = [step.reason for step in ended.log]
    assert reasons == [None, None, "paused", "resumed", None, None]


@pytest.mark.parametrize("settings", [LONG, {**LONG, "pyramid": 2, "coarse_iterations": 4000}])
def test_a_stopped_job_keeps_what_it_has(client: Client, settings: dict[str, object]) -> None:
    """Also at a coarse level, whose picture is enlarged."""
    job = submit(client, settings)
    wait_until(lambda: has_progress(client, job), "the job runs")
    assert client.stop(job.id).pending == "stop"
    ended = client.wait(job.id, timeout=30)
    assert ended.progress is not None
    assert 0 < (ended.stopped_after or 0) == ended.progress.evaluation < 4000
    picture = client.fetch(job.id)
    with Image.open(io.BytesIO(picture)) as image:
        assert image.size == (144, 96)
    assert Provenance.of_file(picture).stopped_after == ended.stopped_after
    assert client.render(job.id) == picture
    photograph = pixels(photograph_path("chelsea").read_bytes()).mean()
    assert abs(pixels(picture).mean() - photograph) < 60  # a picture, and no noise


def test_a_drained_worker_finishes_its_job_and_another_takes_over(
    system: RunningSystem, client: Client
) -> None:
    job = submit(client, {**LONG, "iterations": 60})
    wait_until(lambda: has_progress(client, job), "the job runs")
    [first] = client.workers()
    assert first.job is not None
    assert first.job.id == job.id
    assert client.drain(first.name).draining
    later = submit(client, QUICK)
    assert client.wait(job.id).state == "succeeded"
    assert state(client, later) == "queued"
    waiting = client.job(later.id).waiting
    assert waiting is not None
    assert waiting.code == "workers_draining"
    kill(system.running("web"))
    system.start_web()
    second = system.start_worker()
    assert client.wait(later.id).state == "succeeded"
    assert [worker.draining for worker in client.workers() if worker.name == first.name] == [True]
    client.undrain(first.name)
    second.send_signal(signal.SIGTERM)
    assert second.wait(60) == 0
    assert client.wait(submit(client, QUICK).id).state == "succeeded"


def test_an_estimate_is_close_to_what_the_job_takes(client: Client) -> None:
    settings = {**LONG, "iterations": 40}
    client.wait(submit(client, settings).id)  # the worker's speed is of whole jobs
    pictures = photograph_path("chelsea"), style_path("woodcut-waves")
    made = client.estimate(*pictures, settings)
    assert (made.width, made.height, made.position) == (144, 96, 1)
    assert made.memory_bytes is not None
    assert made.memory_bytes > 500_000_000
    assert [worker.blocked_by for worker in made.workers] == [None]
    ended = client.wait(submit(client, settings).id)
    assert made.runs_seconds is not None
    assert ended.seconds_worked is not None
    assert 1 / 4 < ended.seconds_worked / made.runs_seconds < 4  # other programs run here too


def test_the_web_can_restart_while_a_job_runs(system: RunningSystem, client: Client) -> None:
    job = submit(client, {**LONG, "iterations": 60})
    wait_until(lambda: has_progress(client, job), "the job runs")
    kill(system.running("web"))
    system.start_web()
    assert client.wait(job.id).state == "succeeded"


def test_a_worker_stops_on_request_while_redis_is_down(tmp_path: Path) -> None:
    redis, url = start_redis(tmp_path / "redis")
    system = RunningSystem(url, tmp_path)
    system.start_web()
    worker = system.start_worker()
    redis.kill()
    redis.wait(10)
    try:
        worker.send_signal(signal.SIGTERM)
        worker.wait(20)
    finally:
        system.end()


def test_a_picture_is_painted_again_from_its_file(
    system: RunningSystem, client: Client, tmp_path: Path
) -> None:
    job = client.wait(submit(client, {**QUICK, "init": "noise", "seed": 7}).id)
    picture = client.fetch_to(job.id, tmp_path / "picture.png")
    words = ["--url", system.url, "rerun", str(picture), "-o", str(tmp_path / "again.png")]
    result = CliRunner().invoke(cli, words)
    assert result.exit_code == 0, result.output
    assert "The pictures are identical." in result.output
    assert (tmp_path / "again.png").is_file()


def test_a_fork_continues_where_the_older_job_ended(client: Client) -> None:
    job = client.wait(submit(client, QUICK).id)
    forked = client.wait(client.fork(job.id, {"iterations": 1}).id)
    before, after, photograph = (
        np.asarray(Image.open(io.BytesIO(data)).convert("RGB").resize((96, 64)), np.float32)
        for data in (
            client.fetch(job.id),
            client.fetch(forked.id),
            photograph_path("chelsea").read_bytes(),
        )
    )
    assert np.abs(after - before).mean() < 0.2 * np.abs(photograph - before).mean()


def test_a_batch_is_painted_cancelled_and_downloaded(client: Client, tmp_path: Path) -> None:
    photograph, style = photograph_path("chelsea"), style_path("woodcut-waves")
    settings = [QUICK, QUICK | {"init": "noise"}, LONG]
    batch = client.submit_batch(photograph, style, settings)
    wait_until(lambda: client.batch(batch.id).count("succeeded") == 2, "two are painted")
    wait_until(lambda: client.batch(batch.id).count("running") == 1, "the third is running")
    first, second, third = client.batch_jobs(batch.id)
    assert client.cancel_batch(batch.id).cancelled == 1
    client.delete(first.id)
    assert client.job(second.id).state == "succeeded"
    folder = tmp_path / "painted"
    words = ["--url", client.absolute("/"), "batch", "fetch", batch.id, "-o", str(folder)]
    result = CliRunner().invoke(cli, words)
    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in folder.iterdir()) == ["0-0-1.png", "manifest.json"]
    assert (folder / "0-0-1.png").read_bytes() == client.fetch(second.id)
    rows = json.loads((folder / "manifest.json").read_text())["jobs"]
    assert [row["state"] for row in rows] == ["deleted", "succeeded", "cancelled"]
    assert [row["job"] for row in rows] == [first.id, second.id, third.id]
    client.restore(first.id)
    client.download_batch(batch.id, tmp_path / "restored.zip")
    with ZipFile(tmp_path / "restored.zip") as archive:
        assert archive.namelist() == ["0-0-0.png", "0-0-1.png", "manifest.json"]
        assert archive.read("0-0-0.png") == client.fetch(first.id)
