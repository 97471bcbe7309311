"""A picture's file says how it was made, in every format."""

import numpy as np
import pytest

from shared.metadata import Metadata
from shared.pictures import FORMATS, encode
from shared.provenance import Provenance
from shared.settings import PRESETS, StyleSettings

PICTURE = np.zeros((8, 8, 3), np.uint8)
PROVENANCE = Provenance(
    version="1.2",
    job="a1",
    settings=StyleSettings(**PRESETS["balanced"]).model_dump(mode="json"),
    content="c" * 64,
    styles=["5" * 64, None],
    weights="e" * 64,
    losses={"moments": 0.125, "total": 0.125},
)


@pytest.mark.parametrize("format_name", FORMATS)
def test_a_file_of_each_format_gives_back_the_provenance(format_name: str) -> None:
    data = encode(PICTURE, format_name, Metadata(xmp=PROVENANCE.packet()))
    packet = Metadata.of_file(data).xmp
    assert packet is not None
    assert Provenance.from_packet(packet) == PROVENANCE
    assert PROVENANCE.packet() in data  # as it is, so that any program finds it


@pytest.mark.parametrize("format_name", FORMATS)
def test_a_file_without_provenance_has_no_packet(format_name: str) -> None:
    assert Metadata.of_file(encode(PICTURE, format_name)).xmp is None


def test_characters_that_xml_reserves_come_back() -> None:
    odd = PROVENANCE.model_copy(update={"version": "<\"&'>"})
    assert Provenance.from_packet(odd.packet()) == odd


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        b"<x:xmpmeta/>",
        PROVENANCE.packet()[:600],
        PROVENANCE.packet().replace(b'"version"', b'"verses"'),
        PROVENANCE.packet().replace(b'{"version"', b'"version"'),
        b"\xff\xfe",
    ],
)
def test_a_packet_that_is_not_ours_is_none(packet: bytes) -> None:
    assert Provenance.from_packet(packet) is None
