"""the audit log"""

import sqlalchemy as sa
from alembic import op


revision = "2026_11_29_audit"
down_revision = "2026_11_28_alerts"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STRICT = {"sqlite_strict": True}
ACTORS = "'user', 'key', 'link', 'respondent', 'visitor', 'command'"


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=True),
        sa.Column("thing", sa.Text(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=True),
        sa.Column("link", sa.Text(), nullable=False),
        sa.CheckConstraint(f"actor IN ({ACTORS})", name=op.f("ck_audit_entry_actor")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
        **STRICT,
    )
    op.create_index("ix_audit_entry_survey", "audit_entry", ["survey_id", "id"])
    op.create_table(
        "audit_head",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("seal", sa.Text(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_audit_head_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
        **STRICT,
    )


def downgrade() -> None:
    op.drop_table("audit_head")
    op.drop_table("audit_entry")
