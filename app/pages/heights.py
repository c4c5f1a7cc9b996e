"""How high each step of the widget is, as `scripts/heights.py` measured it in Chromium."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache

from app.pages.widget_styles import WIDGET

FILE = WIDGET / "embed" / "heights.json"
STEPS = ("score", "comment", "thanks")
NAME = "Blue Heron Analytics"  # what was measured with: twenty characters
WIDTHS = (280, 320, 360, 420, 480, 560, 640, 800, 1200)
NARROW = 340  # what the snippets reserve below 480 pixels of width
WIDE = 260  # and from there on
WIDE_FROM = 480


def reserved(width: int) -> int:
    """The height that the snippets set for a frame of this width."""
    return WIDE if width >= WIDE_FROM else NARROW


@cache
def measured() -> Mapping[str, Mapping[str, list[int]]]:
    """By language and width, the height of each step."""
    found: Mapping[str, Mapping[str, list[int]]] = json.loads(FILE.read_text("utf-8"))
    return found


def of(locale: str) -> list[tuple[int, list[int], int]]:
    """Width, the heights of the steps, and what to set, for one language."""
    return [(int(width), steps, reserved(int(width))) for width, steps in measured()[locale].items()]
