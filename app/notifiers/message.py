"""What is told to people, the same whatever carries it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Message:
    """One thing to tell. Each carrier makes its own form of it.

    `type` is a name such as "nps.dropped"; `title` is one line and never holds a comment's words; `lines` are
    paragraphs of plain text; `links` are texts with their absolute addresses; `data` is what a webhook gets. A mail
    shows `html` where it is given, else the lines. `unsubscribe` is an absolute address where one POST without a body
    that asks anything ends such messages; mails name it in `List-Unsubscribe`.
    """

    type: str
    title: str
    lines: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    html: str | None = None
    unsubscribe: str = ""
