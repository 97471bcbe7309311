"""Which addresses may be called for a user: public ones, and those that the operator allows."""

import re
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Self

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# IANA's special-purpose registries (RFC 6890), multicast, and Azure's host agent
NOT_PUBLIC_4 = tuple(
    map(
        IPv4Network,
        (
            *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
            *("172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16"),
            *("198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3"),
            "168.63.129.16/32",
        ),
    )
)
PUBLIC_6 = IPv6Network("2000::/3")  # all that is assigned as global unicast
# protocol assignments with Teredo, documentation, 6to4
NOT_PUBLIC_6 = tuple(
    map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")),
)
NAT64 = IPv6Network("64:ff9b::/96")  # where networks without IPv4 reach IPv4 addresses
_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*", re.ASCII)


def is_public(address: Address) -> bool:
    """Return whether an address belongs to somebody on the internet.

    An IPv4 address within an IPv6 address (mapped, or of NAT64) is judged by itself.
    """
    if isinstance(address, IPv4Address):
        return not any(address in network for network in NOT_PUBLIC_4)
    embedded = _embedded(address)
    if embedded is not None:
        return is_public(embedded)
    return address in PUBLIC_6 and not any(address in network for network in NOT_PUBLIC_6)


@dataclass(frozen=True)
class AllowedTargets:
    """The hosts that may be called although their addresses are not public."""

    names: frozenset[str] = frozenset()
    networks: tuple[Network, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read names, addresses and networks that are separated by commas.

        Raises:
            ValueError: one of them is none of these; the error is that text.
        """
        names, networks = set[str](), list[Network]()
        for part in filter(None, (each.strip().lower() for each in text.split(","))):
            try:
                networks.append(ip_network(part))
            except ValueError:
                if not _NAME.fullmatch(part) or re.fullmatch(r"[0-9.]+", part):
                    raise ValueError(part) from None
                names.add(part)
        return cls(frozenset(names), tuple(networks))

    def include(self, host: str, address: str) -> bool:
        """Return whether a host may be called at one of its addresses."""
        found = ip_address(address)
        if isinstance(found, IPv6Address) and found.scope_id:
            found = IPv6Address(int(found))
        is_named = host.lower().rstrip(".") in self.names
        return is_named or is_public(found) or self._is_allowed(found)

    def _is_allowed(self, address: Address) -> bool:
        embedded = _embedded(address) if isinstance(address, IPv6Address) else None
        return any(
            each in network
            for each in (address, embedded)
            if each is not None
            for network in self.networks
            if each.version == network.version
        )


def _embedded(address: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address that packets to an IPv6 address reach."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return IPv4Address(int(address) & 0xFFFFFFFF) if address in NAT64 else None
