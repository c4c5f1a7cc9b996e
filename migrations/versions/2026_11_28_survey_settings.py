"""a survey's own languages, wording and theme"""

import sqlalchemy as sa
from alembic import op


revision = "2026_11_28_survey_settings"
down_revision = "2026_11_27_asking"

STRICT = {"sqlite_strict": True}
COLUMNS = {"languages": "[]", "wording": "{}", "theme": "{}"}  # what old rows hold: nothing of their own


def upgrade() -> None:
    for name, value in COLUMNS.items():
        op.add_column("survey", sa.Column(name, sa.JSON(), nullable=False, server_default=value))
    with op.batch_alter_table("survey", table_kwargs=STRICT) as batch_op:
        for name in COLUMNS:
            batch_op.alter_column(name, existing_type=sa.JSON(), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("survey", table_kwargs=STRICT) as batch_op:
        for name in reversed(COLUMNS):
            batch_op.drop_column(name)
