"""F9: backups while people answer, each put back elsewhere and looked into."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from faults.clients import Crowd, Thanked
from faults.judge import Verdict, look
from faults.places import KEY, Place, databases, installed, programs
from faults.rows import Row
from faults.sizes import Sizes

CLIENTS = 8
AT = datetime(2100, 1, 1, tzinfo=UTC)  # the same for two reports, later than every answer


def under_load(sizes: Sizes) -> Iterator[Row]:
    """Whatever was thanked for before a backup began must be in it, and the last one must give the same report."""
    for database in databases():
        with installed(database, programs(sizes.jobs)) as place, installed(database, ()) as elsewhere:
            taken, crowd = _take(place, sizes.backups // 2)
            place.kill()
            verdicts = [_restored(elsewhere, copy, thanked) for copy, thanked in taken]
            is_same = _report(place) == _report(elsewhere)
        bad = [verdict for verdict in verdicts if not verdict.is_clean]
        yield Row(
            id="F9",
            what=f"{len(verdicts)} backups under load, each restored, on {database}",
            acknowledged=len(crowd.thanked),
            lost=sum(verdict.lost for verdict in verdicts),
            doubled=sum(verdict.doubled for verdict in verdicts),
            found=f"{len(bad)} failures{f' ({bad[0]})' if bad else ''}; "
            f"a quiet one gives {'the same' if is_same else 'ANOTHER'} report",
            target="0 failures, 0 missing, the same report",
            is_met=not bad and is_same and not crowd.wrong,
        )


def _take(place: Place, number: int) -> tuple[list[tuple[Path, dict[str, Thanked]]], Crowd]:
    """Backups with what had been thanked for when each began; the last one when nobody answers any more."""
    taken = []
    place.start()
    place.wait()
    with Crowd(place.port, CLIENTS) as crowd, place.inside():
        for one in range(number - 1):
            crowd.wait_for_one_more()
            taken.append(_backup(place, one, crowd))
    with place.inside():
        taken.append(_backup(place, number, crowd))
    return taken, crowd


def _backup(place: Place, number: int, crowd: Crowd) -> tuple[Path, dict[str, Thanked]]:
    from app.services import backups

    thanked = dict(crowd.thanked)
    suffix = ".dump" if place.server else ".db"
    return backups.make(place.folder / "copies" / f"{number}{suffix}"), thanked


def _restored(elsewhere: Place, copy: Path, thanked: dict[str, Thanked]) -> Verdict:
    """Put it back where nothing runs, and compare."""
    from app.services import backups

    with elsewhere.inside():
        kept, _ = backups.restore(copy)
        kept.unlink()
        return look(thanked)


def _report(place: Place) -> str:
    with place.inside():
        from app.reports.filters import Filters
        from app.reports.report_json import to_json
        from app.services import reports, surveys

        return json.dumps(to_json(reports.build(surveys.get(KEY), Filters(), AT)), sort_keys=True)
