"""Files that take long to decode keep others of their kind waiting, but no JPEGs."""

import io
import os
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from werkzeug.datastructures import FileStorage

from shared.errors import DecodingBusy, ImageTooComplex
from tests.web.intake.test_isolation import MEGAPIXELS, sleep
from tests.web.pictures import noise
from web.intake.images import ImageReader
from web.intake.isolation import Isolation

SECONDS = 2.0  # that each takes


def uploaded(format_name: str) -> FileStorage:
    return FileStorage(io.BytesIO(noise(format_name)), "a")


def test_a_file_waits_for_its_turn_for_a_while() -> None:
    slots = os.cpu_count() or 1
    reader = ImageReader(Isolation(MEGAPIXELS, seconds=SECONDS, clean=sleep), wait_seconds=0.1)
    with ThreadPoolExecutor(slots) as pool:
        slow = [pool.submit(reader.read, "content", uploaded("HEIF")) for _ in range(slots)]
        time.sleep(SECONDS / 4)
        begin = time.monotonic()
        with pytest.raises(DecodingBusy):
            reader.read("content", uploaded("PNG"))
        assert reader.read("content", uploaded("JPEG")).suffix == "jpeg"
        assert time.monotonic() - begin < SECONDS / 4
    for each in slow:
        error = each.exception()
        assert isinstance(error, ImageTooComplex)
        assert error.parameters["field"] == "content"
