"""F10: every schema there ever was is brought to the newest one, and killed on the way."""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import flask_migrate
import sqlalchemy as sa
from alembic.script import ScriptDirectory

from faults.children import killed
from faults.copies import of
from faults.judge import integrity
from faults.places import ROOT, Place, databases, installed
from faults.rows import Row
from faults.sizes import Sizes

MIGRATIONS = ROOT / "migrations"
BEGAN = datetime(2026, 1, 1, 12, tzinfo=UTC)
KEPT = (
    "SELECT id, nonce, score, comment, CAST(created_at AS TEXT) FROM response ORDER BY id",
    "SELECT id, webhook_id, response_id FROM event ORDER BY id",
)


def killed_on_the_way(sizes: Sizes) -> Iterator[Row]:
    """From each schema: let it end once, then kill it again and again. Without a release yet, all schemas count."""
    for database in databases():
        with installed(database, ()) as place:
            counts, problems = Counter[str](), set[str]()
            schemas = _schemas()[: sizes.revisions]
            _begin(place, schemas[0], sizes.answers)
            for schema in schemas:
                _kill(place, schema, sizes.migration_kills // 2, counts, problems)
        yield Row(
            id="F10",
            what=f"{len(schemas)} schemas with {sizes.answers:,} answers each to the newest, on {database}",
            kills=counts["old"] + counts["new"],
            lost=counts["differing"],
            found=f"left by a kill: the old schema {counts['old']} times, the new one {counts['new']} times, another "
            f"{counts['other']}; integrity {'; '.join(sorted(problems))}",
            target=f"{sizes.migration_kills // 2} kills of each; every row and checksum equal, old or new schema",
            is_met=not counts["differing"] and not counts["other"] and problems == {"ok"},
        )


def _schemas() -> Sequence[str]:
    """Every schema but the newest, the oldest first."""
    return [one.revision for one in ScriptDirectory(str(MIGRATIONS)).walk_revisions()][:0:-1]


def _begin(place: Place, schema: str, answers: int) -> None:
    """The oldest schema with answers in it, as its own version would have left them."""
    with place.inside():
        from app.extensions import db

        flask_migrate.downgrade(str(MIGRATIONS), revision="base")
        flask_migrate.upgrade(str(MIGRATIONS), revision=schema)
        with db.engine.begin() as connection:
            for name, rows in _rows(answers).items():
                connection.execute(_table(connection, name).insert(), rows)


def _table(connection: sa.Connection, name: str) -> sa.TableClause:
    """A table with the columns it has now and the types it has today."""
    from app.models import Base

    there = {column["name"] for column in sa.inspect(connection).get_columns(name)}
    columns = [column for column in Base.metadata.tables[name].columns if column.name in there]
    return sa.table(name, *[sa.column(column.name, column.type) for column in columns])


def _rows(answers: int) -> dict[str, list[dict[str, Any]]]:
    survey: dict[str, Any] = {"id": 1, "key": "shop", "name": "Shop", "kind": "relationship", "language": "en"}
    survey |= {
        "timezone": "UTC",
        "allowed_origins": [],
        "requires_signed": False,
        "window_days": 90,
        "created_at": BEGAN,
    }
    moments = [BEGAN + timedelta(minutes=7 * number) for number in range(answers)]
    said = [(number + 1, number % 11, f"Größe {number} fehlt, 好" if number % 3 else None) for number in range(answers)]
    return {
        "survey": [survey],
        "response": [
            {
                "id": id_, "survey_id": 1, "nonce": f"nonce-{id_}", "revision": 1, "score": score, "comment": comment,
                "identity": "anonymous", "attributes": {}, "source": "widget", "created_at": at, "updated_at": at,
            }
            for (id_, score, comment), at in zip(said, moments, strict=True)
        ],
        "event": [
            {
                "id": id_, "webhook_id": f"msg_{id_}", "type": "response.created", "survey_id": 1, "response_id": id_,
                "body": b"{}", "created_at": at,
            }
            for (id_, _, _), at in zip(said, moments, strict=True)
        ],
    }  # fmt: skip


def _kill(place: Place, schema: str, kills: int, counts: Counter[str], problems: set[str]) -> None:
    """All kills on the way from one schema, which is what the place has in the end."""
    with place.inside():
        flask_migrate.upgrade(str(MIGRATIONS), revision=schema)
    copies, moments = of(place), random.Random(schema)
    copies.keep()
    before = _look(place)[1]
    _, whole = killed(_upgrade, place.settings, None)
    problems.add(_ended(place, before, counts))
    copies.put_back()
    for _ in range(kills):
        killed(_upgrade, place.settings, moments.uniform(0, whole))
        found, after = _look(place)
        counts["differing"] += after != before
        kind = "old" if found == schema else "new" if found == _newest() else "other"
        counts[kind] += 1
        if kind != "old":
            copies.put_back()


def _upgrade() -> None:
    from app.services import installation

    installation.upgrade()


def _newest() -> str | None:
    return ScriptDirectory(str(MIGRATIONS)).get_current_head()


def _look(place: Place) -> tuple[str | None, str]:
    """The schema, and a hash of what people said."""
    with place.inside():
        from app.extensions import db
        from app.services import installation

        with db.engine.connect() as connection:
            rows = [connection.exec_driver_sql(query).fetchall() for query in KEPT]
        return installation.schema(), hashlib.sha256(repr(rows).encode()).hexdigest()


def _ended(place: Place, before: str, counts: Counter[str]) -> str:
    """What a migration that nobody killed leaves."""
    counts["differing"] += _look(place)[1] != before
    with place.inside():
        return integrity()
