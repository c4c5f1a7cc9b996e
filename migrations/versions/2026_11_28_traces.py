"""what is still to be read, and traces by which a report knows what has changed"""

import sqlalchemy as sa
from alembic import op


revision = "2026_11_28_traces"
down_revision = "2026_11_28_cases"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STRICT = {"sqlite_strict": True}
COUNTERS = {"survey": "erasures", "analysis_run": "edition", "reading": "edition"}
UNREAD = """
    INSERT INTO unread (survey_id, response_id, revision)
    SELECT survey_id, id, revision FROM response
    WHERE comment IS NOT NULL AND counts AND NOT EXISTS (
        SELECT 1 FROM reading JOIN current_run ON current_run.run_id = reading.run_id
        WHERE reading.response_id = response.id AND reading.revision = response.revision
        AND current_run.survey_id = response.survey_id
    )
"""


def upgrade() -> None:
    op.create_table(
        "unread",
        sa.Column("survey_id", ID, nullable=False),
        sa.Column("response_id", ID, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["survey.id"], name=op.f("fk_unread_survey_id_survey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["response_id"], ["response.id"], name=op.f("fk_unread_response_id_response"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("response_id", "revision", name=op.f("pk_unread")),
        sqlite_strict=True,
    )
    op.create_index("ix_unread_survey", "unread", ["survey_id", "response_id"])
    op.execute(UNREAD)
    for table, name in COUNTERS.items():
        op.add_column(table, sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
        with op.batch_alter_table(table, table_kwargs=STRICT) as batch_op:
            batch_op.alter_column(name, existing_type=sa.Integer(), server_default=None)
    op.create_index("ix_reading_edition", "reading", ["run_id", "edition"])


def downgrade() -> None:
    op.drop_index("ix_reading_edition", "reading")
    for table, name in reversed(COUNTERS.items()):
        with op.batch_alter_table(table, table_kwargs=STRICT) as batch_op:
            batch_op.drop_column(name)
    op.drop_table("unread")
