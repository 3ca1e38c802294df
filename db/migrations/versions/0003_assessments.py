"""two-step assessments, site visits"""

revision = '0003'
down_revision = '0002'


def upgrade() -> None:
    pass


def downgrade() -> None:
    raise NotImplementedError("Restore a backup made before the upgrade instead.")
