"""What happens to a job is put into the outboxes of its owner's webhooks, in the same step."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from shared.errors import (
    OutOfMemory,
    RecordUnreadable,
    TooManyWebhooks,
    WebhookDisabled,
    WebhookNotFound,
)
from shared.job import JobState
from shared.job_store import (
    Attempt,
    Claim,
    ClaimedDelivery,
    Delivery,
    JobStore,
    Outbox,
    Webhook,
    Webhooks,
)
from shared.job_store.connection import Connection
from shared.job_store.keys import LIMITS
from tests.shared.job_store.transitions import claimed, queued

URL, SECRET = "https://receiver.example/hook", "whsec_" + "A" * 32
NEW = "whsec_" + "B" * 32
LEASE = 30.0
REFUSED = Attempt(at=1, ms=2, status=500)
ACCEPTED = Attempt(at=1, ms=2, status=200)


@pytest.fixture
def webhooks(redis: Connection) -> Webhooks:
    return Webhooks(redis)


@pytest.fixture
def outbox(redis: Connection) -> Outbox:
    return Outbox(redis)


def added(webhooks: Webhooks, owner: str = "alice", number: int = 1, **others: Any) -> Webhook:
    return webhooks.add(f"wh_{owner}{number}", owner, SECRET, URL, others)


def cancelled(jobs: JobStore, owner: str = "alice") -> str:
    """Return a job that was cancelled in a millisecond of its own, which deliveries go by."""
    job_id = queued(jobs, owner=owner)
    time.sleep(0.002)
    jobs.cancel(job_id)
    return job_id


def claim_all(outbox: Outbox, lease: float = LEASE) -> list[ClaimedDelivery]:
    return outbox.claim(lease, 100, 100)


def claim_one(outbox: Outbox, lease: float = LEASE) -> ClaimedDelivery:
    [claim] = claim_all(outbox, lease)
    return claim


def make_due(redis: Connection, delivery_id: str) -> None:
    """Let the delay of a delivery to alice's first webhook be over."""
    redis.zadd("gw:pending:wh_alice1", {delivery_id: 1})
    for kind in ("working", "unproven"):
        if redis.zscore(f"gw:due:{kind}", "wh_alice1") is not None:
            redis.zadd(f"gw:due:{kind}", {"wh_alice1": 1})


def logged(outbox: Outbox, whose: str) -> Delivery:
    [delivery] = outbox.log(whose)
    return delivery


def _lost(jobs: JobStore, claim: Claim) -> None:
    jobs.lose(claim, "lapsed")
    for _ in range(2):
        jobs.lose(claimed(jobs), "lapsed")


ENDS: dict[str, tuple[str, Callable[[JobStore, Claim], Any]]] = {
    "succeeded": ("job.succeeded", lambda jobs, claim: jobs.succeed(claim, "result.png")),
    "failed": ("job.failed", lambda jobs, claim: jobs.fail(claim, OutOfMemory(width=1, height=1))),
    "cancelled": ("job.cancelled", lambda jobs, claim: jobs.cancel(claim.job_id)),
    "lost too often": ("job.failed", _lost),
    "unreadable": (
        "job.failed",
        lambda jobs, claim: jobs.decline(claim, RecordUnreadable(id=claim.job_id, reason="x")),
    ),
}


@pytest.mark.parametrize("name", ENDS)
def test_every_end_of_a_job_is_in_the_outbox(
    jobs: JobStore, webhooks: Webhooks, outbox: Outbox, name: str
) -> None:
    event, end = ENDS[name]
    webhook = added(webhooks)
    job_id = queued(jobs, owner="alice")
    end(jobs, claimed(jobs))
    claim = claim_one(outbox)
    assert (claim.webhook, claim.event, claim.job_id) == (webhook.id, event, job_id)
    assert claim.job is not None
    assert claim.job.model_copy(update={"log": jobs.get(job_id).log}) == jobs.get(job_id)
    assert (claim.url, [each.get_secret_value() for each in claim.secrets]) == (URL, [SECRET])
    assert logged(outbox, job_id) == logged(outbox, webhook.id)


def test_a_job_that_ends_twice_by_the_same_step_is_announced_once(
    jobs: JobStore, webhooks: Webhooks, outbox: Outbox
) -> None:
    added(webhooks)
    job_id = queued(jobs, owner="alice")
    claim = claimed(jobs)
    for _ in range(2):
        jobs.succeed(claim, "result.png")  # sent again because the answer was lost
    jobs.cancel(job_id)
    assert [each.event for each in outbox.log(job_id)] == ["job.succeeded"]


def test_only_the_owner_s_enabled_webhooks_get_what_they_asked_for(
    jobs: JobStore, webhooks: Webhooks, outbox: Outbox
) -> None:
    added(webhooks, "bob")
    added(webhooks, number=1, events=["job.failed", "job.succeeded"])
    added(webhooks, number=2)
    webhooks.change("wh_alice2", {"enabled": False})
    added(webhooks, number=3, events=["job.cancelled"])
    assert [each.webhook for each in outbox.log(cancelled(jobs))] == ["wh_alice3"]
    assert outbox.log(cancelled(jobs, owner="carol")) == []


def test_jobs_without_webhooks_leave_nothing_behind(jobs: JobStore, redis: Connection) -> None:
    cancelled(jobs)
    kinds = ("webhook", "pending", "due", "deliver")
    assert [key for kind in kinds for key in redis.scan_iter(f"gw:{kind}*")] == []


def test_a_delivery_has_the_job_as_it_was_when_it_ended(
    jobs: JobStore, webhooks: Webhooks, outbox: Outbox
) -> None:
    added(webhooks)
    job_id = queued(jobs, owner="alice")
    jobs.fail(claimed(jobs), OutOfMemory(width=1, height=1))
    jobs.retry(job_id)
    jobs.succeed(claimed(jobs), "result.png")
    first = claim_one(outbox)
    outbox.record(first, ACCEPTED, succeeded=True)
    jobs.delete(job_id)
    second = claim_one(outbox)
    assert first.job is not None
    assert second.job is not None
    assert (first.job.state, first.attempt) == (JobState.FAILED, 1)
    assert (second.job.state, second.job.result) == (JobState.SUCCEEDED, "result.png")
    assert outbox.log(job_id) == []  # the job's log went with it
    assert len(outbox.log("wh_alice1")) == 2


def test_one_delivery_of_a_webhook_is_claimed_at_a_time(
    jobs: JobStore, webhooks: Webhooks, outbox: Outbox
) -> None:
    for number in (1, 2):
        added(webhooks, number=number)
    first = cancelled(jobs)
    cancelled(jobs)
    claims = claim_all(outbox)
    assert [(each.webhook, each.job_id) for each in claims] == [
        ("wh_alice1", first),
        ("wh_alice2", first),
    ]
    assert claim_all(outbox) == []  # by another worker
    outbox.record(claims[0], ACCEPTED, succeeded=True)
    assert claim_one(outbox).webhook == "wh_alice1"


def test_what_a_dead_worker_had_claimed_is_claimed_again_after_its_lease(
    jobs: JobStore, webhooks: Webhooks, outbox: Outbox
) -> None:
    added(webhooks)
    cancelled(jobs)
    dead = claim_one(outbox, lease=0.0)
    again = claim_one(outbox)
    assert (again.id, again.attempt) == (dead.id, 2)
    assert not outbox.record(dead, REFUSED)  # it was not dead, only slow
    assert logged(outbox, "wh_alice1").state == "pending"
    assert outbox.record(again, ACCEPTED, succeeded=True)
    assert not outbox.record(again, ACCEPTED, succeeded=True)
    assert logged(outbox, "wh_alice1").attempts == (ACCEPTED,)


def test_an_attempt_that_is_recorded_twice_counts_once(
    jobs: JobStore, webhooks: Webhooks, outbox: Outbox
) -> None:
    added(webhooks)
    cancelled(jobs)
    claim = claim_one(outbox)
    for _ in range(2):
        assert outbox.record(claim, REFUSED, next_seconds=300)  # the answer was lost
    assert webhooks.get("wh_alice1").failures == 1


def test_a_failed_attempt_is_logged_and_repeated_when_it_is_due(
    jobs: JobStore, webhooks: Webhooks, outbox: Outbox, redis: Connection
) -> None:
    added(webhooks)
    job_id = cancelled(jobs)
    outbox.record(claim_one(outbox), REFUSED, next_seconds=300, pause_seconds=5)
    delivery = logged(outbox, job_id)
    assert (delivery.state, delivery.attempts) == ("pending", (REFUSED,))
    assert delivery.next_at is not None
    assert delivery.next_at / 1000 - redis.clock() == pytest.approx(300, abs=2)
    assert claim_all(outbox) == []
    make_due(redis, delivery.id)
    claim = claim_one(outbox)
    assert (claim.attempt, claim.failures, claim.is_working) == (2, 1, False)
    outbox.record(claim, ACCEPTED, succeeded=True)
    delivery = logged(outbox, job_id)
    assert (delivery.state, delivery.next_at) == ("delivered", None)
    assert delivery.attempts == (REFUSED, ACCEPTED)
    assert "record" not in redis.hgetall(f"gw:delivery:{delivery.id}")
    webhook = webhooks.get("wh_alice1")
    assert (webhook.failures, webhook.failing_since) == (0, None)


def test_a_webhook_that_failed_pauses_with_all_of_its_deliveries(
    jobs: JobStore, webhooks: Webhooks, outbox: Outbox
) -> None:
    added(webhooks)
    cancelled(jobs)
    outbox.record(claim_one(outbox), REFUSED, next_seconds=300, pause_seconds=60)
    job_id = cancelled(jobs)
    assert claim_all(outbox) == []
    delivery = logged(outbox, job_id)
    assert delivery.next_at is not None
    assert delivery.next_at - delivery.at == pytest.approx(60_000, abs=2000)


def test_webhooks_that_work_come_first_and_others_do_not_take_their_room(
    jobs: JobStore, webhooks: Webhooks, outbox: Outbox
) -> None:
    added(webhooks, "works")
    cancelled(jobs, "works")
    outbox.record(claim_one(outbox), ACCEPTED, succeeded=True)
    for number in range(9):
        added(webhooks, "dead", number)
    cancelled(jobs, "dead")
    cancelled(jobs, "works")
    assert [each.is_working for each in outbox.claim(LEASE, 4, 2)] == [True, False, False]
    assert [each.is_working for each in outbox.claim(LEASE, 2, 5)] == [False, False]
    assert outbox.claim(LEASE, 1, 0) == []


def test_a_webhook_is_disabled_when_a_delivery_has_failed_and_none_succeeded_meanwhile(
    jobs: JobStore, webhooks: Webhooks, outbox: Outbox, redis: Connection
) -> None:
    added(webhooks)
    failing, working = cancelled(jobs), cancelled(jobs)
    outbox.record(claim_one(outbox), REFUSED, next_seconds=300)
    outbox.record(claim_one(outbox), ACCEPTED, succeeded=True)
    assert logged(outbox, working).state == "delivered"
    make_due(redis, logged(outbox, failing).id)
    outbox.record(claim_one(outbox), REFUSED)  # for the last time
    assert logged(outbox, failing).state == "failed"
    assert webhooks.get("wh_alice1").enabled

    cancelled(jobs)
    outbox.record(claim_one(outbox), REFUSED)
    webhook = webhooks.get("wh_alice1")
    assert (webhook.enabled, webhook.disabled_because) == (False, "failing")
    assert outbox.log(cancelled(jobs)) == []


def test_a_receiver_that_is_gone_disables_its_webhook_and_the_owner_enables_it_again(
    jobs: JobStore, webhooks: Webhooks, outbox: Outbox
) -> None:
    added(webhooks)
    gone, waiting = cancelled(jobs), cancelled(jobs)
    outbox.record(claim_one(outbox), Attempt(at=1, ms=1, status=410), next_seconds=5, gone=True)
    webhook = webhooks.get("wh_alice1")
    assert (webhook.enabled, webhook.disabled_because) == (False, "gone")
    assert webhook.disabled_at is not None
    assert logged(outbox, gone).state == "failed"
    assert (logged(outbox, waiting).state, logged(outbox, waiting).next_at) == ("stopped", None)
    assert claim_all(outbox) == []
    with pytest.raises(WebhookDisabled):
        webhooks.test("wh_alice1", "x")

    webhook = webhooks.change("wh_alice1", {"enabled": True})
    assert (webhook.enabled, webhook.disabled_at, webhook.failures) == (True, None, 0)
    assert claim_one(outbox).job_id == waiting


def test_a_deleted_webhook_gets_nothing_more(
    jobs: JobStore, webhooks: Webhooks, outbox: Outbox, redis: Connection
) -> None:
    added(webhooks)
    sent, waiting = cancelled(jobs), cancelled(jobs)
    claim = claim_one(outbox)
    webhooks.delete("wh_alice1")
    assert outbox.record(claim, REFUSED, next_seconds=5)
    assert [logged(outbox, each).state for each in (sent, waiting)] == ["stopped", "stopped"]
    assert claim_all(outbox) == []
    assert webhooks.of_owner("alice") == []
    assert outbox.log(cancelled(jobs)) == []
    for kind in ("webhook", "pending", "due"):
        assert list(redis.scan_iter(f"gw:{kind}*")) == []
    for step in (webhooks.get, webhooks.delete):
        with pytest.raises(WebhookNotFound):
            step("wh_alice1")


def test_a_test_goes_before_everything_else_and_also_while_the_webhook_pauses(
    jobs: JobStore, webhooks: Webhooks, outbox: Outbox
) -> None:
    added(webhooks)
    cancelled(jobs)
    outbox.record(claim_one(outbox), REFUSED, next_seconds=1, pause_seconds=300)
    delivery_id = webhooks.test("wh_alice1", "1")
    assert webhooks.test("wh_alice1", "1") == delivery_id  # sent again
    claim = claim_one(outbox)
    assert (claim.id, claim.event, claim.job, claim.job_id) == (
        delivery_id,
        "webhook.test",
        None,
        "",
    )
    outbox.record(claim, REFUSED)
    assert webhooks.get("wh_alice1").enabled  # a test that fails disables nothing
    assert [each.state for each in outbox.log("wh_alice1")] == ["failed", "pending"]


def test_both_secrets_sign_for_a_day_after_a_rotation(
    jobs: JobStore, webhooks: Webhooks, outbox: Outbox, redis: Connection
) -> None:
    added(webhooks)
    until = webhooks.rotate("wh_alice1", NEW)
    assert webhooks.rotate("wh_alice1", NEW) >= until  # sent again
    assert until / 1000 - redis.clock() == pytest.approx(86_400, abs=2)
    cancelled(jobs)
    secrets = claim_one(outbox, lease=0.0).secrets
    assert [each.get_secret_value() for each in secrets] == [NEW, SECRET]
    redis.hset("gw:webhook:wh_alice1", "previous_until", 1)
    secrets = claim_one(outbox).secrets
    assert [each.get_secret_value() for each in secrets] == [NEW]
    assert "whsec" not in repr(secrets)


def test_an_owner_has_a_limited_number_of_webhooks(webhooks: Webhooks) -> None:
    for number in range(LIMITS.webhooks):
        added(webhooks, number=number)
    with pytest.raises(TooManyWebhooks) as error:
        added(webhooks, number=99)
    assert error.value.parameters == {"maximum": LIMITS.webhooks}
    assert added(webhooks, number=3).id == "wh_alice3"  # sent again
    assert len(webhooks.of_owner("alice")) == LIMITS.webhooks
    added(webhooks, "bob")


def test_what_waits_and_what_is_logged_is_bounded(
    jobs: JobStore, webhooks: Webhooks, outbox: Outbox, redis: Connection
) -> None:
    added(webhooks)
    first = cancelled(jobs)
    fill = {f"msg_{number}": 2e12 for number in range(LIMITS.pending_deliveries - 1)}
    redis.zadd("gw:pending:wh_alice1", fill)
    cancelled(jobs)
    assert logged(outbox, first).state == "failed"
    assert redis.zcard("gw:pending:wh_alice1") == LIMITS.pending_deliveries
    redis.lpush("gw:deliveries:wh_alice1", *map(str, range(200)))
    job_id = cancelled(jobs)
    assert redis.llen("gw:deliveries:wh_alice1") == LIMITS.deliveries
    for key in (f"deliveries:{job_id}", "deliveries:wh_alice1", "pending:wh_alice1"):
        assert 0 < int(redis.ttl(f"gw:{key}")) <= LIMITS.delivery_seconds


def test_a_record_of_a_later_version_is_announced_without_its_details(
    jobs: JobStore, webhooks: Webhooks, outbox: Outbox, redis: Connection
) -> None:
    added(webhooks)
    job_id = queued(jobs, owner="alice")
    redis.hset(f"gw:job:{job_id}", "settings", json.dumps({"size": "of a later version"}))
    jobs.cancel(job_id)
    claim = claim_one(outbox)
    assert (claim.job, claim.job_id) == (None, job_id)


def test_deliveries_that_have_expired_are_skipped(
    jobs: JobStore, webhooks: Webhooks, outbox: Outbox, redis: Connection
) -> None:
    added(webhooks)
    expired = cancelled(jobs)
    redis.delete(f"gw:delivery:{logged(outbox, expired).id}")
    job_id = cancelled(jobs)
    assert claim_one(outbox).job_id == job_id
    assert outbox.log(expired) == []
