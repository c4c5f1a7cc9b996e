"""departments, as groups of people"""

import sqlalchemy as sa
from alembic import op


revision = "2026_11_28_departments"
down_revision = "2026_11_28_survey_settings"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "department",
        sa.Column("id", ID, nullable=False),
        sa.Column("survey_id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["survey.id"], name=op.f("fk_department_survey_id_survey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_department")),
        sa.UniqueConstraint("survey_id", "name", name=op.f("uq_department_survey_id_name")),
        sqlite_strict=True,
    )
    op.create_table(
        "department_member",
        sa.Column("department_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["department_id"],
            ["department.id"],
            name=op.f("fk_department_member_department_id_department"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_department_member_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("department_id", "user_id", name=op.f("pk_department_member")),
        sqlite_strict=True,
    )
    op.create_index("ix_department_member_user", "department_member", ["user_id"])


def downgrade() -> None:
    op.drop_table("department_member")
    op.drop_table("department")
