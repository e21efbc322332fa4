"""late cases

Revision: 0008, after 0006; made on 2026-11-28
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("case", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sorry_for", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("news_on", sa.Date(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("case", schema=None) as batch_op:
        batch_op.drop_column("news_on")
        batch_op.drop_column("sorry_for")
