"""Which program paints which style."""

from collections.abc import Callable
from types import MappingProxyType

from PIL import Image

from samples import autumn_knife, brushwork, stained_glass, woodcut_waves
from samples.material import Size

PAINTERS: MappingProxyType[str, Callable[[Size], Image.Image]] = MappingProxyType(
    {
        "autumn-knife": autumn_knife.paint,
        "brushwork": brushwork.paint,
        "stained-glass": stained_glass.paint,
        "woodcut-waves": woodcut_waves.paint,
    }
)


def painted(name: str, size: Size) -> Image.Image:
    """Paint one style."""
    return PAINTERS[name](size)
