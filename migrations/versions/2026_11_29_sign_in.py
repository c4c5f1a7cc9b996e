"""people at a provider, and mails about access"""

import sqlalchemy as sa
from alembic import op


revision = "2026_11_29_sign_in"
down_revision = "2026_11_29_redaction"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
STRICT = {"sqlite_strict": True}


def upgrade() -> None:
    op.create_table(
        "identity",
        sa.Column("id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_identity_user_id_user"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_identity_issuer_subject")),
        sa.UniqueConstraint("user_id", "issuer", name=op.f("uq_identity_user_id_issuer")),
        **STRICT,
    )
    op.create_table(
        "letter",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("invitation_id", ID, nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("leased_until", MOMENT, nullable=True),
        sa.Column("last_reason", sa.Text(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("kind IN ('invitation', 'reset')", name=op.f("ck_letter_kind")),
        sa.CheckConstraint("state IN ('due', 'done', 'parked')", name=op.f("ck_letter_state")),
        sa.CheckConstraint("(kind = 'invitation') = (invitation_id IS NOT NULL)", name=op.f("ck_letter_about")),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitation.id"], name=op.f("fk_letter_invitation_id_invitation"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
        **STRICT,
    )
    op.create_index("ix_letter_due", "letter", ["state", "due_at"])
    op.create_index("ix_letter_invitation", "letter", ["invitation_id"])


def downgrade() -> None:
    op.drop_table("letter")
    op.drop_table("identity")
