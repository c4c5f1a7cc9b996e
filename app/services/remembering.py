"""Results kept in memory for as long as their key holds; a key names everything a result was made from."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import TypeVar

from flask import current_app

PLACES = 128  # results kept in each process; the one unused for longest makes room

Result = TypeVar("Result")
_lock = threading.Lock()


def remembered(key: Hashable, make: Callable[[], Result], place: Hashable = None) -> Result:
    """The result for this key, made if it is not there. Two threads may make the same one; neither waits.

    Large ones name their `place`, where a new result takes that of the one before.
    """
    place = key if place is None else place
    kept: dict[Hashable, tuple[Hashable, Result]] = current_app.extensions.setdefault("report_cache", {})
    with _lock:
        if place in kept and kept[place][0] == key:
            kept[place] = kept.pop(place)
            return kept[place][1]
    result = make()
    with _lock:
        kept.pop(place, None)
        kept[place] = key, result
        while len(kept) > PLACES:
            del kept[next(iter(kept))]
    return result
