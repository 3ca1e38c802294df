"""information that is due, and its quality"""

revision = '0004'
down_revision = '0003'


def upgrade() -> None:
    pass


def downgrade() -> None:
    raise NotImplementedError("Restore a backup made before the upgrade instead.")
