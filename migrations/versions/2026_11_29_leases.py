"""runners, and which of them does what only one is to do"""

import sqlalchemy as sa
from alembic import op


revision = "2026_11_29_leases"
down_revision = "2026_11_29_metrics"

MOMENT = sa.DateTime(timezone=True)
STRICT = {"sqlite_strict": True}


def upgrade() -> None:
    op.create_table(
        "lease",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("done_for", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
        **STRICT,
    )
    op.create_table(
        "runner",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_runner")),
        **STRICT,
    )


def downgrade() -> None:
    op.drop_table("runner")
    op.drop_table("lease")
