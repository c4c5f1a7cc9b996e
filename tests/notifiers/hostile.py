"""Addresses that no channel may have, and resolvers that say what a test wants."""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping
from typing import Any

REFUSED = (
    "", "x", "https://", "https:///x", "//hooks.example.com/x", "hooks.example.com/x", "http://hooks.example.com/x",
    "ftp://hooks.example.com/x", "file:///etc/passwd", "gopher://hooks.example.com/x", "unix:///run/docker.sock",
    "http+unix://%2Frun%2Fdocker.sock/x", "data:text/plain,x", "javascript:alert(1)",
    "https://user@hooks.example.com/x", "https://user:pass@hooks.example.com/x", "https://@hooks.example.com/x",
    "https://hooks.example.com#@127.0.0.1/", "https://hooks.example.com/x#y", "https://hooks.example.com/#",
    "https://evil\\@127.0.0.1/", "https://hooks.example.com\\.internal/", "https://hooks.example.com/\r\nHost: x",
    "https://hooks.example.com/a b", "https://hooks.example.com/\x00", "https://hooks.example.com/ü",
    "https://127。0。0。1/", "https://ⓛocalhost/", "https://bücher.example/x", "https://hooks.exаmple.com/",
    "https://localhost/", "https://LOCALHOST/", "https://a.localhost/", "https://localhost./",
    "https://metadata.google.internal/computeMetadata/v1/", "https://db.internal/", "https://printer.local/",
    "https://nas.lan/", "https://router.home.arpa/", "https://db/", "https://db.corp/",
    "https://127.1/", "https://2130706433/", "https://0x7f.1/", "https://0x7f000001/", "https://017700000001/",
    "https://0177.0.0.1/", "https://127.0.0.1./", "https://1.2.3/", "https://0/", "https://256.1.1.1/",
    "https://[::1", "https://[::ffff:127.0.0.1", "https://[]/", "https://[hooks.example.com]/",
    "https://hooks.example.com:22/", "https://hooks.example.com:25/", "https://hooks.example.com:80/",
    "https://hooks.example.com:6379/", "https://hooks.example.com:0/", "https://hooks.example.com:65536/",
    "https://hooks.example.com:99999999/", "https://hooks.example.com:x/", "https://hooks.example.com:-1/",
    "https://hooks.example.com:４４３/", "https://-hooks.example.com/", "https://hooks..example.com/",
    "https://.example.com/", "https://%6c%6fcalhost/", "https://hooks.example.com%2f.internal/",
    "https://" + "a" * 64 + ".example.com/", "https://hooks.example.com/" + "a" * 2_000,
)  # fmt: skip

INSIDE = (
    "127.0.0.1", "127.1.2.3", "0.0.0.0", "10.0.0.1", "172.16.0.1",  # noqa: S104 - nothing is bound
    "172.31.255.255", "192.168.1.1", "100.64.0.1",
    "169.254.169.254", "169.254.170.2", "192.0.0.1", "192.0.0.8", "192.0.0.192", "192.0.2.1", "198.18.0.1",
    "198.51.100.1", "203.0.113.1", "192.88.99.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:93.184.216.34",
    "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::1", "3fff::1", "5f00::1",
    "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1",
)  # fmt: skip


def resolver(known: Mapping[str, str], *others: str) -> Callable[..., Any]:
    """A stand-in for the system's resolver; every unknown name stands for `others`."""

    def resolve(host: str, port: int, *_more: Any, **_named: Any) -> list[Any]:
        return [_found(address, port) for address in ([known[host]] if host in known else others)]

    return resolve


def rebinding(first: str, *then: str) -> tuple[Callable[..., Any], list[str]]:
    """A name that stands for `first` when asked once and for something else from then on; and who asked."""
    asked: list[str] = []

    def resolve(host: str, port: int, *_more: Any, **_named: Any) -> list[Any]:
        asked.append(host)
        return [_found(address, port) for address in ([first] if len(asked) == 1 else then)]

    return resolve, asked


def _found(address: str, port: int) -> Any:
    if ":" in address:
        return socket.AF_INET6, socket.SOCK_STREAM, 6, "", (address, port, 0, 0)
    return socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)
