"""invitations, links to shared reports, and long work asked for by pages"""

import sqlalchemy as sa
from alembic import op


revision = "2026_11_28_people"
down_revision = "2026_11_28_traces"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def of_a_survey(table: str) -> tuple[sa.Column, sa.Column, sa.ForeignKeyConstraint, sa.PrimaryKeyConstraint]:
    """What every table here begins with."""
    return (
        sa.Column("id", ID, nullable=False),
        sa.Column("survey_id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["survey.id"], name=op.f(f"fk_{table}_survey_id_survey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def upgrade() -> None:
    op.create_table(
        "invitation",
        *of_a_survey("invitation"),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("accepted_at", MOMENT, nullable=True),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.CheckConstraint("role IN ('viewer', 'editor', 'admin')", name=op.f("ck_invitation_role")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
        sqlite_strict=True,
    )
    op.create_index("ix_invitation_survey", "invitation", ["survey_id", "id"])
    op.create_table(
        "share",
        *of_a_survey("share"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("with_quotes", sa.Boolean(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.UniqueConstraint("token_hash", name=op.f("uq_share_token_hash")),
        sqlite_strict=True,
    )
    op.create_index("ix_share_survey", "share", ["survey_id", "id"])
    op.create_table(
        "work",
        *of_a_survey("work"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("file", sa.Text(), nullable=True),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("step_at", MOMENT, nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("leased_until", MOMENT, nullable=True),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.CheckConstraint("kind IN ('import', 'analysis', 'export')", name=op.f("ck_work_kind")),
        sa.CheckConstraint(
            "state IN ('draft', 'queued', 'running', 'done', 'failed', 'cancelled')", name=op.f("ck_work_state")
        ),
        sqlite_strict=True,
    )
    op.create_index("ix_work_survey", "work", ["survey_id", "id"])
    op.create_index("ix_work_state", "work", ["state", "id"])


def downgrade() -> None:
    op.drop_table("work")
    op.drop_table("share")
    op.drop_table("invitation")
