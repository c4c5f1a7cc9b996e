"""Messages for Microsoft Teams, as an Adaptive Card for the webhook of a workflow."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from app.notifiers.addresses import Policy
from app.notifiers.message import Message
from app.notifiers.posting import post
from app.notifiers.results import NotSent, Parcel, Sent

TEXT = 2_000
LINES = 40
WHOLE = 16_000  # characters; Teams takes 28 KB
ACTIONS = 6


@dataclass(frozen=True, slots=True)
class Teams:
    """Sends what a Teams channel shows."""

    policy: Policy

    def send(self, parcel: Parcel) -> Sent | NotSent:
        """Post the message as a card."""
        if parcel.message is None:
            return NotSent("not for people", again=False)
        body = json.dumps(payload(parcel.message), ensure_ascii=False).encode()
        return post(parcel.address, {"Content-Type": "application/json"}, body, self.policy)


def payload(message: Message) -> dict[str, Any]:
    """Everything is a text run: unlike a text block it knows no Markdown, so a name stays a name."""
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [_run(message.title, size="large", weight="bolder"), *map(_run, _lines(message))],
        "actions": [{"type": "Action.OpenUrl", "title": text, "url": url} for text, url in message.links[:ACTIONS]],
    }
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return {"type": "message", "attachments": [attachment]}


def _lines(message: Message) -> list[str]:
    """As many as the card takes."""
    lines, left = [], WHOLE
    for line in [line for line in message.lines if line.strip()][:LINES]:
        lines.append(line if len(line) <= TEXT else f"{line[: TEXT - 1]}…")
        left -= len(lines[-1].encode())
        if left < 0:
            return [*lines[:-1], "…"]
    return lines


def _run(text: str, **looks: str) -> dict[str, Any]:
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": text, **looks}]}
