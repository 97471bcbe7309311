"""Keeps the secrets of share links, which are part of an address, out of the logs."""

import logging
import re

LOGGERS = ("gunicorn.error", "web.errors")  # they log addresses
_LINK = re.compile(r"(?<=/s/)[^/\s]+")


class LinkFilter(logging.Filter):
    """Replaces the secrets in the texts of a log's entry."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Return True, since every entry is kept."""
        if isinstance(record.args, tuple):
            record.args = tuple(
                _LINK.sub("…", each) if isinstance(each, str) else each for each in record.args
            )
        return True


def hide_links() -> None:
    """Let no logger of this process show a share link."""
    for name in LOGGERS:
        logging.getLogger(name).addFilter(LinkFilter())
