"""Deliveries reach real receivers on loopback, signed, and again until they are accepted."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook as Verifier

from shared.job_store import ClaimedDelivery, JobStore, Outbox, Webhooks, connect
from shared.job_store.connection import Connection
from shared.outbound import Answer
from tests.own_http_server import redirect, serving, silent, status
from tests.own_redis import OwnRedis
from tests.system.running_system import wait_until
from tests.worker.maintenance.delivering import (
    ATTEMPT_SECONDS,
    HOOK,
    OLD_SECRET,
    Scene,
    deliverer_of,
    end,
)
from worker.maintenance.webhooks import (
    DELAYS,
    JITTER,
    LONGEST_RETRY_AFTER,
    next_delay,
    pause,
    retry_after,
)

ROOT = Path(__file__).parents[3]
SECRET = "whsec_" + "C" * 32


@pytest.fixture
def scene(jobs: JobStore, redis: Connection) -> Iterator[Scene]:
    stop, outbox = threading.Event(), Outbox(redis)
    with serving() as receiver:
        receiver.answers["/hook"] = status(204)
        yield Scene(jobs, Webhooks(redis), outbox, deliverer_of(outbox, stop), receiver)
        end(stop)


def test_a_delivery_is_signed_as_the_reference_library_verifies_it(scene: Scene) -> None:
    scene.add()
    scene.webhooks.rotate(HOOK, SECRET)
    job_id = scene.end_job()
    delivery = scene.attempted(job_id)
    assert (delivery.state, delivery.attempts[0].status) == ("delivered", 204)
    (seen,) = scene.receiver.seen
    headers = dict(seen.headers)
    assert (seen.method, headers["Content-Type"]) == ("POST", "application/json")
    assert headers["webhook-id"] == delivery.id
    assert "." not in delivery.id
    assert headers["webhook-timestamp"].isdigit()
    assert [each[:3] for each in headers["webhook-signature"].split(" ")] == ["v1,", "v1,"]
    for secret in (SECRET, OLD_SECRET):
        event = Verifier(secret).verify(seen.body, headers)
        assert (event["type"], event["data"]["id"]) == ("job.failed", job_id)
    with pytest.raises(Exception, match="No matching signature"):
        Verifier(SECRET).verify(seen.body.replace(b"failed", b"fooled"), headers)


def test_a_failed_delivery_is_the_same_when_it_is_tried_again(
    scene: Scene, redis: Connection
) -> None:
    scene.receiver.answers["/hook"] = status(503)
    scene.add()
    job_id = scene.end_job()
    delivery = scene.attempted(job_id)
    assert (delivery.state, delivery.attempts[0].status) == ("pending", 503)
    assert delivery.next_at is not None
    assert delivery.next_at / 1000 - redis.clock() == pytest.approx(5, abs=1)
    scene.jobs.retry(job_id)
    redis.zadd(f"gw:pending:{HOOK}", {delivery.id: 1})
    redis.zadd("gw:due:unproven", {HOOK: 1})
    scene.receiver.answers["/hook"] = status(200)
    assert scene.attempted(job_id, attempts=2).state == "delivered"
    first, second = scene.receiver.seen
    assert first.body == second.body
    assert first.headers["webhook-id"] == second.headers["webhook-id"]


FAILURES: dict[str, tuple[Any, int | None, str | None]] = {
    "server error": (status(500), 500, None),
    "not found": (status(404), 404, None),
    "redirect": (redirect("/elsewhere", 307), 307, None),
    "no answer": (silent, None, "url_too_slow"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_everything_but_success_is_a_failure(scene: Scene, name: str) -> None:
    scene.receiver.answers["/hook"], number, code = FAILURES[name]
    scene.add()
    delivery = scene.attempted(scene.end_job())
    assert delivery.state == "pending"
    assert (delivery.attempts[0].status, delivery.attempts[0].code) == (number, code)
    assert len(scene.receiver.seen) == 1
    assert scene.webhooks.get(HOOK).failures == 1


def test_a_receiver_that_is_gone_is_not_called_again(scene: Scene) -> None:
    scene.receiver.answers["/hook"] = status(410)
    scene.add()
    assert scene.attempted(scene.end_job()).state == "failed"
    assert scene.webhooks.get(HOOK).disabled_because == "gone"


def test_an_address_that_is_not_allowed_is_not_called(scene: Scene) -> None:
    scene.add()
    scene.deliverer = deliverer_of(scene.outbox, threading.Event(), allowed="")
    delivery = scene.attempted(scene.end_job())
    assert delivery.attempts[0].code == "address_not_allowed"
    assert scene.receiver.seen == []


def test_all_that_waits_for_a_webhook_is_sent_without_a_pause_in_order(scene: Scene) -> None:
    scene.add()
    ids = [scene.end_job() for _ in range(20)]
    scene.deliverer.deliver_due()
    wait_until(lambda: len(scene.receiver.seen) == 20, "all are delivered", 5)
    assert [json.loads(seen.body)["data"]["id"] for seen in scene.receiver.seen] == ids


def test_two_workers_send_each_delivery_once(scene: Scene) -> None:
    other = deliverer_of(scene.outbox, scene.deliverer.stop)
    for number in range(5):
        scene.add(webhook_id=f"wh_{number}")
    for _ in range(4):
        scene.end_job()
        for each in (scene.deliverer, other):
            each.deliver_due()
    wait_until(lambda: len(scene.receiver.seen) >= 20, "all are delivered", 5)
    time.sleep(0.1)
    ids = [seen.headers["webhook-id"] for seen in scene.receiver.seen]
    assert len(ids) == len(set(ids)) == 20


def test_receivers_that_do_not_answer_delay_no_other(scene: Scene) -> None:
    scene.receiver.answers["/hangs"] = silent
    for number in range(50):
        scene.add("/hangs", f"wh_dead{number}", f"dead{number}")
        scene.end_job(f"dead{number}")
    scene.add()
    job_id = scene.end_job()
    begin = time.monotonic()
    scene.deliverer.deliver_due()
    assert time.monotonic() - begin < ATTEMPT_SECONDS  # it waits for none of them
    wait_until(lambda: scene.delivery(job_id).state == "delivered", "the other gets its own", 10)
    assert [scene.delivery(f"wh_dead{number}").state for number in range(50)] == ["pending"] * 50


def test_a_stopping_worker_claims_nothing(scene: Scene) -> None:
    scene.add()
    scene.end_job()
    scene.deliverer.stop.set()
    scene.deliverer.deliver_due()
    assert len(scene.outbox.claim(1.0, 9, 9)) == 1


def test_a_worker_that_is_killed_while_it_delivers_loses_nothing(
    scene: Scene, redis_url: str
) -> None:
    scene.receiver.answers["/hook"] = silent
    scene.add()
    job_id = scene.end_job()
    command = [sys.executable, "-m", "tests.worker.maintenance.delivering", redis_url]
    killed = subprocess.Popen(command, cwd=ROOT)
    wait_until(lambda: len(scene.receiver.seen) == 1, "it delivers", 30)
    killed.kill()
    killed.wait(10)
    assert scene.delivery(job_id).attempts == ()
    scene.receiver.answers["/hook"] = status(200)

    def is_delivered() -> bool:
        scene.deliverer.deliver_due()
        return scene.delivery(job_id).state == "delivered"

    wait_until(is_delivered, "another worker delivers it", 5)
    first, second = scene.receiver.seen
    assert first.headers["webhook-id"] == second.headers["webhook-id"]


def test_a_restart_of_redis_while_it_delivers_loses_nothing(own_redis: OwnRedis) -> None:
    connection, stop = connect(own_redis.url), threading.Event()
    outbox, asked, answers = Outbox(connection), threading.Event(), threading.Event()

    def answer(handler: BaseHTTPRequestHandler) -> None:
        asked.set()
        answers.wait(5)
        status(204)(handler)

    with serving() as receiver:
        receiver.answers["/hook"] = answer
        worker = deliverer_of(outbox, stop)
        worker.attempt_seconds = worker.lease_seconds = 10.0
        scene = Scene(JobStore(connection), Webhooks(connection), outbox, worker, receiver)
        scene.add()
        job_id = scene.end_job()
        worker.deliver_due()
        assert asked.wait(5)
        own_redis.stop()
        answers.set()
        own_redis.start()
        wait_until(lambda: scene.delivery(job_id).state == "delivered", "it is recorded", 10)
        end(stop)
        assert len(receiver.seen) == 1
    connection.close()


def claim_of(attempt: int = 1, job_id: str = "x") -> ClaimedDelivery:
    fields: dict[str, Any] = {"id": "msg_1", "webhook": HOOK, "event": "job.failed", "url": "u"}
    return ClaimedDelivery(
        **fields, attempt=attempt, at=0, now=0, secrets=(), failures=0, is_working=False,
        job_id=job_id, job=None,
    )  # fmt: skip # what these tests are not about


def test_attempts_follow_the_recommended_schedule_and_end() -> None:
    delays = [next_delay(claim_of(attempt), 0.0) for attempt in range(1, 11)]
    for delay, recommended in zip(delays, [*DELAYS, None], strict=True):
        if recommended is None:
            assert delay is None
        else:
            assert delay == pytest.approx(recommended, rel=JITTER + 1e-9)
    assert sum(DELAYS) == 272_105  # three days and a few hours
    assert next_delay(claim_of(job_id=""), 0.0) is None  # a test


def test_a_webhook_that_keeps_failing_pauses_for_longer_up_to_a_bound() -> None:
    assert [pause(failures) for failures in (0, 1, 2, 3, 99)] == [5, 30, 120, 300, 300]


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("", 0), ("7", 7), ("Thu, 26 Nov 2026 20:00:00 GMT", 0), ("-1", 0), ("9" * 99, 3600)],
)
def test_a_receiver_can_ask_for_a_longer_pause_up_to_a_bound(header: str, seconds: int) -> None:
    answer = Answer(503, {"retry-after": header}, b"")
    assert retry_after(answer) == seconds <= LONGEST_RETRY_AFTER
    delay = next_delay(claim_of(), retry_after(answer))
    assert delay is not None
    assert delay >= seconds
