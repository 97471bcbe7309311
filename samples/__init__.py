"""Sample pictures: styles that programs here paint, and photographs.

The files of the styles are in `web/static/styles/`: `web/builtin_styles.py` offers them.
"""

from importlib.util import find_spec
from pathlib import Path

STYLES = (
    "autumn-knife",
    "brushwork",
    "cutouts",
    "expressionist",
    "gold-ornament",
    "ink-wash",
    "marbling",
    "mosaic",
    "pointillism",
    "stained-glass",
    "watercolour",
    "woodcut-waves",
)
MEASURED_STYLES = ("autumn-knife", "brushwork", "stained-glass", "woodcut-waves")
"""Those that benchmarks use: a new style changes no figure."""
PHOTOGRAPHS = {
    "astronaut": "astronaut.png",
    "chelsea": "chelsea.png",
    "coffee": "coffee.png",
    "rocket": "rocket.jpg",
}
FOLDER = Path(__file__).parents[1] / "web/static/styles"


def style_path(name: str) -> Path:
    """Return the path of a style's JPEG."""
    if name not in STYLES:
        raise ValueError(f"no style called {name!r}; there are: {', '.join(STYLES)}")
    return FOLDER / f"{name}.jpg"


def thumbnail_path(name: str) -> Path:
    """Return the path of a style's thumbnail, a WebP 320 pixels wide."""
    return style_path(name).with_name(f"{name}-320.webp")


def photograph_path(name: str) -> Path:
    """Return the path of scikit-image's photograph, without the slow import of scikit-image."""
    if name not in PHOTOGRAPHS:
        raise ValueError(f"no photograph called {name!r}; there are: {', '.join(PHOTOGRAPHS)}")
    package = find_spec("skimage")
    if package is None or package.origin is None:
        raise FileNotFoundError("the photographs come with scikit-image: pip install scikit-image")
    path = Path(package.origin).with_name("data") / PHOTOGRAPHS[name]
    if not path.is_file():
        raise FileNotFoundError(f"this version of scikit-image does not ship {path}")
    return path
