"""names compared, and what reviewers said of them"""

from alembic import op
import sqlalchemy as sa

from db.migrations import steps

revision = '0012'
down_revision = '0011'


def upgrade() -> None:
    pass


def downgrade() -> None:
    raise NotImplementedError("Restore a backup made before the upgrade instead.")
