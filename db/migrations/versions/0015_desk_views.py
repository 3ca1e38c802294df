"""saved views of the desk"""

from alembic import op
import sqlalchemy as sa

from db.migrations import steps

revision = '0015'
down_revision = '0014'


def upgrade() -> None:
    pass


def downgrade() -> None:
    raise NotImplementedError("Restore a backup made before the upgrade instead.")
