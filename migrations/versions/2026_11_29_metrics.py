"""what a survey measures: NPS as before, CSAT or CES"""

import sqlalchemy as sa
from alembic import op


revision = "2026_11_29_metrics"
down_revision = "2026_11_29_sign_in"

STRICT = {"sqlite_strict": True}
CHECK = "metric IN ('nps', 'csat', 'ces')"


def upgrade() -> None:
    with op.batch_alter_table("survey", table_kwargs=STRICT) as batch_op:
        batch_op.add_column(sa.Column("metric", sa.Text(), nullable=False, server_default="nps"))
        batch_op.create_check_constraint(op.f("ck_survey_metric"), CHECK)
    with op.batch_alter_table("survey", table_kwargs=STRICT) as batch_op:
        batch_op.alter_column("metric", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("survey", table_kwargs=STRICT) as batch_op:
        batch_op.drop_constraint(op.f("ck_survey_metric"), type_="check")
        batch_op.drop_column("metric")
