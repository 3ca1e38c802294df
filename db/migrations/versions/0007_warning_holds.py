"""who is working a warning right now"""

revision = '0007'
down_revision = '0006'


def upgrade() -> None:
    pass


def downgrade() -> None:
    raise NotImplementedError("Restore a backup made before the upgrade instead.")
