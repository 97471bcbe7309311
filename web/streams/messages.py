"""The messages of an event stream."""

from typing import Any

from flask import json

from shared.job import Job
from shared.job_store import Event
from web.api.schemas import job_json, link
from web.messages.languages import ENGLISH, speaking
from web.streams.mailbox import Message

KEEP_ALIVE = Message("comment", b": keep-alive\n\n")
WHOLE_JOB = {"state", "fallback"}  # kinds for which the whole job is sent
PARTS = {"progress", "preview"}  # kinds that are sent as they are; unknown kinds are ignored


def job_message(job: Job, event_id: str, language: str = ENGLISH) -> tuple[Message, dict[str, Any]]:
    """Return the message with the whole job in a language, and its JSON."""
    with speaking(language):
        shown = job_json(job, language)
    return Message("job", _text("job", event_id, json.dumps(shown))), shown


def part_message(job_id: str, event: Event) -> Message | None:
    """Return the message of a progress or preview event; None for other kinds."""
    if event.kind not in PARTS:
        return None
    data = event.data
    if event.kind == "preview":
        href = link("jobs.preview", job_id=job_id, evaluation=event.data)
        data = json.dumps({"href": href})
    return Message(event.kind, _text(event.kind, event.id, data), event.id)


def _text(kind: str, event_id: str, data: str) -> bytes:
    return f"event: {kind}\nid: {event_id}\ndata: {data}\n\n".encode()
