"""The headers that requests and answers have beside HTTP's usual ones."""

from typing import Any

from shared.job_store import requests
from web.intake.idempotency import KEY, LONGEST_KEY

IDEMPOTENCY_KEY = requests.HEADER
RATE_LIMIT = ("RateLimit", "RateLimit-Policy")  # of operations that are counted
PREFER = "Prefer"
OF_REQUESTS: dict[str, dict[str, Any]] = {
    IDEMPOTENCY_KEY: {
        "description": (
            "A name of this request, such as a UUID. The same request can be sent again with it"
            " within a day, and gets the job that the first one made. Each owner has names of"
            " their own."
        ),
        "schema": {"type": "string", "pattern": f"^{KEY.pattern}$", "maxLength": LONGEST_KEY},
        "example": "9f86d081-884c-4d65-9a2f-eaa0c55ad015",
    },
    PREFER: {
        "description": (
            "With `wait=30`, the answer comes when the job has ended, with status 200, or after 30"
            " seconds, as without it; at most after 50 (RFC 7240). While too many requests wait, it"
            " comes at once. Other preferences are ignored."
        ),
        "schema": {"type": "string"},
        "example": "wait=30",
    },
    "Last-Event-ID": {
        "description": (
            "The id of the last event that was received. The stream continues after it, and does"
            " not begin with the job. An id that is not known any more begins a new stream."
        ),
        "schema": {"type": "string"},
        "example": "1763879257796-0",
    },
    "If-None-Match": {
        "description": "The `ETag` of an earlier answer. If it is the same, the answer is 304.",
        "schema": {"type": "string"},
        "example": '"6c1f2a"',
    },
}
OF_ANSWERS: dict[str, dict[str, Any]] = {
    "Location": {
        "description": "The path of what was made.",
        "schema": {"type": "string", "format": "uri-reference"},
        "example": "/api/v1/jobs/9f86d081884c4d659a2feaa0c55ad015",
    },
    "Preference-Applied": {
        "description": (
            "For how many seconds the request was ready to wait, at most; left out if it did not"
            " ask, or did not wait because too many do."
        ),
        "schema": {"type": "string"},
        "example": "wait=30",
    },
    "Retry-After": {
        "description": "After how many seconds trying again can help.",
        "schema": {"type": "integer", "minimum": 0},
        "example": 60,
    },
    "RateLimit": {
        "description": (
            "How many requests are left (`r`), for how many seconds (`t`); the tighter of the two"
            " limits, by owner or by address. Without limits, it is left out."
        ),
        "schema": {"type": "string"},
        "example": '"owner";r=117;t=42',
    },
    "RateLimit-Policy": {
        "description": "How many requests are allowed (`q`) within how many seconds (`w`).",
        "schema": {"type": "string"},
        "example": '"owner";q=120;w=60',
    },
    "WWW-Authenticate": {
        "description": "That a token is needed (RFC 6750).",
        "schema": {"type": "string"},
        "example": 'Bearer realm="gramworks"',
    },
    "ETag": {
        "description": "Names this version of the answer; send it back as `If-None-Match`.",
        "schema": {"type": "string"},
        "example": '"6c1f2a"',
    },
    "Content-Disposition": {
        "description": "The name that a browser saves the file under.",
        "schema": {"type": "string"},
        "example": 'inline; filename="gramworks-9f86d081884c4d659a2feaa0c55ad015.png"',
    },
}
