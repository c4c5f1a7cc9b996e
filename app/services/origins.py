"""Sites that may embed a widget, as people write them: one on a line, and made exact where the meaning is plain."""

from __future__ import annotations

import re
from collections.abc import Sequence

HOST = r"(?:\*\.)?[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*"
ORIGIN = re.compile(rf"https?://{HOST}(?::[0-9]{{1,5}})?")
MOST = 50  # a header names them all


def read(text: str) -> list[str]:
    """The sites of a text, each once, in its order. Whether they are any, `problems` says."""
    return each(text.split())


def each(sites: Sequence[str]) -> list[str]:
    """These sites made exact, each once, in their order."""
    return list(dict.fromkeys(map(exact, sites)))


def problems(sites: Sequence[str]) -> list[str]:
    """What is wrong with these sites, a sentence for each that cannot be used."""
    found = [problem for site in sites if (problem := wrong(site))]
    if len(sites) > MOST:
        found.append(f"Name at most {MOST} sites; https://*.example.com stands for all below example.com.")
    return found


def exact(line: str) -> str:
    """In lower case, without a slash at the end, and an international name as it goes over the wire."""
    scheme, mark, rest = line.strip().lower().rstrip("/").partition("://")
    host, *port = rest.split(":", 1)
    if not host.isascii():
        try:
            host = host.encode("idna").decode()
        except UnicodeError:
            return line
    return f"{scheme}{mark}{':'.join([host, *port])}"


def wrong(origin: str) -> str:
    """Why this is no site that a browser compares with; empty when it is one."""
    if ORIGIN.fullmatch(origin):
        return ""
    if ORIGIN.fullmatch(f"https://{origin}"):
        return f"{origin}: begin with https:// or http://, such as https://{origin}."
    if (found := ORIGIN.match(origin)) and origin[found.end() :][:1] in {"/", "?", "#"}:
        return f"{origin}: leave out what follows the host, such as {found[0]}."
    return f"{origin}: write it as https://www.example.com, with a port if it has one of its own."
