"""The events of a running job are as the document describes them."""

from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from shared.job_store import JobStore
from tests.shared.job_store.transitions import progress, running
from tests.web.api_requests import IN_TILES, JOBS, messages
from tests.web.openapi.contract import Contract
from web.openapi.document import document


def test_each_event_and_its_data_fit_their_schemas(
    app: Flask, client: FlaskClient, jobs: JobStore
) -> None:
    described = document(app)
    contract = Contract(described)
    answer = described["paths"][f"{JOBS}/{{job_id}}/events"]["get"]["responses"]["200"]
    schemas: dict[str, Any] = {
        each["title"]: each["properties"]["data"]["contentSchema"]
        for each in answer["content"]["text/event-stream"]["schema"]["oneOf"]
    }
    claim = running(jobs)
    with client.get(f"{JOBS}/{claim.job_id}/events") as response:
        assert isinstance(response, TestResponse)
        events = filter(None, messages(response))
        seen = [next(events)]
        jobs.report(claim, progress(3), 4.5)
        seen.append(next(events))
        jobs.show_preview(claim, "preview.jpg", 3)
        seen.append(next(events))
        jobs.record_fallbacks(claim, 1, [IN_TILES])
        seen.append(next(events))
        jobs.cancel(claim.job_id)
        seen += events
    assert [event.event for event in seen] == ["job", "progress", "preview", "job", "job"]
    for event in seen:
        assert contract.fault_of(schemas[event.event], event.data) is None, event
