"""alert rules and digests"""

import sqlalchemy as sa
from alembic import op


revision = "2026_11_28_alerts"
down_revision = "2026_11_28_saved_views"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STRICT = {"sqlite_strict": True}
KINDS = (
    "'nps.dropped', 'detractor.arrived', 'pain_point.new', 'pain_point.rising', 'fix.measured', 'pain_point.due', "
    "'case.overdue', 'survey.quiet'"
)
INDICES = {
    "ix_alert_rule_survey": ("alert_rule", ["survey_id", "kind"]),
    "ix_alert_rule_channel_channel_id": ("alert_rule_channel", ["channel_id"]),
    "ix_alert_untold": ("alert", ["told_at", "due_at"]),
    "ix_alert_response": ("alert", ["response_id"]),
    "ix_digest_survey": ("digest", ["survey_id"]),
    "ix_digest_reader_channel_id": ("digest_reader", ["channel_id"]),
}


def points_at(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete="CASCADE")


def upgrade() -> None:
    op.create_table(
        "alert_rule",
        sa.Column("id", ID, nullable=False),
        sa.Column("survey_id", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("threshold", sa.Integer(), nullable=False),
        sa.Column("cooldown_days", sa.Integer(), nullable=False),
        sa.Column("quiet_from", sa.Integer(), nullable=True),
        sa.Column("quiet_to", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_alert_rule_kind")),
        sa.CheckConstraint("threshold BETWEEN 0 AND 6", name=op.f("ck_alert_rule_threshold")),
        sa.CheckConstraint("cooldown_days >= 0", name=op.f("ck_alert_rule_cooldown")),
        sa.CheckConstraint(
            "quiet_from BETWEEN 0 AND 23 AND quiet_to BETWEEN 0 AND 23", name=op.f("ck_alert_rule_quiet")
        ),
        points_at("alert_rule", "survey_id", "survey"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_rule")),
        sqlite_autoincrement=True,
        **STRICT,
    )
    op.create_table(
        "alert_rule_channel",
        sa.Column("rule_id", ID, nullable=False),
        sa.Column("channel_id", ID, nullable=False),
        points_at("alert_rule_channel", "rule_id", "alert_rule"),
        points_at("alert_rule_channel", "channel_id", "channel"),
        sa.PrimaryKeyConstraint("rule_id", "channel_id", name=op.f("pk_alert_rule_channel")),
        **STRICT,
    )
    op.create_table(
        "alert_check",
        sa.Column("rule_id", ID, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("seen", sa.JSON(), nullable=False),
        points_at("alert_check", "rule_id", "alert_rule"),
        sa.PrimaryKeyConstraint("rule_id", "day", name=op.f("pk_alert_check")),
        **STRICT,
    )
    op.create_table(
        "alert",
        sa.Column("id", ID, nullable=False),
        sa.Column("rule_id", ID, nullable=False),
        sa.Column("once", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("response_id", ID, nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_in", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["rule_id"], ["alert_rule.id"], name=op.f("fk_alert_rule_id_alert_rule"), ondelete="CASCADE"
        ),
        points_at("alert", "response_id", "response"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
        sa.UniqueConstraint("rule_id", "once", name=op.f("uq_alert_rule_id_once")),
        sqlite_autoincrement=True,
        **STRICT,
    )
    op.create_table(
        "digest",
        sa.Column("id", ID, nullable=False),
        sa.Column("survey_id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("cycle", sa.Text(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("sent_for", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("cycle IN ('daily', 'weekly', 'monthly')", name=op.f("ck_digest_cycle")),
        points_at("digest", "survey_id", "survey"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digest")),
        sqlite_autoincrement=True,
        **STRICT,
    )
    op.create_table(
        "digest_reader",
        sa.Column("digest_id", ID, nullable=False),
        sa.Column("channel_id", ID, nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        points_at("digest_reader", "digest_id", "digest"),
        points_at("digest_reader", "channel_id", "channel"),
        sa.PrimaryKeyConstraint("digest_id", "channel_id", name=op.f("pk_digest_reader")),
        **STRICT,
    )
    op.create_table(
        "mail_reader",
        sa.Column("channel_id", ID, nullable=False),
        points_at("mail_reader", "channel_id", "channel"),
        sa.PrimaryKeyConstraint("channel_id", name=op.f("pk_mail_reader")),
        **STRICT,
    )
    for name, (table, columns) in INDICES.items():
        op.create_index(name, table, columns)
    op.add_column("survey", sa.Column("comments_in_mail", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("survey", table_kwargs=STRICT) as batch_op:
        batch_op.alter_column("comments_in_mail", existing_type=sa.Boolean(), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("survey", table_kwargs=STRICT) as batch_op:
        batch_op.drop_column("comments_in_mail")
    for table in ("mail_reader", "digest_reader", "digest", "alert", "alert_check", "alert_rule_channel", "alert_rule"):
        op.drop_table(table)
