"""Reads an uploaded picture in a process of its own, with bounds on its time and memory.

The process is forked for one picture, from a server that has loaded the decoders, and ends with
it. If a decoder crashes, hangs or is taken over, it is not the web's process. The answer is JSON
and bytes, never a pickle, which could run code here.
"""

import json
import logging
import multiprocessing
import os
import resource
import signal
import socket
import threading
import time
import warnings
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter

from shared.errors import (
    DecodingBusy,
    ImageTooComplex,
    ImageTooLarge,
    ImageTooSmall,
    InvalidRequest,
    NotAnImage,
    TruncatedImage,
)
from shared.input_pictures import size_of, turned
from web.intake.clean import MEGAPIXEL, CleanImage, Kept, clean_image, xmp_packet

CPU_SECONDS = 30
SECONDS = 60.0  # by the clock
BYTES_PER_PIXEL = 40  # of the largest picture
SPARE_BYTES = 400_000_000  # for what does not depend on the picture's size
LONGEST_HEADER = 2_000_000  # of an answer; an ICC profile is in it
PART_BYTES = 1 << 20
STATM = Path("/proc/self/statm")  # its first number: this process's pages
ERRORS: dict[str, type[InvalidRequest]] = {
    error.code: error
    for error in (NotAnImage, TruncatedImage, ImageTooSmall, ImageTooLarge, ImageTooComplex)
}
CLEAN_IMAGE = TypeAdapter(CleanImage)
KILLED_FOR_ITS_BOUNDS = (-signal.SIGXCPU, -signal.SIGKILL)
Clean = Callable[[bytes, float, Kept], CleanImage]
Answer = tuple[dict[str, Any], bytes]  # a header for JSON, and data
Work = Callable[[bytes, float], Answer]
Result = TypeVar("Result")
log = logging.getLogger(__name__)
_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload([__name__])
_lock = threading.Lock()  # multiprocessing's processes are not safe for threads


class _Died(Exception):
    """The process ended without an answer."""


@dataclass(frozen=True)
class Isolation:
    """Cleans pictures in processes of their own, each within these bounds.

    `clean` runs in the process, which imports it by its name.
    """

    max_megapixels: float
    cpu_seconds: int = CPU_SECONDS
    seconds: float = SECONDS
    clean: Clean = clean_image

    @property
    def max_bytes(self) -> int:
        """The memory that a process may use beyond what it begins with."""
        return SPARE_BYTES + int(BYTES_PER_PIXEL * self.max_megapixels * MEGAPIXEL)

    def run(self, data: bytes, kept: Kept) -> CleanImage:
        """Return what is stored of an uploaded picture.

        Raises:
            NotAnImage, TruncatedImage, ImageTooSmall, ImageTooLarge, ImageTooComplex: without a
                field. A picture whose decoder crashes counts as damaged.
            DecodingBusy: no process can be started.
        """
        work = partial(_cleaned, self.clean, kept)
        return self._ask(work, data, self._longest_answer, self._read)

    def packet(self, data: bytes) -> bytes:
        """Return the XMP packet of an uploaded picture's file, empty if it has none.

        Raises:
            InvalidRequest, DecodingBusy: as `run`.
        """
        return self._ask(_packet, data, LONGEST_HEADER, lambda _, packet: packet)

    def _ask(
        self,
        work: Work,
        data: bytes,
        longest: int,
        read: Callable[[dict[str, Any], bytes], Result],
    ) -> Result:
        """Let a process work on a picture, and `read` its answer.

        A decoder that was taken over may have written the answer.
        """
        ours, theirs = socket.socketpair()
        with ours, _child(_answer, (theirs, self, work)) as child:
            theirs.close()
            try:
                return read(*_parts(_exchange(ours, data, longest, self.seconds)))
            except TimeoutError as error:
                raise self.too_complex() from error
            except (_Died, OSError, ValueError, TypeError, RecursionError) as error:
                with _lock:
                    child.join(1)
                    code = child.exitcode
                log.warning("an uploaded picture's decoder ended with %s: %s", code, error)
                if code in KILLED_FOR_ITS_BOUNDS:
                    raise self.too_complex() from error
                raise TruncatedImage from error

    @property
    def _longest_answer(self) -> int:
        return LONGEST_HEADER + int(5 * self.max_megapixels * MEGAPIXEL)  # RGBA, uncompressed

    def too_complex(self) -> ImageTooComplex:
        """Return the error of a picture that reached the bounds."""
        return ImageTooComplex(seconds=self.cpu_seconds, megabytes=self.max_bytes // 10**6)

    def _read(self, header: dict[str, Any], data: bytes) -> CleanImage:
        profile = b64decode(header.pop("profile", "")) or None
        clean = CLEAN_IMAGE.validate_python(header | {"data": data, "profile": profile})
        size = turned((clean.width, clean.height), clean.orientation)
        if size_of(data) != size or size[0] * size[1] > self.max_megapixels * MEGAPIXEL:
            raise _Died("The answer is of another size.")
        return clean


def _parts(answer: bytes) -> tuple[dict[str, Any], bytes]:
    """Return an answer's header and data, or raise the error that the header names."""
    line, end, data = answer.partition(b"\n")
    if not end:
        raise _Died("There is no answer.")
    header = dict(json.loads(line))
    if error := ERRORS.get(header.pop("error", None)):
        raise error(**header)
    return header, data


def _exchange(ours: socket.socket, data: bytes, longest: int, seconds: float) -> bytes:
    """Send a picture; return the answer, which ends with the connection."""
    deadline, length = time.monotonic() + seconds, 0
    parts: list[bytes] = []
    ours.settimeout(seconds)
    ours.sendall(data)
    ours.shutdown(socket.SHUT_WR)
    while True:
        ours.settimeout(max(deadline - time.monotonic(), 1e-3))
        part = ours.recv(PART_BYTES)
        if not part:
            return b"".join(parts)
        parts.append(part)
        length += len(part)
        if length > longest:
            raise _Died("The answer is too long.")


@contextmanager
def _child(target: Callable[..., None], arguments: tuple[object, ...]) -> Iterator[BaseProcess]:
    """Run a function in a process that ends with the block."""
    child = _context.Process(target=target, args=arguments, daemon=True)
    with _lock:
        try:
            child.start()
        except (OSError, EOFError) as error:
            raise DecodingBusy from error
    try:
        yield child
    finally:
        with _lock:
            if child.is_alive():
                child.kill()
            child.join()
            child.close()


def _answer(theirs: socket.socket, isolation: Isolation, work: Work) -> None:
    """Work on one picture, in the process of its own."""
    _limit(isolation)
    with theirs:
        data = b"".join(iter(lambda: theirs.recv(PART_BYTES), b""))
        try:
            header, found = work(data, isolation.max_megapixels)
        except (InvalidRequest, MemoryError) as raised:
            error = raised if isinstance(raised, InvalidRequest) else isolation.too_complex()
            header, found = {"error": error.code, **error.parameters}, b""
        theirs.sendall(json.dumps(header).encode() + b"\n")
        theirs.sendall(found)


def _cleaned(clean: Clean, kept: Kept, data: bytes, max_megapixels: float) -> Answer:
    made = clean(data, max_megapixels, kept)
    profile = b64encode(made.profile or b"").decode()
    return made._asdict() | {"data": None, "profile": profile}, made.data


def _packet(data: bytes, max_megapixels: float) -> Answer:
    return {}, xmp_packet(data, max_megapixels)


def _limit(isolation: Isolation) -> None:
    """Bound this process, and drop what decoders print of a damaged file."""
    warnings.simplefilter("ignore")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    used = int(STATM.read_text().split()[0]) * resource.getpagesize() if STATM.exists() else 0
    for kind, bound in {
        resource.RLIMIT_CPU: isolation.cpu_seconds,
        resource.RLIMIT_AS: used + isolation.max_bytes,
        resource.RLIMIT_FSIZE: 0,  # it writes no files
        resource.RLIMIT_CORE: 0,
    }.items():
        _, most = resource.getrlimit(kind)
        least = bound if most == resource.RLIM_INFINITY else min(bound, most)
        resource.setrlimit(kind, (least, least))
