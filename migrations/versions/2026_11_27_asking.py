"""when to ask, how often it was asked, and answers that wait in quarantine"""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op


revision = "2026_11_27_asking"
down_revision = "2026_11_27_receipt_codes"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STRICT = {"sqlite_strict": True}
NEVER_AGAIN = {"sqlite_strict": True, "sqlite_autoincrement": True}
FILLED = {  # columns that old rows need a value in
    "survey": [
        ("sample_rate", sa.Double(), "1"),
        ("sample_days", sa.Integer(), "90"),
        ("rest_after_relationship", sa.Integer(), "0"),
        ("rest_after_touchpoint", sa.Integer(), "0"),
        ("audience", sa.Text(), ""),
    ],
    "response": [("counts", sa.Boolean(), sa.true()), ("has_load", sa.Boolean(), sa.false())],
}
CHECKS = {
    "sample_rate": "sample_rate BETWEEN 0 AND 1",
    "sample_days": "sample_days >= 1",
    "daily_cap": "daily_cap >= 1",
    "rest": "rest_after_relationship >= 0 AND rest_after_touchpoint >= 0",
}


@contextmanager
def ids_given() -> Iterator[None]:
    """A new table on SQLite knows the ids it holds, not those of erased answers: the count of the old one is kept."""
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        yield
        return
    given = connection.scalar(sa.text("SELECT seq FROM sqlite_sequence WHERE name = 'response'"))
    yield
    if given is not None:
        connection.execute(sa.text("DELETE FROM sqlite_sequence WHERE name = 'response'"))
        kept = sa.text("INSERT INTO sqlite_sequence (name, seq) VALUES ('response', :given)")
        connection.execute(kept, {"given": given})


def upgrade() -> None:
    for table, columns in FILLED.items():
        for name, kind, value in columns:
            op.add_column(table, sa.Column(name, kind, nullable=False, server_default=value))
    op.execute("UPDATE survey SET rest_after_relationship = 14, rest_after_touchpoint = 30 WHERE kind = 'touchpoint'")

    with op.batch_alter_table("survey", table_kwargs=STRICT) as batch_op:
        for name, kind, _ in FILLED["survey"]:
            batch_op.alter_column(name, existing_type=kind, server_default=None)
        batch_op.add_column(sa.Column("daily_cap", sa.Integer(), nullable=True))
        for name, condition in CHECKS.items():
            batch_op.create_check_constraint(op.f(f"ck_survey_{name}"), condition)

    with op.batch_alter_table("respondent", table_kwargs=STRICT) as batch_op:
        batch_op.add_column(sa.Column("shown_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index("ix_respondent_subject", ["subject"], unique=False)

    with ids_given(), op.batch_alter_table("response", table_kwargs=NEVER_AGAIN) as batch_op:
        for name, kind, _ in FILLED["response"]:
            batch_op.alter_column(name, existing_type=kind, server_default=None)
        batch_op.add_column(sa.Column("quarantine", sa.Text(), nullable=True))
    held = sa.text("quarantine IS NOT NULL")
    op.create_index(
        "ix_response_quarantine", "response", ["survey_id", "id"], sqlite_where=held, postgresql_where=held
    )

    op.create_table(
        "load",
        sa.Column("id", ID, nullable=False),
        sa.Column("survey_id", ID, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("touchpoint", sa.Text(), nullable=False),
        sa.Column("loads", sa.Integer(), nullable=False),
        sa.Column("turned_away", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["survey.id"], name=op.f("fk_load_survey_id_survey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_load")),
        sa.UniqueConstraint("survey_id", "day", "touchpoint", name=op.f("uq_load_survey_id_day_touchpoint")),
        sqlite_strict=True,
    )

    op.create_table(
        "quarantine_decision",
        sa.Column("id", ID, nullable=False),
        sa.Column("survey_id", ID, nullable=False),
        sa.Column("response_id", ID, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.CheckConstraint("decision IN ('include', 'exclude')", name=op.f("ck_quarantine_decision_decision")),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["survey.id"], name=op.f("fk_quarantine_decision_survey_id_survey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantine_decision")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("quarantine_decision") as batch_op:
        batch_op.create_index("ix_quarantine_decision_survey", ["survey_id", "id"], unique=False)


def downgrade() -> None:
    op.drop_table("quarantine_decision")
    op.drop_table("load")
    op.drop_index("ix_response_quarantine", "response")
    with ids_given(), op.batch_alter_table("response", table_kwargs=NEVER_AGAIN) as batch_op:
        for name in ("quarantine", "counts", "has_load"):
            batch_op.drop_column(name)
    with op.batch_alter_table("respondent", table_kwargs=STRICT) as batch_op:
        batch_op.drop_index("ix_respondent_subject")
        batch_op.drop_column("shown_at")
    with op.batch_alter_table("survey", table_kwargs=STRICT) as batch_op:
        for name in CHECKS:
            batch_op.drop_constraint(op.f(f"ck_survey_{name}"), type_="check")
        for name in ("daily_cap", *(name for name, _, _ in FILLED["survey"])):
            batch_op.drop_column(name)
