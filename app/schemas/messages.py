"""What marshmallow found wrong, by field and in one flat form."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Errors = dict[str, list[str]]


def by_field(messages: Any) -> Errors:
    """`{"score": ["…"], "attributes.plan": ["…"]}`; what concerns the whole body stands under `_schema`."""
    found: Errors = {}
    for name, text in _flat(messages, ""):
        found.setdefault(name, []).append(text)
    return found


def _flat(messages: Any, path: str) -> Iterator[tuple[str, str]]:
    if not isinstance(messages, dict):
        yield from ((path, str(text)) for text in ([messages] if isinstance(messages, str) else messages))
        return
    for name, more in messages.items():
        yield from _flat(more, f"{path}.{name}" if path else str(name))
