"""The inputs of a job are kept exactly as long as a record may name them."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from shared.config import Config
from shared.errors import StoreUnavailable
from shared.job import Job
from shared.job_store import JobStore
from shared.job_store.connection import Connection
from shared.object_store import ObjectStore
from tests.web.api_requests import problem, submit
from tests.web.conftest import close, services_of
from web import create_app


class AnswerLost(JobStore):
    """Records a job, but loses Redis's answer."""

    def create(self, *arguments: Any, **named: Any) -> Job:
        super().create(*arguments, **named)
        raise StoreUnavailable(store="redis", reason="Connection reset by peer")


class FullAtStyle(ObjectStore):
    """Has room for a job's content only."""

    def put(self, key: str, data: bytes) -> None:
        if "style" in key:
            raise StoreUnavailable(store="images", reason="no space left on device")
        super().put(key, data)


@pytest.fixture
def app(redis: Connection, redis_url: str, tmp_path: Path) -> Iterator[Flask]:  # noqa: ARG001 - emptied
    made = create_app(Config(REDIS_URL=redis_url, GRAMWORKS_DATA=tmp_path, GRAMWORKS_AUTH="off"))
    yield made
    close(made)


def test_a_recorded_job_keeps_its_inputs_even_if_the_answer_is_lost(
    app: Flask, redis: Connection, jobs: JobStore
) -> None:
    services = services_of(app)
    app.extensions["gramworks"] = replace(services, jobs=AnswerLost(redis))
    problem(submit(app.test_client()), 503, "store_unavailable")
    [job] = jobs.page(9).jobs
    assert isinstance(job, Job)
    assert {stored.key for stored in services.objects.stored("jobs")} == job.files
    assert len(job.files) == 2


def test_inputs_that_could_not_all_be_stored_are_deleted(
    app: Flask, jobs: JobStore, tmp_path: Path
) -> None:
    store = FullAtStyle(str(tmp_path / "images"))
    app.extensions["gramworks"] = replace(services_of(app), objects=store)
    problem(submit(app.test_client()), 503, "store_unavailable")
    assert jobs.page(9).jobs == []
    assert list(store.stored("jobs")) == []
