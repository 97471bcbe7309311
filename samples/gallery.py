"""Which program paints which style, and at which size its file is."""

from collections.abc import Callable
from types import MappingProxyType

from PIL import Image

from samples import (
    MEASURED_STYLES,
    STYLES,
    autumn_knife,
    brushwork,
    cutouts,
    expressionist,
    gold_ornament,
    ink_wash,
    marbling,
    mosaic,
    pointillism,
    stained_glass,
    watercolour,
    woodcut_waves,
)
from samples.material import Size

PAINTERS: MappingProxyType[str, Callable[[Size], Image.Image]] = MappingProxyType(
    {
        "autumn-knife": autumn_knife.paint,
        "brushwork": brushwork.paint,
        "cutouts": cutouts.paint,
        "expressionist": expressionist.paint,
        "gold-ornament": gold_ornament.paint,
        "ink-wash": ink_wash.paint,
        "marbling": marbling.paint,
        "mosaic": mosaic.paint,
        "pointillism": pointillism.paint,
        "stained-glass": stained_glass.paint,
        "watercolour": watercolour.paint,
        "woodcut-waves": woodcut_waves.paint,
    }
)
FULL_SIZES = {
    name: Size(768, 600) if name in MEASURED_STYLES else Size(960, 720) for name in STYLES
}


def painted(name: str, size: Size) -> Image.Image:
    """Paint one style."""
    return PAINTERS[name](size)
