"""`Prefer: wait=30` (RFC 7240): answers with the ended job, if it ends in time."""

import re
from collections.abc import Callable

from flask import Flask, Response, current_app, jsonify, request

from shared.errors import InvalidSetting
from shared.job import Job
from web.api.events import HAND_OVER, get_hub
from web.api.schemas import job_json
from web.services import get_services
from web.streams.waiting import Places, Waiting, WaitingBody

MOST_SECONDS = 50  # proxies often give up after 60
_KEY = "gramworks.places"
_SECONDS = re.compile(r'"?(\d{1,9})"?', re.ASCII)


def install(app: Flask, places: Places | None = None) -> None:
    """Bound how many of the application's requests wait."""
    app.extensions[_KEY] = places or Places()


def preferred_wait() -> int:
    """Return for how many seconds this request wants to wait; 0 if it does not.

    Raises:
        InvalidSetting: `wait` is not a whole number. Other preferences are ignored, as the RFC
            asks.
    """
    for preference in ",".join(request.headers.getlist("Prefer")).split(","):
        name, _, value = preference.partition(";")[0].partition("=")
        if name.strip().lower() != "wait":
            continue
        found = _SECONDS.fullmatch(value.strip())
        if found is None:
            message = "wait must be a whole number of seconds, such as wait=30"
            raise InvalidSetting(field="Prefer", problem="wait", message=message)
        return min(int(found[1]), MOST_SECONDS)
    return 0


def job_answer(job: Job, wait: int, status: int = 200, location: str | None = None) -> Response:
    """Return the answer with a job, once it has ended or after `wait` seconds.

    Args:
        job: the job.
        wait: from `preferred_wait`, before the job was made.
        status: of the answer if the job has not ended; otherwise it is 200.
        location: the path of a job that was made.
    """
    headers = {"Location": location} if location else {}
    if not wait:
        return _at_once(job, status, headers)
    applied = headers | {"Preference-Applied": f"wait={wait}"}
    if job.ended:
        return _at_once(job, 200, applied)
    places: Places = current_app.extensions[_KEY]
    release = places.take() if request.method != "HEAD" else None
    if release is None:  # too many wait already
        return _at_once(job, status, headers)
    try:
        waiting = Waiting(get_services(), get_hub(), job, wait)
    except BaseException:
        release()
        raise
    if HAND_OVER not in request.environ:  # another server than ours: the thread waits
        return _waited(waiting, release, status, applied)
    body = WaitingBody(waiting, release)
    body.response = Response(body, status, applied, "application/json")
    return body.response


def _at_once(job: Job, status: int, headers: dict[str, str]) -> Response:
    response = jsonify(job_json(job))
    response.status_code = status
    response.headers.update(headers)
    return response


def _waited(
    waiting: Waiting, release: Callable[[], None], status: int, headers: dict[str, str]
) -> Response:
    try:
        waiting.wait()
        answer = waiting.answer(status)
    finally:
        release()
    return Response(answer.body, answer.status, headers, answer.mimetype)
