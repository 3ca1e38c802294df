"""who is working a warning right now"""

from alembic import op
import sqlalchemy as sa

from db.migrations import steps

revision = '0007'
down_revision = '0006'


def upgrade() -> None:
    op.create_table('early_warning_hold',
    sa.Column('customer_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('early_warning_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('user_id', sa.BigInteger(), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('until > since', name=op.f('ck_early_warning_hold_ends_after_its_start')),
    sa.ForeignKeyConstraint(['customer_id', 'early_warning_id'], ['early_warning.customer_id', 'early_warning.id'], name=op.f('fk_early_warning_hold_customer_id_early_warning_id_early_warning'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['app_user.id'], name=op.f('fk_early_warning_hold_user_id_app_user'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('customer_id', 'early_warning_id', name=op.f('pk_early_warning_hold'))
    )
    steps.scale_out('early_warning_hold', 'customer')
    op.create_index('ix_early_warning_hold_until', 'early_warning_hold', ['until'], unique=False)
    op.create_index('ix_early_warning_hold_user_id', 'early_warning_hold', ['user_id'], unique=False)


def downgrade() -> None:
    raise NotImplementedError("Restore a backup made before the upgrade instead.")
