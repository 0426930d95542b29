"""Loans that the desk changes, or keeps as they are although it has changed its hours."""

import sqlalchemy as sa
from alembic import op

from portal.db.row import UtcMoment

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("lending_loan", sa.Column("changed_at", UtcMoment(), nullable=True))
    op.add_column("lending_loan", sa.Column("kept_for", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("lending_loan", "kept_for")
    op.drop_column("lending_loan", "changed_at")
