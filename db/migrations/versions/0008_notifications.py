"""notifications"""

revision = '0008'
down_revision = '0007'


def upgrade() -> None:
    pass


def downgrade() -> None:
    raise NotImplementedError("Restore a backup made before the upgrade instead.")
