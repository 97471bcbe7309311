"""For any bytes sent as a picture, the answer is a job or a refusal, never a crash."""

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.job_store.connection import Connection
from tests.web.api_requests import submit
from tests.web.pictures import noise

MAGIC = [
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
    b"\xff\xd8\xff\xe0\x00\x10JFIF\x00",
    b"\xff\xd8\xff\xe1",
    b"GIF89a",
    b"GIF87a",
    b"BM",
    b"II*\x00\x08\x00\x00\x00",
    b"MM\x00*\x00\x00\x00\x08",
    b"II+\x00",
    b"RIFF\x40\x00\x00\x00WEBPVP8 ",
    b"RIFF\x40\x00\x00\x00WEBPVP8X",
    b"RIFF\x40\x00\x00\x00WEBPVP8L",
    b"\x00\x00\x00\x20ftypavif",
    b"\x00\x00\x00\x20ftypheic",
]
WHOLE = [noise(name) for name in ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "AVIF", "HEIF")]
fuzzed = settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
# Pillow warns about damaged files; the server ignores the warnings, so the test does too.
pytestmark = pytest.mark.filterwarnings("ignore")


def _answers(app: Flask, data: bytes) -> None:
    status = submit(app.test_client(), [data]).status_code
    assert status in (202, 422)


@fuzzed
@given(magic=st.sampled_from(MAGIC), rest=st.binary(max_size=300))
def test_bytes_that_begin_like_a_picture_are_answered(
    app: Flask, redis: Connection, magic: bytes, rest: bytes
) -> None:
    del redis
    _answers(app, magic + rest)


@fuzzed
@given(
    whole=st.sampled_from(WHOLE),
    changes=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=6),
    near_start=st.booleans(),
)
def test_a_damaged_picture_is_answered(
    app: Flask,
    redis: Connection,
    whole: bytes,
    changes: list[tuple[float, int]],
    near_start: bool,
) -> None:
    del redis
    damaged = bytearray(whole)
    reach = 200 if near_start else len(whole) - 1  # changes to headers have the largest effect
    for place, value in changes:
        damaged[int(place * reach)] = value
    _answers(app, bytes(damaged))
