"""Which browser a session belongs to, in two words that its owner recognises and that tell nobody else apart."""

from __future__ import annotations

PROGRAMS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrom", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)


def name(agent: str) -> str:
    """Such as "Firefox, Linux"; empty for a browser that says nothing we know."""
    found = [next((said for mark, said in known if mark in agent), "") for known in (PROGRAMS, SYSTEMS)]
    return ", ".join(filter(None, found))
