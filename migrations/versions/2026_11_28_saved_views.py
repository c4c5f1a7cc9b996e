"""views of a report under a name, and the way to when the widget changed"""

import sqlalchemy as sa
from alembic import op


revision = "2026_11_28_saved_views"
down_revision = "2026_11_28_people"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "saved_view",
        sa.Column("id", ID, nullable=False),
        sa.Column("survey_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["survey.id"], name=op.f("fk_saved_view_survey_id_survey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_saved_view_user_id_user"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sqlite_strict=True,
    )
    op.create_index("ix_saved_view_survey", "saved_view", ["survey_id", "id"])
    op.create_index(
        "ix_response_layout",
        "response",
        ["survey_id", "layout_version", "created_at"],
        sqlite_where=sa.text("layout_version IS NOT NULL"),
        postgresql_where=sa.text("layout_version IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_response_layout", "response")
    op.drop_table("saved_view")
