"""What a picture's file carries beside its pixels: an ICC profile, and an XMP packet."""

import io
from typing import NamedTuple, Self

from PIL import Image

PNG_XMP = "XML:com.adobe.xmp"  # where XMP lies in a PNG: XMP specification part 3, section 1.1.5
TIFF_XMP = 700  # the same in a TIFF: section 1.1.8


class Metadata(NamedTuple):
    """The metadata of one file."""

    profile: bytes | None = None  # an ICC profile; without one, the colours are sRGB
    xmp: bytes | None = None  # how the picture was made, see `shared.provenance`

    @classmethod
    def of_file(cls, data: bytes) -> Self:
        """Return the metadata of a picture that this server stored."""
        with Image.open(io.BytesIO(data)) as image:
            return cls.of_image(image)

    @classmethod
    def of_image(cls, image: Image.Image) -> Self:
        """Return the metadata of an opened file."""
        packet = image.info.get("xmp") or image.info.get(PNG_XMP)
        if packet is None and image.format == "TIFF":
            packet = image.tag_v2.get(TIFF_XMP)  # type: ignore[attr-defined]  # TIFF images have it
        xmp = packet.encode() if isinstance(packet, str) else packet
        return cls(image.info.get("icc_profile"), xmp)


NO_METADATA = Metadata()
