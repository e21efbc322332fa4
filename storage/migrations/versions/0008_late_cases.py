"""late cases, terms, cases under seal

Revision: 0008, after 0007; made on 2026-11-28
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

CASE = sa.table(
    "case",
    sa.column("commune_id", sa.Integer()),
    sa.column("received_at", sa.DateTime(timezone=True)),
    sa.column("term_days", sa.Integer()),
    sa.column("term_at", sa.DateTime(timezone=True)),
)
MAILBOX = sa.table(
    "mailbox",
    sa.column("id", sa.Integer()),
    sa.column("commune_id", sa.Integer()),
    sa.column("state", sa.String()),
    sa.column("opened_on", sa.Date()),
    sa.column("runs_from", sa.Date()),
    sa.column("term_days", sa.Integer()),
)
ANSWER = sa.table("mailboxanswer", sa.column("mailbox_id", sa.Integer()))
COMMUNE = sa.table("commune", sa.column("id", sa.Integer()), sa.column("answer_days", sa.Integer()))


def upgrade() -> None:
    with op.batch_alter_table("case", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sorry_for", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("news_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("term_days", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("term_unit", sa.String(), nullable=False, server_default="working_day"))
        batch_op.add_column(sa.Column("term_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("mailbox_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(op.f("fk_case_mailbox_id"), "mailbox", ["mailbox_id"], ["id"])
    promised = sa.select(COMMUNE.c.answer_days).where(COMMUNE.c.id == CASE.c.commune_id).scalar_subquery()
    op.execute(
        CASE.update().where(CASE.c.received_at.is_not(None)).values(term_days=promised, term_at=CASE.c.received_at)
    )
    with op.batch_alter_table("mailbox", schema=None) as batch_op:
        batch_op.add_column(sa.Column("runs_from", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("term_days", sa.Integer(), nullable=False, server_default="0"))
    answered = sa.exists().where(ANSWER.c.mailbox_id == MAILBOX.c.id)
    days = sa.select(COMMUNE.c.answer_days).where(COMMUNE.c.id == MAILBOX.c.commune_id).scalar_subquery()
    op.execute(
        MAILBOX.update()
        .where(MAILBOX.c.state == "open", ~answered)
        .values(runs_from=MAILBOX.c.opened_on, term_days=days)
    )
    op.create_index("ix_account_commune_id_citizen_id", "account", ["commune_id", "citizen_id"])
    op.create_index("ix_casesupporter_commune_id_account_id", "casesupporter", ["commune_id", "account_id"])
    op.create_index("ix_casesubject_commune_id_case_id", "casesubject", ["commune_id", "case_id"])
    op.create_table(
        "answerterm",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("commune_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["commune_id"], ["commune.id"], name=op.f("fk_answerterm_commune_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answerterm")),
    )
    with op.batch_alter_table("answerterm", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_answerterm_commune_id"), ["commune_id"], unique=False)


def downgrade() -> None:
    op.drop_table("answerterm")
    op.drop_index("ix_casesubject_commune_id_case_id", "casesubject")
    op.drop_index("ix_casesupporter_commune_id_account_id", "casesupporter")
    op.drop_index("ix_account_commune_id_citizen_id", "account")
    with op.batch_alter_table("mailbox", schema=None) as batch_op:
        batch_op.drop_column("term_days")
        batch_op.drop_column("runs_from")
    with op.batch_alter_table("case", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("fk_case_mailbox_id"), type_="foreignkey")
        for name in ("mailbox_id", "term_at", "term_unit", "term_days", "news_on", "sorry_for"):
            batch_op.drop_column(name)
