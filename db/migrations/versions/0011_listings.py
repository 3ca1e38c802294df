"""how a customer comes to be listed"""

from alembic import op
import sqlalchemy as sa

from db.migrations import steps

revision = '0011'
down_revision = '0010'


def upgrade() -> None:
    pass


def downgrade() -> None:
    raise NotImplementedError("Restore a backup made before the upgrade instead.")
