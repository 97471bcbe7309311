"""Whose a job is: until people have names, that of the address they come from, unreadable."""

import ipaddress
from hashlib import blake2b

HOUSEHOLD = (
    64  # bits of an IPv6 address that are one connection's; within, a device changes its own
)


def owner_of(address: str | None) -> str:
    """Return the name under which Redis knows who asks from `address`.

    A hash: it shares the workers among people, and keeps their addresses out of the records.
    """
    return blake2b(_household(address or "").encode(), digest_size=12, person=b"owner").hexdigest()


def _household(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:  # a socket file's, or a proxy's odd word
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed.packed, HOUSEHOLD), strict=False))
