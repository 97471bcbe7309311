"""Refuses requests that are not for one of this server's names.

Otherwise, a site could let its own name point to this server's address (DNS rebinding), and its
pages could read this server's answers: to the browser, both would be the same site.
"""

import ipaddress

from flask import Flask, request

from shared.config import Config
from shared.errors import HostNotAllowed


def install(app: Flask, config: Config) -> None:
    """Check the host that each request of `app` is for."""

    def check() -> None:
        # not `request.host`, into which proxies' headers go
        host = request.environ.get("HTTP_HOST", "")
        if not is_allowed(host, config):
            raise HostNotAllowed(host=_split(host)[0][:200])  # as GRAMWORKS_HOSTS names it

    app.before_request(check)


def is_allowed(host: str, config: Config) -> bool:
    """Return whether a `Host` header, with or without a port, has a name of this server."""
    name, port = _split(host)
    if port and not (port.isascii() and port.isdigit()):
        return False
    name = name.lower().removesuffix(".")
    if name == "localhost" or name in config.allowed_hosts:
        return True
    try:
        address = ipaddress.ip_address(name.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    # no site can have an address as its name, so an address is only checked where it says something
    return address.is_loopback or not config.on_loopback


def _split(host: str) -> tuple[str, str]:
    """Return a `Host` header's name and port; the port is empty if there is none."""
    if ":" not in host.rpartition("]")[2]:
        return host, ""
    name, _, port = host.rpartition(":")
    return name, port
