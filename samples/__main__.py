"""Paint all styles and save the JPEGs next to the programs: `python -m samples`."""

import sys
from time import perf_counter

from samples import STYLES, style_path
from samples.gallery import painted
from samples.material import FULL_SIZE, save


def main() -> None:
    """Paint all styles, and print how long each takes."""
    for name in STYLES:
        start = perf_counter()
        save(painted(name, FULL_SIZE), style_path(name))
        kilobytes = style_path(name).stat().st_size / 1000
        sys.stdout.write(f"{name}: {kilobytes:.0f} kB in {perf_counter() - start:.1f} s\n")


if __name__ == "__main__":
    main()
