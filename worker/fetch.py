"""Gets VGG19's weights ahead of the first job: `python -m worker.fetch`."""

import os
import sys

from shared.config import Config
from shared.errors import InvalidConfig, WeightsUnavailable
from worker.weights.sources import WAYS, load


def main() -> None:
    """Have the weights, or say what can be done and exit."""
    try:
        load(Config.read(os.environ))
    except InvalidConfig as error:
        sys.exit("{name}: {message}".format(**error.parameters))
    except WeightsUnavailable as error:
        sys.exit("No weights from {source}: {reason}\n\n".format(**error.parameters) + WAYS)


if __name__ == "__main__":
    main()
