"""how long a survey keeps comments and answers; those that are there keep all, as before"""

import sqlalchemy as sa
from alembic import op


revision = "2026_11_29_retention"
down_revision = "2026_11_29_audit"

STRICT = {"sqlite_strict": True}
CHECK = "comments_months >= 1 AND answers_months >= 1"


def upgrade() -> None:
    with op.batch_alter_table("survey", table_kwargs=STRICT) as batch_op:
        batch_op.add_column(sa.Column("comments_months", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("answers_months", sa.Integer(), nullable=True))
        batch_op.create_check_constraint(op.f("ck_survey_retention"), CHECK)


def downgrade() -> None:
    with op.batch_alter_table("survey", table_kwargs=STRICT) as batch_op:
        batch_op.drop_constraint(op.f("ck_survey_retention"), type_="check")
        batch_op.drop_column("answers_months")
        batch_op.drop_column("comments_months")
