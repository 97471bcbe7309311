"""The owner of a job: a hash of the address that the request came from."""

import ipaddress
from hashlib import blake2b

HOST_PREFIX = (
    64  # bits of an IPv6 address that are one connection's; within, a device changes its own
)


def owner_of(address: str | None) -> str:
    """Return the owner of requests from `address`.

    Workers are shared evenly among owners. The hash keeps addresses out of the records.
    """
    return blake2b(
        _host_network(address or "").encode(), digest_size=12, person=b"owner"
    ).hexdigest()


def _host_network(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:  # the name of a socket file, or a proxy's value
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed.packed, HOST_PREFIX), strict=False))
