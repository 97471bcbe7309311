"""Paint styles and save their files for the web: `python -m samples [NAME …]`."""

import argparse
import sys
from collections.abc import Sequence
from time import perf_counter

from samples import STYLES, style_path, thumbnail_path
from samples.gallery import FULL_SIZES, painted
from samples.material import save, save_thumbnail


def main(arguments: Sequence[str] | None = None) -> None:
    """Paint the named styles, or all, and print how long each takes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(STYLES))
    for name in parser.parse_args(arguments).names or STYLES:
        start = perf_counter()
        path = style_path(name)
        save(painted(name, FULL_SIZES[name]), path)
        save_thumbnail(path, thumbnail_path(name))
        seconds = perf_counter() - start
        sys.stdout.write(f"{name}: {path.stat().st_size / 1000:.0f} kB in {seconds:.1f} s\n")


if __name__ == "__main__":
    main()
