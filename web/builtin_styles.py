"""The styles that everybody can choose. Programs in `samples/` paint them."""

from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from flask_babel import gettext

from web.messages.languages import gettext_noop

STATIC = Path(__file__).with_name("static")
THUMBNAIL_WIDTH = 320


class BuiltinStyle(NamedTuple):
    """A style image, and what people are told of it."""

    name: str
    english_title: str
    english_about: str
    width: int = 960
    height: int = 720

    @property
    def title(self) -> str:
        """What it is called, in the language of the request."""
        return str(gettext(self.english_title))

    @property
    def about(self) -> str:
        """One line about it, in the language of the request."""
        return str(gettext(self.english_about))

    @property
    def file(self) -> str:
        """Its JPEG, below `static/`."""
        return f"styles/{self.name}.jpg"

    @property
    def path(self) -> Path:
        """Where its JPEG is."""
        return STATIC / self.file

    @property
    def thumbnail(self) -> str:
        """Its WebP of `THUMBNAIL_WIDTH`, below `static/`."""
        return f"styles/{self.name}-{THUMBNAIL_WIDTH}.webp"

    @property
    def thumbnail_height(self) -> int:
        """The thumbnail's height in pixels."""
        return round(THUMBNAIL_WIDTH * self.height / self.width)


BUILTIN_STYLES = (
    BuiltinStyle(
        "brushwork",
        gettext_noop("Night in oils"),
        gettext_noop("Thick strokes that circle around the moon and the stars"),
        768,
        600,
    ),
    BuiltinStyle(
        "woodcut-waves",
        gettext_noop("Woodcut"),
        gettext_noop("Prussian blue waves and foam, printed from blocks"),
        768,
        600,
    ),
    BuiltinStyle(
        "autumn-knife",
        gettext_noop("Palette knife"),
        gettext_noop("Slabs of orange and violet, an avenue after rain"),
        768,
        600,
    ),
    BuiltinStyle(
        "stained-glass",
        gettext_noop("Stained glass"),
        gettext_noop("Jewel colours between dark lines of lead"),
        768,
        600,
    ),
    BuiltinStyle(
        "gold-ornament",
        gettext_noop("Golden cloak"),
        gettext_noop("Spirals in gold relief, enamel rings and a meadow of flowers"),
    ),
    BuiltinStyle(
        "watercolour",
        gettext_noop("Watercolour"),
        gettext_noop("Poppies in wet washes, with blooms and grainy paper"),
    ),
    BuiltinStyle(
        "mosaic",
        gettext_noop("Mosaic"),
        gettext_noop("Fish of glass and stone, set row by row in grout"),
    ),
    BuiltinStyle(
        "marbling",
        gettext_noop("Marbled paper"),
        gettext_noop("Ink that floated on water, drawn into swirls"),
    ),
    BuiltinStyle(
        "pointillism",
        gettext_noop("Pointillism"),
        gettext_noop("A harbour at sunset in dots of unmixed colour"),
    ),
    BuiltinStyle(
        "ink-wash",
        gettext_noop("Ink wash"),
        gettext_noop("Mountains in mist and dry brushwork, with a red sun"),
    ),
    BuiltinStyle(
        "expressionist",
        gettext_noop("Burning sky"),
        gettext_noop("Long, swaying strokes of vermilion and cobalt"),
    ),
    BuiltinStyle(
        "cutouts",
        gettext_noop("Cut-outs"),
        gettext_noop("Leaves and fronds cut from sheets painted with gouache"),
    ),
)
"""In the order in which they are shown."""


@cache
def styles_by_hash() -> dict[str, BuiltinStyle]:
    """Return the styles by the SHA-256 of their JPEGs, in the order in which they are shown."""
    return {sha256(style.path.read_bytes()).hexdigest(): style for style in BUILTIN_STYLES}
