"""warning rules as data"""

revision = '0006'
down_revision = '0005'


def upgrade() -> None:
    pass


def downgrade() -> None:
    raise NotImplementedError("Restore a backup made before the upgrade instead.")
