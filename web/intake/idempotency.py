"""Idempotency-Key: a request that is sent again makes no second job.

A client that gets no answer cannot know whether it has a job. With a key, it sends the request
again, and gets the job that the first one made.
"""

import hashlib
import re
from collections.abc import Iterator
from typing import IO

from flask import Request

from shared.errors import InvalidIdempotencyKey
from shared.job_store import NO_KEY, KeyedRequest
from shared.job_store.requests import HEADER

LONGEST_KEY = 255
HASHED_BYTES = 1 << 20  # at a time
KEY = re.compile(rf"[!-~]{{1,{LONGEST_KEY}}}")


def keyed(request: Request, owner: str) -> KeyedRequest:
    """Return the request's name and the hash of its content; NO_KEY without the header.

    Args:
        request: the request, whose uploads can be read again afterwards.
        owner: its sender; the same key of two owners names two requests.

    Raises:
        InvalidIdempotencyKey: the key is empty, too long, or has other characters.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return NO_KEY
    if not KEY.fullmatch(key):
        raise InvalidIdempotencyKey(field=HEADER, maximum=LONGEST_KEY)
    digest = hashlib.sha256()
    for part in _content(request):
        digest.update(len(part).to_bytes(8, "big") + part)
    return KeyedRequest.named(owner, key, digest.hexdigest())


def _content(request: Request) -> Iterator[bytes]:
    """Yield all that decides what the request does; files' names do not."""
    yield request.path.encode()
    if not request.mimetype.startswith("multipart/"):
        yield request.get_data()
    for field, value in sorted(request.form.items(multi=True)):
        yield from (b"field", field.encode(), value.encode())
    for field, upload in request.files.items(multi=True):
        yield from (b"file", field.encode(), _hash(upload.stream))


def _hash(stream: IO[bytes]) -> bytes:
    """Return the hash of a whole file, which can be read again afterwards."""
    digest = hashlib.sha256()
    while chunk := stream.read(HASHED_BYTES):
        digest.update(chunk)
    stream.seek(0)
    return digest.digest()
