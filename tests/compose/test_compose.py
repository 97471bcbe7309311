"""What `docker compose up` starts, publishes, isolates and keeps."""

import io

import pytest
from PIL import Image

from gramworks import Client, Job
from samples import photograph_path, style_path
from tests.compose.stack import WORKERS, Stack, eventually

pytestmark = pytest.mark.timeout(2400)  # the first test builds the images

KILLED = 137
QUICK = {"preset": "balanced", "size": 96, "iterations": 3, "coarse_iterations": 3}
LONG_ENOUGH_TO_BE_KILLED = {"preset": "balanced", "size": 224, "iterations": 30}


def submit(client: Client, settings: dict[str, object]) -> Job:
    return client.submit(photograph_path("coffee"), style_path("brushwork"), settings)


def test_the_gpu_worker_has_its_own_profile(built: Stack) -> None:
    assert set(built.config()["services"]) == {"redis", "web", "worker"}
    gpu = built.config("--profile", "gpu")["services"]["worker-gpu"]
    (device,) = gpu["deploy"]["resources"]["reservations"]["devices"]
    assert (device["driver"], device["capabilities"]) == ("nvidia", ["gpu"])


def test_every_worker_announces_itself(stack: Stack) -> None:
    eventually(lambda: stack.announced_workers() == WORKERS, seconds=30)


def test_a_picture_is_painted_through_the_published_port(client: Client) -> None:
    job = client.wait(submit(client, QUICK).id)
    picture = Image.open(io.BytesIO(client.fetch(job.id)))
    assert (picture.mode, picture.size) == ("RGB", (144, 96))
    assert len(picture.getcolors(144 * 96) or []) > 1000


def test_only_the_web_is_published_and_only_on_this_machine(stack: Stack) -> None:
    published = [binding for name in stack.containers() for binding in stack.published(name)]
    assert published == [("127.0.0.1", str(stack.port))]


@pytest.mark.parametrize("service", ["redis", "web", "worker"])
def test_no_process_is_root_or_can_become_root(stack: Stack, service: str) -> None:
    assert "0" not in stack.status_of_processes(service, "Uid")
    assert stack.status_of_processes(service, "CapBnd") == {"0" * 16}
    assert stack.status_of_processes(service, "NoNewPrivs") == {"1"}


def test_redis_persists_all_writes_and_evicts_nothing(stack: Stack) -> None:
    assert stack.redis("config", "get", "appendonly") == ["appendonly", "yes"]
    assert stack.redis("config", "get", "maxmemory-policy") == ["maxmemory-policy", "noeviction"]


def test_a_finished_picture_survives_a_stop_and_a_start(stack: Stack, client: Client) -> None:
    job = client.wait(submit(client, QUICK).id)
    picture = client.fetch(job.id)
    stack.compose("stop")
    stack.compose("start")
    stack.up()
    assert client.job(job.id).state == "succeeded"
    assert client.fetch(job.id) == picture


def test_every_service_stops_without_being_killed(stack: Stack) -> None:
    stack.compose("stop")
    assert KILLED not in [stack.exit_code(name) for name in stack.containers()]


def test_the_job_of_a_killed_worker_is_painted_by_another(stack: Stack, client: Client) -> None:
    job = submit(client, LONG_ENOUGH_TO_BE_KILLED)
    eventually(lambda: client.job(job.id).progress is not None, seconds=60)
    victim = stack.holder(job.id)
    stack.docker("kill", victim)
    assert client.wait(job.id).attempt == 2
    assert stack.holder(job.id) != victim
