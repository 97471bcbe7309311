"""Only public addresses may be called, and those that the operator allows."""

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.public_addresses import AllowedTargets, is_public

NOT_PUBLIC = (
    *("0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.255.255.254"),  # noqa: S104 - not bound
    *("169.254.169.254", "172.16.0.1", "172.31.255.255", "192.168.1.1", "192.0.0.192"),
    *("100.100.100.200", "168.63.129.16", "198.18.0.1", "203.0.113.9", "224.0.0.1"),
    *("240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fd00:ec2::254", "fc00::1"),
    *("ff02::1", "2001:db8::1", "::7f00:1", "fec0::1", "3fff::1", "64:ff9b:1::1"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254"),  # mapped
    *("64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b::a00:1"),  # NAT64
    *("2002:7f00:1::1", "2002:808:808::1", "2001:0:808:808::1"),  # 6to4, Teredo
)
PUBLIC = (
    *("1.1.1.1", "8.8.8.8", "172.32.0.1", "192.169.0.1", "100.128.0.1", "223.255.255.255"),
    *("2606:4700:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8", "64:ff9b::808:808"),
)


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_an_address_that_is_not_public_is_refused(address: str) -> None:
    assert not is_public(ip_address(address))
    assert not AllowedTargets().include("a.example", address)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_accepted(address: str) -> None:
    assert is_public(ip_address(address))
    assert AllowedTargets().include("a.example", address)


@given(st.integers(0, 2**32 - 1))
def test_no_ipv4_address_is_public_that_python_knows_as_special(number: int) -> None:
    address = IPv4Address(number)
    if is_public(address):
        special = (address.is_multicast, address.is_reserved)
        assert address.is_global
        assert not any(special)


@given(st.integers(0, 2**128 - 1) | st.integers(2**125, 2**126 - 1))
def test_no_ipv6_address_is_public_that_python_knows_as_special(number: int) -> None:
    address = IPv6Address(number)
    if is_public(address) and address.ipv4_mapped is None:
        special = (address.is_multicast, address.is_reserved, address.is_site_local)
        assert address.is_global
        assert not any(special)


@given(st.integers(0, 2**32 - 1))
def test_an_embedded_ipv4_address_is_judged_by_itself(number: int) -> None:
    inside = is_public(IPv4Address(number))
    assert is_public(IPv6Address((0xFFFF << 32) + number)) == inside
    assert is_public(IPv6Address((0x64FF9B << 96) + number)) == inside


def test_the_scope_of_an_address_does_not_matter() -> None:
    assert not AllowedTargets().include("a.example", "fe80::1%eth0")
    assert AllowedTargets.parse("fe80::/10").include("a.example", "fe80::1%eth0")


def test_the_operator_allows_names_addresses_and_networks() -> None:
    allowed = AllowedTargets.parse(" files.internal , 10.1.0.0/16,127.0.0.1, fd12::/16,")
    assert allowed.include("files.internal", "192.168.0.1")
    assert allowed.include("FILES.internal.", "192.168.0.1")
    assert allowed.include("x", "10.1.2.3")
    assert allowed.include("x", "::ffff:10.1.2.3")
    assert allowed.include("x", "127.0.0.1")
    assert allowed.include("x", "fd12::1")
    assert not allowed.include("other.internal", "192.168.0.1")
    assert not allowed.include("x", "10.2.0.1")
    assert not allowed.include("x", "127.0.0.2")


@pytest.mark.parametrize("text", ["10.0.0.0/33", "10.0.0.1/8", "a b", "http://x", "1.2.3", "-a.x"])
def test_what_is_neither_a_name_nor_a_network_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=text):
        AllowedTargets.parse(f"ok.example,{text}")
