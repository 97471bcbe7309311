"""The address that a request came from, as a hash: how often it may do something is counted."""

import ipaddress
from hashlib import blake2b

HOST_PREFIX = 64  # bits of an IPv6 address; a device changes the others by itself


def hash_of_address(address: str | None) -> str:
    """Return a hash of the network that one connection has; it keeps addresses out of Redis."""
    return blake2b(
        _host_network(address or "").encode(), digest_size=12, person=b"address"
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
