"""The client reads from a picture's file what the server wrote there."""

import numpy as np
import pytest

from gramworks.errors import NoProvenance
from gramworks.provenance import Provenance
from shared.metadata import Metadata
from shared.pictures import FORMATS, encode
from shared.provenance import Provenance as Written

PICTURE = np.zeros((8, 8, 3), np.uint8)
WRITTEN = Written(
    version="1.2",
    job="a1",
    settings={"size": 8, "geometry": "<&>"},
    content="c" * 64,
    styles=["5" * 64, None],
    weights="e" * 64,
    losses={"total": 0.125},
)


@pytest.mark.parametrize("format_name", FORMATS)
def test_what_the_server_wrote_is_read_from_every_format(format_name: str) -> None:
    found = Provenance.of_file(encode(PICTURE, format_name, Metadata(xmp=WRITTEN.packet())))
    assert found == Provenance(
        version="1.2",
        job="a1",
        settings={"size": 8, "geometry": "<&>"},
        content="c" * 64,
        styles=("5" * 64, None),
        weights="e" * 64,
        init=None,
        losses={"total": 0.125},
    )


@pytest.mark.parametrize(
    "data",
    [
        b"",
        encode(PICTURE, "png"),
        WRITTEN.packet().replace(b'"job"', b'"jobs"'),
        WRITTEN.packet().replace(b"0.125", b"\xff"),
    ],
)
def test_a_file_that_says_nothing_readable_is_an_error(data: bytes) -> None:
    with pytest.raises(NoProvenance):
        Provenance.of_file(data)
