"""orders, invoices and payments against the measures of their day"""

from alembic import op
import sqlalchemy as sa

from db.migrations import steps

revision = '0014'
down_revision = '0013'


def upgrade() -> None:
    pass


def downgrade() -> None:
    raise NotImplementedError("Restore a backup made before the upgrade instead.")
