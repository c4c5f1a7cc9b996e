"""what is done about a pain point: due dates, tickets, fixes and notes; words of departments"""

import sqlalchemy as sa
from alembic import op


revision = "2026_11_28_acting"
down_revision = "2026_11_28_deliveries"

STRICT = {"sqlite_strict": True}
NEW = {"act", "note", "department"}
ACTIONS = (
    "rename", "merge", "split", "create", "phrases", "hide", "show", "pin", "unpin", "assign", "act", "note",
    "department", "change", "correct", "undo",
)  # fmt: skip
STATUSES = "status IN ('open', 'planned', 'in progress', 'fixed', 'won''t do')"


def upgrade() -> None:
    op.add_column("department", sa.Column("words", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("department", table_kwargs=STRICT) as batch_op:
        batch_op.alter_column("words", existing_type=sa.JSON(), server_default=None)
    op.add_column("pain_point", sa.Column("due_on", sa.Date(), nullable=True))
    op.add_column("pain_point", sa.Column("ticket", sa.Text(), nullable=True))
    op.add_column("pain_point", sa.Column("fixes", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("pain_point", sa.Column("acting_version", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("pain_point", table_kwargs=STRICT) as batch_op:
        batch_op.alter_column("fixes", existing_type=sa.JSON(), server_default=None)
        batch_op.alter_column("acting_version", existing_type=sa.Integer(), server_default=None)
        batch_op.create_check_constraint(op.f("ck_pain_point_status"), STATUSES)
    with op.batch_alter_table("catalogue_change", table_kwargs=STRICT) as batch_op:
        batch_op.add_column(sa.Column("note", sa.Text(), nullable=True))
        _allow(batch_op, ACTIONS)


def downgrade() -> None:
    """What the older schema cannot hold goes; the pain points keep department, owner and status as they are."""
    names = ", ".join(map(repr, sorted(NEW)))
    op.execute(f"DELETE FROM catalogue_change WHERE action IN ({names})")
    with op.batch_alter_table("catalogue_change", table_kwargs=STRICT) as batch_op:
        _allow(batch_op, [name for name in ACTIONS if name not in NEW])
        batch_op.drop_column("note")
    with op.batch_alter_table("pain_point", table_kwargs=STRICT) as batch_op:
        batch_op.drop_constraint(op.f("ck_pain_point_status"), type_="check")
        for name in ("acting_version", "fixes", "ticket", "due_on"):
            batch_op.drop_column(name)
    with op.batch_alter_table("department", table_kwargs=STRICT) as batch_op:
        batch_op.drop_column("words")


def _allow(batch_op, actions) -> None:
    batch_op.drop_constraint(op.f("ck_catalogue_change_action"), type_="check")
    condition = f"action IN ({', '.join(map(repr, actions))})"
    batch_op.create_check_constraint(op.f("ck_catalogue_change_action"), condition)
