"""Messages for Slack, and for what takes the same payload (Mattermost, Rocket.Chat)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from app.notifiers.addresses import Policy
from app.notifiers.message import Message
from app.notifiers.posting import post
from app.notifiers.results import NotSent, Parcel, Sent

TITLE = 150
TEXT = 2_900
BLOCKS = 45  # Slack takes 50


@dataclass(frozen=True, slots=True)
class Slack:
    """Sends what a Slack channel shows."""

    policy: Policy

    def send(self, parcel: Parcel) -> Sent | NotSent:
        """Post the message as blocks, with the same in words for what shows no blocks."""
        if parcel.message is None:
            return NotSent("not for people", again=False)
        body = json.dumps(payload(parcel.message)).encode()
        return post(parcel.address, {"Content-Type": "application/json"}, body, self.policy)


def payload(message: Message) -> dict[str, Any]:
    """Title and lines are plain text, where nothing is markup; only links are written in Slack's own way."""
    lines = [line for line in message.lines if line.strip()][: BLOCKS - 2]
    blocks = [{"type": "header", "text": _plain(message.title, TITLE)}]
    blocks += [{"type": "section", "text": _plain(line, TEXT)} for line in lines]
    if message.links:
        links = " · ".join(_link(text, address) for text, address in message.links)
        blocks.append({"type": "section", "text": {"type": "mrkdwn", "text": links[:TEXT], "verbatim": True}})
    said = "\n".join([message.title, *lines, *(f"{text}: {address}" for text, address in message.links)])
    return {"text": _escaped(said)[:TEXT], "mrkdwn": False, "blocks": blocks}


def _plain(text: str, most: int) -> dict[str, Any]:
    return {"type": "plain_text", "text": text if len(text) <= most else f"{text[: most - 1]}…", "emoji": False}


def _link(text: str, address: str) -> str:
    return f"<{_escaped(address).replace('|', '%7C')}|{_escaped(text).replace('|', '∣')}>"


def _escaped(text: str) -> str:
    """A name stays a name: no link, no mention of everybody."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("@", "@\u200b")
