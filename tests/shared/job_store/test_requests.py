"""What a request with an Idempotency-Key made is remembered in the same step."""

import pytest

from shared.errors import IdempotencyKeyReused, QueueFull, StoreUnavailable
from shared.job import JobOptions
from shared.job_store import JobStore, KeyedRequest, Load, NewJob, Requests, new_id
from shared.job_store.connection import Connection
from shared.settings import StyleSettings
from tests.shared.job_store.transitions import inputs

REQUEST = KeyedRequest.named("owner", "key", "content")
NEW = NewJob(StyleSettings(size=64), JobOptions(), inputs(), "owner")


def test_creating_twice_returns_the_first_job(jobs: JobStore, redis: Connection) -> None:
    first = jobs.create(new_id(), NEW, request=REQUEST)
    assert jobs.create(new_id(), NEW, request=REQUEST).id == first.id
    assert Requests(redis).job_of(REQUEST) == first.id
    assert [job.id for job in jobs.page(9).jobs] == [first.id]


def test_other_content_is_an_error_that_names_the_job(jobs: JobStore, redis: Connection) -> None:
    first = jobs.create(new_id(), NEW, request=REQUEST)
    other = REQUEST._replace(content="other")
    with pytest.raises(IdempotencyKeyReused) as caught:
        jobs.create(new_id(), NEW, request=other)
    assert caught.value.parameters["id"] == first.id
    with pytest.raises(IdempotencyKeyReused):
        Requests(redis).job_of(other)


def test_owners_share_no_keys_and_no_key_is_not_one(jobs: JobStore) -> None:
    requests = [REQUEST, KeyedRequest.named("other", "key", "content"), KeyedRequest("", "")]
    made = [jobs.create(new_id(), NEW, request=each).id for each in (*requests, requests[-1])]
    assert len(set(made)) == 4


def test_a_full_queue_remembers_nothing(jobs: JobStore, redis: Connection) -> None:
    with pytest.raises(QueueFull):
        jobs.create(new_id(), NEW, Load(0, 10**9), request=REQUEST)
    assert Requests(redis).job_of(REQUEST) is None


def test_a_job_that_replicas_did_not_confirm_is_not_the_answer(
    jobs: JobStore, redis: Connection
) -> None:
    with pytest.raises(StoreUnavailable):
        JobStore(redis, replicas=1).create(new_id(), NEW, request=REQUEST)
    made = jobs.create(new_id(), NEW, request=REQUEST)
    assert made.state == "queued"
