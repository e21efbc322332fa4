"""the work list and figures: urgency, the index of what waits for us, what cases are found by, where questions are from

Revision: 0012, after 0011; made on 2026-11-28
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

RUNS = sa.text("state IN ('received', 'assigned', 'working', 'asked', 'transferred')")


def upgrade() -> None:
    op.add_column("case", sa.Column("urgency", sa.Integer(), nullable=False, server_default="0"))
    running = ["commune_id", "due_on", "id", "state", "officer_id", "office_id", "hamlet_id", "field"]
    op.create_index("ix_case_running", "case", running, sqlite_where=RUNS, postgresql_where=RUNS)
    with op.batch_alter_table("question") as batch_op:
        batch_op.add_column(sa.Column("hamlet_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_question_hamlet_id"), "hamlet", ["hamlet_id"], ["id"])
        batch_op.create_index("ix_question_commune_id_asked_at", ["commune_id", "asked_at"])
    op.create_table(
        "casewords",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("commune_id", sa.Integer(), nullable=False),
        sa.Column("body_id", sa.Integer(), nullable=True),
        sa.Column("folded", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name=op.f("fk_casewords_body_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_casewords_case_id")),
        sa.ForeignKeyConstraint(["commune_id"], ["commune.id"], name=op.f("fk_casewords_commune_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_casewords")),
    )
    op.create_index(op.f("ix_casewords_commune_id"), "casewords", ["commune_id"])
    op.create_index(op.f("ix_casewords_body_id"), "casewords", ["body_id"])
    op.create_table(
        "latedossier",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("commune_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("code_body_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("new_due_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("head", sa.String(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["code_body_id"], ["body.id"], name=op.f("fk_latedossier_code_body_id")),
        sa.ForeignKeyConstraint(["commune_id"], ["commune.id"], name=op.f("fk_latedossier_commune_id")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_latedossier_officer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_latedossier")),
    )
    op.create_index(op.f("ix_latedossier_commune_id"), "latedossier", ["commune_id"])
    op.create_index("ix_latedossier_commune_id_code_hash", "latedossier", ["commune_id", "code_hash"])
    op.create_table(
        "servicerating",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("commune_id", sa.Integer(), nullable=False),
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        *(sa.Column(f"faces_{number}", sa.Integer(), nullable=False) for number in range(1, 6)),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["commune_id"], ["commune.id"], name=op.f("fk_servicerating_commune_id")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_servicerating_officer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_servicerating")),
        sa.UniqueConstraint("commune_id", "service", "month", name=op.f("uq_servicerating_commune_id_service_month")),
    )
    op.create_index(op.f("ix_servicerating_commune_id"), "servicerating", ["commune_id"])
    op.create_table(
        "replytemplate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("commune_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["commune_id"], ["commune.id"], name=op.f("fk_replytemplate_commune_id")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_replytemplate_officer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replytemplate")),
    )
    op.create_index(op.f("ix_replytemplate_commune_id"), "replytemplate", ["commune_id"])
    op.create_table(
        "pendingreply",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("commune_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("body_id", sa.Integer(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("why_body_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name=op.f("fk_pendingreply_body_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_pendingreply_case_id")),
        sa.ForeignKeyConstraint(["commune_id"], ["commune.id"], name=op.f("fk_pendingreply_commune_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["officer.id"], name=op.f("fk_pendingreply_decided_by")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_pendingreply_officer_id")),
        sa.ForeignKeyConstraint(["why_body_id"], ["body.id"], name=op.f("fk_pendingreply_why_body_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pendingreply")),
    )
    op.create_index(op.f("ix_pendingreply_commune_id"), "pendingreply", ["commune_id"])
    op.create_index(op.f("ix_pendingreply_case_id"), "pendingreply", ["case_id"])


def downgrade() -> None:
    op.drop_table("pendingreply")
    op.drop_table("replytemplate")
    op.drop_table("servicerating")
    op.drop_table("latedossier")
    op.drop_table("casewords")
    with op.batch_alter_table("question") as batch_op:
        batch_op.drop_index("ix_question_commune_id_asked_at")
        batch_op.drop_constraint(batch_op.f("fk_question_hamlet_id"), type_="foreignkey")
        batch_op.drop_column("hamlet_id")
    op.drop_index("ix_case_running", "case")
    op.drop_column("case", "urgency")
