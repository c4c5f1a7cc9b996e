"""what a survey takes out of comments before they are stored"""

import sqlalchemy as sa
from alembic import op


revision = "2026_11_29_redaction"
down_revision = "2026_11_29_retention"

STRICT = {"sqlite_strict": True}


def upgrade() -> None:
    op.add_column("survey", sa.Column("redacts", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("survey", table_kwargs=STRICT) as batch_op:
        batch_op.alter_column("redacts", existing_type=sa.JSON(), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("survey", table_kwargs=STRICT) as batch_op:
        batch_op.drop_column("redacts")
