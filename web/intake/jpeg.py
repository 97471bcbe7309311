"""A JPEG without its metadata: segments are left out, and the compressed picture is not touched.

Markers are found as libjpeg finds them, so that it reads from the new file what it reads from the
uploaded one. What follows the end of the image, such as a second picture or another file, is not
kept.
"""

import re
from collections.abc import Iterator
from itertools import count
from typing import NamedTuple

START, END = b"\xff\xd8", b"\xff\xd9"
NEXT_MARKER = re.compile(rb"\xff([^\x00\xff])", re.DOTALL)
END_OF_SCAN = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]", re.DOTALL)  # 00: data; D0 to D7: restarts
SOI, EOI, SOS = 0xD8, 0xD9, 0xDA
WITHOUT_LENGTH = {0x01, *range(0xD0, 0xD8)}  # TEM and restart markers
TABLES = {0xC4, 0xCC, 0xDB, 0xDD}  # DHT, DAC, DQT, DRI: their lengths leave no room for more
FRAMES = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # SOF0 to SOF15
SEQUENTIAL = {0xC0, 0xC1}
KEPT = TABLES | FRAMES | {SOS}
APP0, APP2, APP14 = 0xE0, 0xE2, 0xEE
JFIF, ADOBE, ICC = b"JFIF\0", b"Adobe", b"ICC_PROFILE\0"
PLAIN_JFIF = JFIF + b"\x01\x01" + b"\0" + b"\0\x01\0\x01" + b"\0\0"  # 1.01, square pixels
LONGEST_SEGMENT = 65_533
MOST_MARKERS = 200  # of an ordinary JPEG
MOST_FILL = 1000  # bytes between two segments of one


class Segment(NamedTuple):
    """A marker, what its segment holds, and for a scan the compressed data that follows."""

    marker: int
    content: bytes
    scan: bytes = b""


class Jpeg(NamedTuple):
    """The parts of a JPEG that decoding needs."""

    segments: list[Segment]
    is_jfif: bool
    adobe_transform: int | None

    @property
    def is_sequential(self) -> bool:
        """Whether it is one scan of all channels, which bounds the time and memory to decode it."""
        frames = [each for each in self.segments if each.marker in FRAMES]
        scans = [each for each in self.segments if each.marker == SOS]
        if len(frames) != 1 or len(scans) != 1 or frames[0].marker not in SEQUENTIAL:
            return False
        channels = frames[0].content[5:6]
        return bool(channels) and channels == scans[0].content[:1]

    def to_bytes(self, profile: bytes | None = None) -> bytes:
        """Return the bytes of the file, with an ICC profile if it is given."""
        parts = [START]
        if self.is_jfif:
            parts.append(_segment(APP0, PLAIN_JFIF))
        parts += [_segment(APP2, part) for part in _icc_parts(profile or b"")]
        if self.adobe_transform is not None:
            content = ADOBE + b"\0\x64" + bytes(4) + bytes([self.adobe_transform])
            parts.append(_segment(APP14, content))
        for each in self.segments:
            parts += [_segment(each.marker, each.content), each.scan]
        return b"".join([*parts, END])


def read_jpeg(data: bytes, *, is_ordinary: bool = False) -> Jpeg:
    """Read the parts of a JPEG; with `is_ordinary`, refuse one with very many parts.

    Raises:
        ValueError: it is incomplete or damaged, or has too many parts.
    """
    kept: list[Segment] = []
    is_jfif, transform, has_scan = False, None, False
    for segment in _segments(data, is_ordinary=is_ordinary):
        marker, content = segment.marker, segment.content
        if marker in KEPT:
            kept.append(segment)
            has_scan = has_scan or marker == SOS
        elif marker == APP0 and not has_scan:  # libjpeg reads these two up to the first scan
            is_jfif = is_jfif or (content.startswith(JFIF) and len(content) >= len(PLAIN_JFIF))
        elif marker == APP14 and not has_scan and content.startswith(ADOBE) and len(content) >= 12:
            transform = content[11]
    return Jpeg(kept, is_jfif, transform)


def _segments(data: bytes, *, is_ordinary: bool) -> Iterator[Segment]:
    """Yield the segments up to the end of the image."""
    place = len(START)
    for number in count():
        found = NEXT_MARKER.search(data, place)
        if found is None:
            raise ValueError("There is no end of the image.")
        if is_ordinary and (number >= MOST_MARKERS or found.start() - place > MOST_FILL):
            raise ValueError("There are too many parts.")
        marker, place = found[1][0], found.end()
        if marker == EOI:
            return
        if marker == SOI:
            raise ValueError("An image begins within the image.")
        if marker in WITHOUT_LENGTH:
            continue
        begin, place = place + 2, place + int.from_bytes(data[place : place + 2])
        if not begin <= place <= len(data):
            raise ValueError("A segment is incomplete.")
        content, scan = data[begin:place], _scan(data, place) if marker == SOS else b""
        yield Segment(marker, content, scan)
        place += len(scan)


def _scan(data: bytes, place: int) -> bytes:
    """Return the compressed data that begins at `place`."""
    end = END_OF_SCAN.search(data, place)
    if end is None:
        raise ValueError("A scan has no end.")
    return data[place : end.start()]


def _segment(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + (len(content) + 2).to_bytes(2) + content


def _icc_parts(profile: bytes) -> list[bytes]:
    """Return the segments of an ICC profile, as appendix B.4 of its specification has it."""
    longest = LONGEST_SEGMENT - len(ICC) - 2
    parts = [profile[place : place + longest] for place in range(0, len(profile), longest)]
    return [ICC + bytes([number, len(parts)]) + part for number, part in enumerate(parts, start=1)]
