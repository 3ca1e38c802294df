"""tokens, webhooks and events for machines"""

from alembic import op
import sqlalchemy as sa

from db.migrations import steps

revision = '0013'
down_revision = '0012'


def upgrade() -> None:
    pass


def downgrade() -> None:
    raise NotImplementedError("Restore a backup made before the upgrade instead.")
