"""codes with which people find their answer again, ids that an erased answer leaves to nobody, ids without proof"""

import sqlalchemy as sa
from alembic import op


revision = "2026_11_27_receipt_codes"
down_revision = "2026_11_27_lifetimes"

STRICT = {"sqlite_strict": True}
NEVER_AGAIN = {"sqlite_strict": True, "sqlite_autoincrement": True}


def rebuild() -> str:
    """SQLite learns AUTOINCREMENT only by a new table; PostgreSQL's sequences never give an id twice anyway."""
    return "always" if op.get_bind().dialect.name == "sqlite" else "auto"


def upgrade() -> None:
    with op.batch_alter_table("response", table_kwargs=NEVER_AGAIN, recreate=rebuild()) as batch_op:
        batch_op.add_column(sa.Column("code_hash", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("claimed_as", sa.Text(), nullable=True))
    with op.batch_alter_table("response") as batch_op:
        batch_op.create_index(batch_op.f("ix_response_code_hash"), ["code_hash"], unique=False)
    with op.batch_alter_table("event", table_kwargs=NEVER_AGAIN, recreate=rebuild()):
        pass
    op.add_column("survey", sa.Column("allows_claims", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("survey", table_kwargs=STRICT) as batch_op:
        batch_op.alter_column("allows_claims", existing_type=sa.Boolean(), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("survey", table_kwargs=STRICT) as batch_op:
        batch_op.drop_column("allows_claims")
    with op.batch_alter_table("event", table_kwargs=STRICT, recreate=rebuild()):
        pass
    with op.batch_alter_table("response", table_kwargs=STRICT, recreate=rebuild()) as batch_op:
        batch_op.drop_index(batch_op.f("ix_response_code_hash"))
        batch_op.drop_column("claimed_as")
        batch_op.drop_column("code_hash")
