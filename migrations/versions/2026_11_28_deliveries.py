"""channels, and what is sent to them"""

import sqlalchemy as sa
from alembic import op


revision = "2026_11_28_deliveries"
down_revision = "2026_11_28_departments"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "channel",
        sa.Column("id", ID, nullable=False),
        sa.Column("survey_id", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("types", sa.JSON(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("secret", sa.Text(), nullable=True),
        sa.Column("old_secret", sa.Text(), nullable=True),
        sa.Column("old_secret_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("rests_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('email', 'webhook', 'slack', 'teams')", name=op.f("ck_channel_kind")),
        sa.CheckConstraint("state IN ('on', 'off', 'disabled')", name=op.f("ck_channel_state")),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["survey.id"], name=op.f("fk_channel_survey_id_survey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel")),
        sqlite_strict=True,
    )
    op.create_index("ix_channel_survey", "channel", ["survey_id", "state"])
    op.create_table(
        "notice",
        sa.Column("id", ID, nullable=False),
        sa.Column("webhook_id", sa.Text(), nullable=False),
        sa.Column("survey_id", ID, nullable=False),
        sa.Column("once", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("links", sa.JSON(), nullable=False),
        sa.Column("html", sa.Text(), nullable=True),
        sa.Column("unsubscribe", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["survey.id"], name=op.f("fk_notice_survey_id_survey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("survey_id", "once", name=op.f("uq_notice_survey_id_once")),
        sa.UniqueConstraint("webhook_id", name=op.f("uq_notice_webhook_id")),
        sqlite_strict=True,
    )
    op.create_table(
        "notice_answer",
        sa.Column("notice_id", ID, nullable=False),
        sa.Column("response_id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notice.id"], name=op.f("fk_notice_answer_notice_id_notice"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["response_id"], ["response.id"], name=op.f("fk_notice_answer_response_id_response"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("notice_id", "response_id", name=op.f("pk_notice_answer")),
        sqlite_strict=True,
    )
    op.create_index("ix_notice_answer_response", "notice_answer", ["response_id"])
    op.create_table(
        "delivery",
        sa.Column("id", ID, nullable=False),
        sa.Column("channel_id", ID, nullable=False),
        sa.Column("event_id", ID, nullable=True),
        sa.Column("notice_id", ID, nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_status", sa.Integer(), nullable=True),
        sa.Column("last_reason", sa.Text(), nullable=True),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("event_id IS NOT NULL OR notice_id IS NOT NULL", name=op.f("ck_delivery_told")),
        sa.CheckConstraint("state IN ('due', 'done', 'parked', 'cancelled')", name=op.f("ck_delivery_state")),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channel.id"], name=op.f("fk_delivery_channel_id_channel"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_delivery_event_id_event"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notice.id"], name=op.f("fk_delivery_notice_id_notice"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("event_id", "channel_id", name=op.f("uq_delivery_event_id_channel_id")),
        sa.UniqueConstraint("notice_id", "channel_id", name=op.f("uq_delivery_notice_id_channel_id")),
        sqlite_strict=True,
    )
    op.create_index("ix_delivery_due", "delivery", ["state", "due_at"])
    op.create_index("ix_delivery_channel", "delivery", ["channel_id", "id"])
    op.create_index("ix_delivery_channel_due", "delivery", ["channel_id", "state", "due_at"])


def downgrade() -> None:
    op.drop_table("delivery")
    op.drop_table("notice_answer")
    op.drop_table("notice")
    op.drop_table("channel")
