"""Results kept in memory for as long as their key holds; a key names everything a result was made from."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import TypeVar

from flask import current_app

PLACES = 128  # results kept in each process; the one unused for longest makes room

Result = TypeVar("Result")
_lock = threading.Lock()


def remembered(key: Hashable, make: Callable[[], Result]) -> Result:
    """The result for this key, made if it is not there. Two threads may make the same one; neither waits."""
    kept: dict[Hashable, Result] = current_app.extensions.setdefault("report_cache", {})
    with _lock:
        if key in kept:
            kept[key] = kept.pop(key)
            return kept[key]
    result = make()
    with _lock:
        kept[key] = result
        while len(kept) > PLACES:
            del kept[next(iter(kept))]
    return result
