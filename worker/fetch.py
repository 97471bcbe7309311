"""Downloads VGG19's weights before the first job: `python -m worker.fetch`."""

import os
import sys

from shared.config import Config, exit_if_invalid
from shared.errors import WeightsUnavailable
from worker.weights import HELP, load


def main() -> None:
    """Download the weights unless they are cached, or exit with what can be done."""
    try:
        with exit_if_invalid():
            load(Config.read(os.environ))
    except WeightsUnavailable as error:
        sys.exit("No weights from {source}: {reason}\n\n".format(**error.parameters) + HELP)


if __name__ == "__main__":
    main()
