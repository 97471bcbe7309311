"""Downloads VGG19's weights before the first job: `python -m worker.fetch`."""

import os
import sys

from shared.config import Config, exit_if_invalid
from shared.errors import WeightsUnavailable
from worker.weights import HELP, load


def main() -> None:
    """Download the weights unless they are cached; if that fails, exit with the alternatives."""
    try:
        with exit_if_invalid():
            load(Config.read(os.environ))
    except WeightsUnavailable as error:
        reason = "VGG19's weights could not be loaded from {source}: {reason}"
        sys.exit(reason.format(**error.parameters) + f".\n\n{HELP}")


if __name__ == "__main__":
    main()
