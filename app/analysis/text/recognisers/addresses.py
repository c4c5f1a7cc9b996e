"""Addresses: of people in the mail, and of machines in the net."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import AddressValueError, IPv4Address, IPv6Address

from app.analysis.types import Span

_RUN = "\u0e00-\u0e7f\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uff66-\uff9f"  # scripts without spaces stand against it
_SIGNS = "!#$%&'*+/=?^`{|}~."
# Read from the @ backwards: letters that are part of the sentence, as in 宛先はa@example.jp, do not belong to it.
_LOCAL = re.compile(rf"(?:(?:[^\W{_RUN}]|[{re.escape(_SIGNS)}-]){{1,64}}|[{_RUN}\w.-]{{1,64}})")
_DOMAIN = re.compile(
    r"(?:[A-Za-z0-9-]{1,63}\.){1,8}(?:xn--[A-Za-z0-9-]{1,59}|[A-Za-z]{2,24})(?![A-Za-z])"
    r"|(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}"
)
_LEADING = ".'`{|}/*=?!&"  # what stands before an address rather than in it, as in "mailto=" or a quotation mark

_IPV4 = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w]|\.\d)", re.ASCII)
_IPV6 = re.compile(r"(?<![\w:.])[0-9A-Fa-f:]{4,39}(?:(?<=:)\d{1,3}(?:\.\d{1,3}){3})?(?![\w:])", re.ASCII)
_VERSION = re.compile(
    r"(?:\bv|\bver|vers\w{0,6}|wers\w{0,6}|верси\w{0,3}|release|build|firmware|バージョン|إصدار|الإصدار)[ .:#=]{0,3}$",
    re.IGNORECASE,
)
_BEFORE = 24  # characters in which a word for a version is looked for


def mail(text: str) -> Iterator[Span]:
    """E-mail addresses as people write them: one @, a domain with a dot."""
    mirrored, last = text[::-1], 0
    at = text.find("@")
    while at >= 0:
        local, domain = _LOCAL.match(mirrored, len(text) - at, len(text) - last), _DOMAIN.match(text, at + 1)
        if local and domain and (start := _name_starts(text, at - len(local[0]), at)) < at:
            yield Span(start, domain.end())
            last = domain.end()
        at = text.find("@", max(at + 1, last))


def _name_starts(text: str, start: int, at: int) -> int:
    while start < at and text[start] in _LEADING:
        start += 1
    return start


def net(text: str) -> Iterator[Span]:
    """IPv4 and IPv6 addresses; no versions, times, names of code, or "::" alone."""
    for match in _IPV4.finditer(text):
        if _is_ipv4(match[0]) and not _VERSION.search(text[max(0, match.start() - _BEFORE) : match.start()]):
            yield Span(*match.span())
    for match in _IPV6.finditer(text):
        address = match[0].rstrip(":") if match[0].endswith(":") and not match[0].endswith("::") else match[0]
        if _is_ipv6(address):
            yield Span(match.start(), match.start() + len(address))


def _is_ipv4(address: str) -> bool:
    """Four single digits are the number of a version or of a chapter."""
    try:
        IPv4Address(address)
    except AddressValueError:
        return False
    return len(address) > len("1.2.3.4")


def _is_ipv6(address: str) -> bool:
    groups = [group for group in address.split(":") if group]
    if len(groups) < 3 or not any(char.isdigit() for char in address):
        return False
    try:
        IPv6Address(address)
    except AddressValueError:
        return False
    return True
