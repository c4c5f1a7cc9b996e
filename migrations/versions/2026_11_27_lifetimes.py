"""how long customers stay, so that they can be valued"""

import sqlalchemy as sa
from alembic import op


revision = "2026_11_27_lifetimes"
down_revision = "2026_11_24_catalogue_changes"

STRICT = {"sqlite_strict": True}
FILLED = [("currency", sa.Text(), "''"), ("value_basis", sa.Text(), "'revenue'"), ("lifetimes", sa.JSON(), "'{}'")]


def upgrade() -> None:
    for name, kind, value in FILLED:
        op.add_column("survey", sa.Column(name, kind, nullable=False, server_default=sa.text(value)))
    with op.batch_alter_table("survey", table_kwargs=STRICT) as batch_op:
        for name, kind, _ in FILLED:
            batch_op.alter_column(name, existing_type=kind, server_default=None)
        batch_op.add_column(sa.Column("lifetime_months", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("lifetime_attribute", sa.Text(), nullable=True))
        batch_op.create_check_constraint(op.f("ck_survey_value_basis"), "value_basis IN ('revenue', 'margin')")


def downgrade() -> None:
    with op.batch_alter_table("survey", table_kwargs=STRICT) as batch_op:
        batch_op.drop_constraint(op.f("ck_survey_value_basis"), type_="check")
        for name in ("lifetime_attribute", "lifetime_months", *(name for name, _, _ in FILLED)):
            batch_op.drop_column(name)
