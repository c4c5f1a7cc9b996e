"""cases of detractors, triage of answers, and customers valued by their orders"""

import sqlalchemy as sa
from alembic import op


revision = "2026_11_28_cases"
down_revision = "2026_11_28_acting"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STRICT = {"sqlite_strict": True}
FILLED = [
    ("order_value_attribute", sa.Text(), "'average_order_value'"),
    ("orders_attribute", sa.Text(), "'orders_per_month'"),
    ("opens_cases", sa.Boolean(), "true"),
    ("case_threshold", sa.Integer(), "6"),
]
CHECKS = {
    "margin": "margin BETWEEN 0 AND 1",
    "cases": "case_threshold BETWEEN 0 AND 10 AND contact_days >= 0",
}


def upgrade() -> None:
    change_surveys()
    make_cases()
    make_entries()
    make_triage()


def change_surveys() -> None:
    for name, kind, value in FILLED:
        op.add_column("survey", sa.Column(name, kind, nullable=False, server_default=sa.text(value)))
    with op.batch_alter_table("survey", table_kwargs=STRICT) as batch_op:
        for name, kind, _ in FILLED:
            batch_op.alter_column(name, existing_type=kind, server_default=None)
        batch_op.add_column(sa.Column("margin", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("contact_days", sa.Integer(), nullable=True))
        batch_op.drop_constraint(op.f("ck_survey_value_basis"), type_="check")
        batch_op.create_check_constraint(op.f("ck_survey_value_basis"), "value_basis IN ('revenue', 'margin', 'orders')")
        for name, condition in CHECKS.items():
            batch_op.create_check_constraint(op.f(f"ck_survey_{name}"), condition)
    op.execute("UPDATE survey SET contact_days = 2")


def make_cases() -> None:
    op.create_table(
        "case",
        sa.Column("id", ID, nullable=False),
        sa.Column("survey_id", ID, nullable=False),
        sa.Column("response_id", ID, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("assignee_id", ID, nullable=True),
        sa.Column("department_id", ID, nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_contact_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'in progress', 'closed')", name=op.f("ck_case_state")),
        sa.CheckConstraint("(state = 'closed') = (reason IS NOT NULL)", name=op.f("ck_case_reason")),
        *(
            sa.ForeignKeyConstraint([f"{name}_id"], [f"{name}.id"], name=f"fk_case_{name}_id_{name}", ondelete="CASCADE")
            for name in ("survey", "response")
        ),
        sa.ForeignKeyConstraint(["assignee_id"], ["user.id"], name="fk_case_assignee_id_user", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name="fk_case_department_id_department", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case")),
        sa.UniqueConstraint("response_id", name=op.f("uq_case_response_id")),
        sqlite_strict=True,
        sqlite_autoincrement=True,
    )
    op.create_index("ix_case_survey", "case", ["survey_id", "state", "opened_at"])
    op.create_index(op.f("ix_case_assignee_id"), "case", ["assignee_id"])
    op.create_index(op.f("ix_case_department_id"), "case", ["department_id"])


def make_entries() -> None:
    op.create_table(
        "case_entry",
        sa.Column("id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("is_contact", sa.Boolean(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_case_entry_case_id_case", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_entry")),
        sqlite_strict=True,
    )
    op.create_index("ix_case_entry_case", "case_entry", ["case_id", "id"])


def make_triage() -> None:
    op.create_table(
        "triage",
        sa.Column("response_id", ID, nullable=False),
        sa.Column("survey_id", ID, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("is_test", sa.Boolean(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('new', 'read', 'done', 'archived')", name=op.f("ck_triage_state")),
        *(
            sa.ForeignKeyConstraint(
                [f"{name}_id"], [f"{name}.id"], name=f"fk_triage_{name}_id_{name}", ondelete="CASCADE"
            )
            for name in ("survey", "response")
        ),
        sa.PrimaryKeyConstraint("response_id", name=op.f("pk_triage")),
        sqlite_strict=True,
    )
    op.create_index("ix_triage_survey", "triage", ["survey_id", "state"])


def downgrade() -> None:
    for table in ("triage", "case_entry", "case"):
        op.drop_table(table)
    op.execute("UPDATE survey SET value_basis = 'revenue' WHERE value_basis = 'orders'")
    with op.batch_alter_table("survey", table_kwargs=STRICT) as batch_op:
        for name in CHECKS:
            batch_op.drop_constraint(op.f(f"ck_survey_{name}"), type_="check")
        batch_op.drop_constraint(op.f("ck_survey_value_basis"), type_="check")
        batch_op.create_check_constraint(op.f("ck_survey_value_basis"), "value_basis IN ('revenue', 'margin')")
        for name in ("contact_days", "margin", *(name for name, _, _ in FILLED)):
            batch_op.drop_column(name)
