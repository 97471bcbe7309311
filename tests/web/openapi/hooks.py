"""What Schemathesis loads: the pictures that it uploads, and a check of its own."""

from itertools import cycle
from typing import Any
from urllib.parse import urlencode

import schemathesis
from schemathesis import Case, CheckContext, HookContext, Response
from schemathesis.transport.serialization import Binary

from tests.web.pictures import noise, plain

CONTENT = Binary(plain())
STYLES = [CONTENT, Binary(noise("JPEG")), Binary(noise("WEBP"))]
LONGEST_QUERY = 3500  # the server takes 4094 bytes, with the path
_deleted: set[str] = set()


@schemathesis.hook
def map_body(context: HookContext, body: Any) -> Any:
    """Send real pictures as files, since random bytes are never any; leave all else as it is."""
    del context
    if not isinstance(body, dict):
        return body
    styles = body.get("style")
    if isinstance(body.get("content"), Binary):
        body["content"] = CONTENT
    if isinstance(styles, list):
        pictures = zip(styles, cycle(STYLES))
        body["style"] = [new if isinstance(old, Binary) else old for old, new in pictures]
    return body


@schemathesis.hook
def filter_query(context: HookContext, query: Any) -> bool:
    """Leave out queries that are too long for a request line: no route sees those."""
    del context
    return not isinstance(query, dict) or len(urlencode(query, doseq=True)) < LONGEST_QUERY


@schemathesis.hook
def map_headers(context: HookContext, headers: Any) -> Any:
    """Wait for a second where it would be for longer than a request may take here."""
    del context
    if isinstance(headers, dict) and "wait=" in str(headers.get("Prefer")):
        headers["Prefer"] = "wait=1"
    return headers


@schemathesis.check
def deleted_job_is_gone(ctx: CheckContext, response: Response, case: Case[Any]) -> None:
    """Find a job that is answered after it was deleted.

    Schemathesis's own check takes every DELETE for a deletion; one of a live job cancels it.
    """
    del ctx
    job_id = (case.path_parameters or {}).get("job_id", "")
    method = response.request.method  # not `case.method`: some cases try others
    if method == "DELETE" and response.status_code == 204 and case.path.endswith("{job_id}"):
        _deleted.add(job_id)
    elif job_id in _deleted and method != "OPTIONS" and response.status_code < 300:
        raise AssertionError(f"the job {job_id} was deleted, and is answered")
