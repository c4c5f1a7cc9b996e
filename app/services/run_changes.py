"""What a run changed: compared with the one before while the rows of both are still there."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any, Literal

import sqlalchemy as sa

from app.extensions import db
from app.models import AnalysisRun, Reading, moves, queries
from app.models.moves import Raised

LARGEST = 10  # moves that are kept, the largest first

Learned = Literal["anew", "further", "followed"]  # from the comments alone, on what was known, not at all
Move = tuple[str | None, str | None]  # from one pain point to another; None is none


def found(survey_id: int, run_id: int, learned: Learned) -> dict[str, Any] | None:
    """How a run that is complete but not shown yet differs from the one that is; None for a first one."""
    old = queries.current_run(survey_id)
    if old is None or old.id == run_id:
        return None
    new = db.session.get_one(AnalysisRun, run_id, populate_existing=True)
    keys = {point.id: point.key for point in queries.catalogue(survey_id)}
    before, after = (_by_key(moves.comments(survey_id, one), keys) for one in (old.id, run_id))
    moved, largest = _moves(survey_id, old.id, run_id, keys)
    return {
        "previous": old.id,
        "why": list(_reasons(old, new, learned)),
        "comments": {"before": _read(old.id), "after": _read(run_id)},
        "pain_points": [
            {"id": key, "before": before.get(key, 0), "after": after.get(key, 0)} for key in sorted({**before, **after})
        ],
        "new": sorted(after.keys() - before.keys()),
        "gone": sorted(before.keys() - after.keys()),
        "moved": moved,
        "moves": [{"from": start, "to": end, "comments": number} for (start, end), number in largest],
    }


def _reasons(old: AnalysisRun, new: AnalysisRun, learned: Learned) -> Iterator[str]:
    if old.method != new.method:
        yield "method changed"
    if learned != "followed":
        yield f"learned {learned}"
    if old.catalogue_version != new.catalogue_version:
        yield "catalogue changed"
    if moves.edited(old.id, new.id):
        yield "answer changed"


def _by_key(counts: Mapping[int, int], keys: Mapping[int, str]) -> dict[str, int]:
    return {keys[id_]: number for id_, number in counts.items() if id_ in keys}


def _read(run_id: int) -> int:
    return db.session.scalar(sa.select(sa.func.count()).where(Reading.run_id == run_id)) or 0


def _moves(survey_id: int, old: int, new: int, keys: Mapping[int, str]) -> tuple[int, list[tuple[Move, int]]]:
    """How many comments moved, and the largest moves."""
    lost = _grouped(moves.only_in(survey_id, old, new), keys)
    won = _grouped(moves.only_in(survey_id, new, old), keys)
    everyone = lost.keys() | won.keys()
    pairs = chain.from_iterable(_paired(lost.get(one, []), won.get(one, [])) for one in everyone)
    ordered = sorted(Counter(pairs).items(), key=lambda item: (-item[1], str(item[0])))
    return len(everyone), ordered[:LARGEST]


def _grouped(raised: Iterator[Raised], keys: Mapping[int, str]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for response, point in raised:
        found[response].append(keys.get(point, ""))
    return found


def _paired(lost: list[str], won: list[str]) -> Iterator[Move]:
    """Every loss of one comment with every gain; alone, it moved from or to nothing."""
    yield from ((start or None, end or None) for start in lost or [""] for end in won or [""])
