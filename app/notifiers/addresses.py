"""Which URLs may be called. The same check when a channel is made, changed, tested, replayed and sent to.

A name is resolved once, every address of it must be public, and the connection goes to what was checked.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

LONGEST = 2_000
PORTS = frozenset({443, 8443})
DEFAULT_PORTS = {"https": 443, "http": 80}
PRINTABLE = re.compile(r"[!-\[\]-~]+")  # ASCII without spaces, controls and the backslash
NAME = re.compile(r"(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z][a-z0-9-]*[a-z0-9]|localhost")
INSIDE = ("localhost", "internal", "local", "localdomain", "lan", "intranet", "corp", "home", "private", "home.arpa")
V4_NO = [ipaddress.ip_network(text) for text in ("192.0.0.0/24", "192.88.99.0/24")]
V6_YES = ipaddress.ip_network("2000::/3")
V6_NO = [ipaddress.ip_network(text) for text in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")]


class RefusedAddress(ValueError):  # noqa: N818 - it is the reason that people see
    """This address is not called. The text says why and does not repeat it."""


class UnknownName(RefusedAddress):
    """Nobody knows the name, which may be better tomorrow."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What an installation allows: these ports, and for development http and any port of the own machine."""

    ports: frozenset[int] = PORTS
    loopback: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """A URL that was checked, with the addresses that its name stood for at that moment."""

    scheme: str
    host: str
    port: int
    path: str
    addresses: tuple[str, ...]


def check(url: str, policy: Policy) -> Target:
    """Resolve and check a URL; RefusedAddress unless it may be called."""
    parts = _parts(url)
    host, port = _host(parts), _port(parts)
    addresses = _resolve(host, port)
    is_own = policy.loopback and all(ipaddress.ip_address(one).is_loopback for one in addresses)
    if not is_own:
        _check_public(parts.scheme, host, port, addresses, policy)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host, port, path, addresses)


def host_of(url: str) -> str:
    """The part of a URL that people may see."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def is_public(text: str) -> bool:
    """Whether an IP address is one of the whole internet. `is_global` alone lets in what leads to private networks."""
    address = ipaddress.ip_address(text)
    if isinstance(address, ipaddress.IPv6Address):
        is_ours = address.scope_id is None and address in V6_YES and address.is_global
        return is_ours and not any(address in network for network in V6_NO)
    is_plain = address.is_global and not address.is_multicast and not address.is_reserved
    return is_plain and not any(address in network for network in V4_NO)


def _parts(url: str) -> SplitResult:
    if not PRINTABLE.fullmatch(url) or len(url) > LONGEST:
        raise RefusedAddress("Write the URL as https://host/path, in ASCII and without spaces.")
    try:
        parts = urlsplit(url)
    except ValueError:
        raise RefusedAddress("This is not a URL.") from None
    if parts.scheme not in DEFAULT_PORTS or not parts.netloc:
        raise RefusedAddress("The URL must begin with https://.")
    if "@" in parts.netloc or parts.fragment or "#" in url:
        raise RefusedAddress("The URL must not hold a user, a password or a “#”.")
    return parts


def _host(parts: SplitResult) -> str:
    host = parts.hostname or ""
    if parts.netloc.startswith("["):
        return _ip_address(host)
    if re.fullmatch(r"[0-9.]+", host):
        return _ip_address(host)
    if not NAME.fullmatch(host):
        raise RefusedAddress("The host of the URL is not a name such as hooks.example.com.")
    return host


def _ip_address(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise RefusedAddress("The host of the URL is not an IP address as it is usually written.") from None


def _port(parts: SplitResult) -> int:
    try:
        port = parts.port
    except ValueError:
        port = 0
    return DEFAULT_PORTS[parts.scheme] if port is None else port


def _resolve(host: str, port: int) -> tuple[str, ...]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise UnknownName("The host of the URL is unknown.") from None
    return tuple(dict.fromkeys(str(one[4][0]) for one in found))


def _check_public(scheme: str, host: str, port: int, addresses: tuple[str, ...], policy: Policy) -> None:
    if scheme != "https":
        raise RefusedAddress("The URL must begin with https://.")
    if port not in policy.ports:
        allowed = ", ".join(map(str, sorted(policy.ports)))
        raise RefusedAddress(f"The port of the URL is not one of {allowed}.")
    is_inside = any(host == name or host.endswith(f".{name}") for name in INSIDE)
    if is_inside or not addresses or not all(map(is_public, addresses)):
        raise RefusedAddress("The URL leads into a private network.")
