"""Prints the OpenAPI document: `python -m web.openapi`."""

import json
import sys

from shared.config import Config
from web import create_app
from web.openapi.document import document


def main() -> None:
    """Print the document; neither Redis nor the deployment's settings are needed."""
    app = create_app(Config(GRAMWORKS_AUTH="token"))
    json.dump(document(app), sys.stdout, indent=2)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
