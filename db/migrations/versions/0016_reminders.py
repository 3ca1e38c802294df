"""reminders of what is overdue"""

from alembic import op
import sqlalchemy as sa

from db.migrations import steps

revision = '0016'
down_revision = '0015'


def upgrade() -> None:
    pass


def downgrade() -> None:
    raise NotImplementedError("Restore a backup made before the upgrade instead.")
