"""A decoder that crashes, hangs or eats memory costs its picture, not the web's process."""

import os
import signal
import tempfile
import time
from collections.abc import Callable
from multiprocessing import forkserver
from pathlib import Path

import pytest

from shared.errors import ImageTooComplex, ImageTooSmall, NotAnImage, TruncatedImage
from tests.web.pictures import SIZE, noise, plain
from web.intake.clean import NOTHING, CleanImage, Kept, clean_image
from web.intake.isolation import Isolation

MEGAPIXELS = 1.0


def crash(*_: object) -> CleanImage:
    os.kill(os.getpid(), signal.SIGSEGV)
    raise AssertionError


def end(*_: object) -> CleanImage:
    os._exit(0)


def loop(*_: object) -> CleanImage:
    while True:
        pass


def sleep(*_: object) -> CleanImage:
    time.sleep(600)
    raise AssertionError


def eat(*_: object) -> CleanImage:
    bytes(4_000_000_000)
    raise AssertionError


def write(*_: object) -> CleanImage:
    with tempfile.TemporaryFile() as file:
        file.write(b"1")
        file.flush()
    os._exit(0)


def lie(data: bytes, megapixels: float, kept: Kept) -> CleanImage:
    return clean_image(data, megapixels, kept)._replace(width=10_000)


def escape(data: bytes, megapixels: float, kept: Kept) -> CleanImage:
    return clean_image(data, megapixels, kept)._replace(suffix="../../x")  # type: ignore[arg-type] # what it must not be


def raise_unforeseen(*_: object) -> CleanImage:
    raise RuntimeError


DAMAGED = [crash, end, lie, escape, raise_unforeseen]
TOO_COMPLEX = [loop, sleep, eat]


@pytest.mark.parametrize("clean", DAMAGED)
def test_a_decoder_that_fails_costs_its_picture(clean: Callable[..., CleanImage]) -> None:
    with pytest.raises(TruncatedImage):
        Isolation(MEGAPIXELS, clean=clean).run(plain(), NOTHING)


def test_a_decoder_writes_no_files(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(TruncatedImage):
        Isolation(MEGAPIXELS, clean=write).run(plain(), NOTHING)
    assert "ended with 1:" in caplog.text  # by an exception, not by its own exit with 0


@pytest.mark.parametrize("clean", TOO_COMPLEX)
def test_a_decoder_that_needs_too_much_is_ended(clean: Callable[..., CleanImage]) -> None:
    begin = time.monotonic()
    with pytest.raises(ImageTooComplex) as error:
        Isolation(MEGAPIXELS, cpu_seconds=1, seconds=2, clean=clean).run(plain(), NOTHING)
    assert time.monotonic() - begin < 10
    assert error.value.parameters == {"seconds": 1, "megabytes": 440}


@pytest.mark.parametrize("format_name", ["PNG", "HEIF"])
def test_a_picture_is_read_as_it_would_be_here(format_name: str) -> None:
    data = noise(format_name)
    assert Isolation(MEGAPIXELS).run(data, NOTHING) == clean_image(data, MEGAPIXELS, NOTHING)


def test_refusals_are_those_of_the_decoder() -> None:
    with pytest.raises(NotAnImage):
        Isolation(MEGAPIXELS).run(b"no picture", NOTHING)
    with pytest.raises(ImageTooSmall) as error:
        Isolation(MEGAPIXELS).run(plain(size=(SIZE[0], 3)), NOTHING)
    assert error.value.parameters["height"] == 3


def test_no_process_stays() -> None:
    Isolation(MEGAPIXELS).run(plain(), NOTHING)
    before = _processes()
    for clean in (clean_image, crash, sleep):
        try:
            Isolation(MEGAPIXELS, seconds=0.5, clean=clean).run(plain(), NOTHING)
        except (TruncatedImage, ImageTooComplex):
            continue
    assert _processes() == before


def _processes() -> int:
    """Return how many processes the fork server has."""
    server = vars(forkserver._forkserver)["_forkserver_pid"]
    return len(Path(f"/proc/{server}/task/{server}/children").read_text().split())
