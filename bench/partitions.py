"""`python -m bench.partitions`: what monthly partitions and roll-ups would bring and cost, tried on PostgreSQL.

Nothing of it is part of Whyscore; docs/scale.md draws its conclusions from it. PARTITIONED=200000 makes it smaller.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench import server, tens
from bench.machine import machine

SIZE = int(os.environ.get("PARTITIONED", "1_000_000"))
NEW = 20_000  # answers that are inserted one by one
LOOKS = 2_000
COPIES = """
CREATE TABLE plain (LIKE response INCLUDING ALL);
CREATE TABLE parted (LIKE response INCLUDING DEFAULTS) PARTITION BY RANGE (created_at);
ALTER TABLE parted ADD PRIMARY KEY (id, created_at), ADD UNIQUE (survey_id, nonce, created_at);
CREATE INDEX ON parted (survey_id, created_at);
CREATE INDEX ON parted (respondent_id, created_at);
CREATE INDEX ON parted (code_hash);
CREATE TABLE nonce (survey_id bigint, nonce text, response_id bigint NOT NULL, PRIMARY KEY (survey_id, nonce));
DO $$ DECLARE first date; BEGIN
FOR first IN
  SELECT generate_series(date_trunc('month', now() - interval '37 months'), now() + interval '1 month', '1 month')
LOOP EXECUTE format('CREATE TABLE parted_%s PARTITION OF parted FOR VALUES FROM (%L) TO (%L)',
  to_char(first, 'YYYY_MM'), first, first + interval '1 month'); END LOOP; END $$;
INSERT INTO plain SELECT * FROM response;
INSERT INTO parted SELECT * FROM response;
INSERT INTO nonce SELECT survey_id, nonce, id FROM response;
ANALYZE plain; ANALYZE parted; ANALYZE nonce;
"""
ROLLED = """
CREATE TABLE scores AS SELECT survey_id, created_at::date AS day, language, touchpoint, score, count(*) AS n
  FROM response GROUP BY 1, 2, 3, 4, 5;
CREATE INDEX ON scores (survey_id, day);
CREATE TABLE raised AS SELECT r.survey_id, r.created_at::date AS day, m.pain_point_id,
    CASE WHEN score > 8 THEN 'promoter' WHEN score > 6 THEN 'passive' ELSE 'detractor' END AS is_of, count(*) AS n
  FROM mention m JOIN response r ON r.id = m.response_id GROUP BY 1, 2, 3, 4;
CREATE INDEX ON raised (survey_id, day);
ANALYZE scores; ANALYZE raised;
"""
INSERT = """
INSERT INTO {table} (id, survey_id, nonce, revision, score, identity, counts, has_load, attributes, source, created_at,
  updated_at)
VALUES (%s, %s, %s, 1, 3, 'anonymous', true, true, '{{}}', 'widget', now(), now()) ON CONFLICT DO NOTHING"""
PERIOD = """
SELECT score, count(*) FROM {table} WHERE survey_id = %s AND created_at > now() - interval '{days} days' GROUP BY 1"""
ROLLED_UP = """
SELECT {what}, sum(n) FROM {{table}} WHERE survey_id = %s AND day > now() - interval '365 days' GROUP BY {what}"""
NONCE = "INSERT INTO nonce VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"
OLD = "now() - interval '24 months'"


def main() -> None:
    """Print a line for each trial."""
    from tests.postgresql import Server

    print(machine(), "\n\n| trial | plain | monthly partitions |\n| --- | --- | --- |")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
        environment = server.settings(folder / "data")
        (folder / "server").mkdir()
        folder.chmod(0o755)
        running = stack.enter_context(Server(folder / "server", is_durable=True))
        environment["DATABASE_URL"] = running.create("whyscore")
        server.flask(environment, "db", "upgrade")
        with server.application(environment).app_context():
            from app.extensions import db

            survey, _ = tens.fill(SIZE)
            raw = db.engine.raw_connection()
            trial = Trial(raw.driver_connection, survey.id)
            for row in trial.rows():
                print(f"| {' | '.join(row)} |", flush=True)
            raw.invalidate()
            db.session.remove()
            db.engine.dispose()


class Trial:
    """Both tables beside each other in one database."""

    def __init__(self, raw: Any, survey_id: int) -> None:
        raw.rollback()
        raw.autocommit = True
        self.cursor, self.survey_id = raw.cursor(), survey_id
        self.cursor.execute("SET statement_timeout = 0")
        self.cursor.execute(COPIES)

    def rows(self) -> Iterator[list[str]]:
        """Every trial on both."""
        yield ["bytes for each answer, table + keys and indexes", *map(self._bytes, ("plain", "parted"))]
        yield ["its nonces in a table of their own, bytes", "", self._bytes("nonce")]
        yield [f"{NEW:,} inserts one by one, in one transaction, each", *map(self._inserts, ("plain", "parted"))]
        yield ["the same and its nonce first", "", self._inserts("parted", with_nonce=True)]
        for what, column in (("id", "id"), ("nonce", "nonce")):
            yield [f"look-up by {what} alone", *(self._looks(table, column) for table in ("plain", "parted"))]
        for days in (30, 365):
            query = PERIOD.format(table="{table}", days=days)
            yield [f"GROUP BY score over {days} days", *(self._best(query, table) for table in ("plain", "parted"))]
        yield ["all that is older than 24 months goes", self._delete(), self._drop()]
        yield from self._rolled()

    def _rolled(self) -> Iterator[list[str]]:
        made = self._ms(ROLLED)
        for table in ("scores", "raised"):
            rows = self._one(f"SELECT count(*) FROM {table}")  # noqa: S608
            size = self._one("SELECT pg_total_relation_size(%s)", table)
            yield [f"roll-up {table} by day: rows", f"{rows:,} rows, {size / 2**20:.1f} MiB", ""]
        yield ["both made from nothing", f"{made / 1000:.1f} s", ""]
        yield ["roll-up, scores of 365 days", self._best(ROLLED_UP.format(what="score"), "scores"), ""]
        yield ["roll-up, points of 365 days", self._best(ROLLED_UP.format(what="pain_point_id, is_of"), "raised"), ""]

    def _bytes(self, table: str) -> str:
        asked = """SELECT sum(pg_table_size(relid)), sum(pg_indexes_size(relid)) FROM
          (SELECT relid FROM pg_partition_tree(%s::regclass) UNION SELECT %s::regclass) parts"""
        rows, indexes = self.cursor.execute(asked, [table, table]).fetchone()
        return f"{rows / SIZE:.0f} + {indexes / SIZE:.0f}"

    def _inserts(self, table: str, *, with_nonce: bool = False) -> str:
        first = 10 * SIZE + (NEW if with_nonce else 0)
        began = time.monotonic()
        self.cursor.execute("BEGIN")
        for number in range(first, first + NEW):
            if with_nonce:
                self.cursor.execute(
                    NONCE,
                    [self.survey_id, f"x{number}", number],
                )
            self.cursor.execute(INSERT.format(table=table), [number, self.survey_id, f"x{number}"])
        self.cursor.execute("COMMIT")
        return f"{1e6 * (time.monotonic() - began) / NEW:.0f} µs"

    def _looks(self, table: str, column: str) -> str:
        query = f"SELECT score FROM {table} WHERE survey_id = %s AND {column} = %s"  # noqa: S608
        began = time.monotonic()
        for number in range(1, LOOKS + 1):
            wanted = number * (SIZE // LOOKS)
            self.cursor.execute(query, [self.survey_id, wanted if column == "id" else f"n{wanted}"]).fetchone()
        return f"{1e6 * (time.monotonic() - began) / LOOKS:.0f} µs"

    def _delete(self) -> str:
        deleted = self._ms(f"DELETE FROM plain WHERE created_at < {OLD}")  # noqa: S608
        return f"{deleted:.0f} ms, then VACUUM {self._ms('VACUUM plain'):.0f} ms; {self._bytes('plain')} bytes stay"

    def _drop(self) -> str:
        asked = f"SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'parted'::regclass AND inhrelid::regclass::text < 'parted_' || to_char({OLD}, 'YYYY_MM')"  # noqa: S608, E501
        names = [str(name) for (name,) in self.cursor.execute(asked).fetchall()]
        return f"{self._ms('DROP TABLE ' + ', '.join(names)):.0f} ms; {self._bytes('parted')} bytes stay"

    def _best(self, query: str, table: str) -> str:
        times = [self._ms(query.format(table=table), self.survey_id) for _ in range(5)]
        return f"{sorted(times)[2]:.1f} ms"

    def _one(self, query: str, *values: object) -> Any:
        return self.cursor.execute(query, values).fetchone()[0]

    def _ms(self, query: str, *values: object) -> float:
        began = time.monotonic()
        self.cursor.execute(query, values or None)
        return 1000 * (time.monotonic() - began)


if __name__ == "__main__":
    main()
