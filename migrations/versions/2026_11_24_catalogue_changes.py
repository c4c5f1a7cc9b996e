"""what people change in a catalogue"""

import sqlalchemy as sa
from alembic import op


revision = "2026_11_24_catalogue_changes"
down_revision = "2026_11_22_first_schema"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STRICT = {"sqlite_strict": True}
ACTIONS = (
    "'rename', 'merge', 'split', 'create', 'phrases', 'hide', 'show', 'pin', 'unpin', 'assign', 'change', 'correct', "
    "'undo'"
)
FILLED = {  # columns that old rows need a value in
    "survey": [("catalogue_version", sa.Integer(), "0")],
    "analysis_run": [("catalogue_version", sa.Integer(), "0")],
    "pain_point": [
        ("phrases", sa.JSON(), "{}"),
        ("is_hidden", sa.Boolean(), sa.false()),
        ("is_pinned", sa.Boolean(), sa.false()),
        ("is_removed", sa.Boolean(), sa.false()),
    ],
}


def upgrade() -> None:
    for table, columns in FILLED.items():
        for name, kind, value in columns:
            op.add_column(table, sa.Column(name, kind, nullable=False, server_default=value))
    with op.batch_alter_table("survey", table_kwargs=STRICT) as batch_op:
        batch_op.alter_column("catalogue_version", existing_type=sa.Integer(), server_default=None)

    with op.batch_alter_table("analysis_run", table_kwargs=STRICT) as batch_op:
        batch_op.alter_column("catalogue_version", existing_type=sa.Integer(), server_default=None)
        batch_op.add_column(sa.Column("learned_in", ID, nullable=True))
        batch_op.add_column(sa.Column("changes", sa.JSON(), nullable=True))
        batch_op.create_foreign_key(
            "fk_analysis_run_learned_in_analysis_run", "analysis_run", ["learned_in"], ["id"], ondelete="SET NULL"
        )

    with op.batch_alter_table("pain_point", table_kwargs=STRICT) as batch_op:
        for name, kind, _ in FILLED["pain_point"]:
            batch_op.alter_column(name, existing_type=kind, server_default=None)
        batch_op.add_column(sa.Column("named", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("merged_into_id", ID, nullable=True))
        batch_op.create_foreign_key(
            "fk_pain_point_merged_into_id_pain_point", "pain_point", ["merged_into_id"], ["id"], ondelete="SET NULL"
        )

    op.create_table(
        "catalogue_change",
        sa.Column("id", ID, nullable=False),
        sa.Column("survey_id", ID, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("pain_point_id", ID, nullable=True),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("undoes", ID, nullable=True),
        sa.Column("undone_by", ID, nullable=True),
        sa.CheckConstraint(f"action IN ({ACTIONS})", name=op.f("ck_catalogue_change_action")),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["survey.id"], name=op.f("fk_catalogue_change_survey_id_survey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["pain_point_id"],
            ["pain_point.id"],
            name=op.f("fk_catalogue_change_pain_point_id_pain_point"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["undoes"],
            ["catalogue_change.id"],
            name=op.f("fk_catalogue_change_undoes_catalogue_change"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["undone_by"],
            ["catalogue_change.id"],
            name=op.f("fk_catalogue_change_undone_by_catalogue_change"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_change")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("catalogue_change") as batch_op:
        batch_op.create_index("ix_catalogue_change_survey", ["survey_id", "id"], unique=False)

    op.create_table(
        "correction",
        sa.Column("id", ID, nullable=False),
        sa.Column("survey_id", ID, nullable=False),
        sa.Column("response_id", ID, nullable=False),
        sa.Column("change_id", ID, nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("wrong_id", ID, nullable=True),
        sa.Column("right_id", ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["survey.id"], name=op.f("fk_correction_survey_id_survey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["response_id"], ["response.id"], name=op.f("fk_correction_response_id_response"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["change_id"],
            ["catalogue_change.id"],
            name=op.f("fk_correction_change_id_catalogue_change"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["wrong_id"], ["pain_point.id"], name=op.f("fk_correction_wrong_id_pain_point"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["right_id"], ["pain_point.id"], name=op.f("fk_correction_right_id_pain_point"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("correction") as batch_op:
        batch_op.create_index("ix_correction_survey", ["survey_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_correction_response_id"), ["response_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_correction_change_id"), ["change_id"], unique=False)


def downgrade() -> None:
    op.drop_table("correction")
    op.drop_table("catalogue_change")
    with op.batch_alter_table("pain_point", table_kwargs=STRICT) as batch_op:
        batch_op.drop_constraint("fk_pain_point_merged_into_id_pain_point", type_="foreignkey")
        for name in ("merged_into_id", "named", *(name for name, _, _ in FILLED["pain_point"])):
            batch_op.drop_column(name)
    with op.batch_alter_table("analysis_run", table_kwargs=STRICT) as batch_op:
        batch_op.drop_constraint("fk_analysis_run_learned_in_analysis_run", type_="foreignkey")
        for name in ("learned_in", "changes", "catalogue_version"):
            batch_op.drop_column(name)
    with op.batch_alter_table("survey", table_kwargs=STRICT) as batch_op:
        batch_op.drop_column("catalogue_version")
