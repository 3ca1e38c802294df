"""information that is due, and its quality"""

from alembic import op
import sqlalchemy as sa

from db.migrations import steps

revision = '0004'
down_revision = '0003'

LEVELS = "level IN ('low', 'medium', 'high', 'critical')"


def upgrade() -> None:
    op.create_table('information_limit',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('item', sa.Text(), nullable=False),
    sa.Column('level', sa.Text(), nullable=False),
    sa.Column('days', sa.BigInteger(), nullable=True),
    sa.Column('effective_from', sa.Date(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('set_by', sa.Text(), nullable=False),
    sa.Column('set_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint(LEVELS, name=op.f('ck_information_limit_level_known')),
    sa.CheckConstraint('days > 0', name=op.f('ck_information_limit_days_positive')),
    sa.CheckConstraint("reason <> ''", name=op.f('ck_information_limit_reason_given')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_information_limit'))
    )
    steps.scale_out('information_limit', 'reference')
    steps.make_append_only('information_limit')
    op.create_table('information_check',
    sa.Column('item', sa.Text(), nullable=False),
    sa.Column('checked_on', sa.Date(), nullable=False),
    sa.Column('finding', sa.Text(), nullable=False),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('checked_by', sa.Text(), nullable=False),
    sa.Column('checked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('withdrawn_by', sa.Text(), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('customer_id', sa.BigInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('version', sa.BigInteger(), server_default='1', nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("finding IN ('nothing_new', 'not_available')", name=op.f('ck_information_check_finding_known')),
    sa.CheckConstraint("finding <> 'not_available' OR (note IS NOT NULL AND note <> '')", name=op.f('ck_information_check_absence_explained')),
    sa.CheckConstraint('(withdrawn_at IS NULL) = (withdrawn_by IS NULL)', name=op.f('ck_information_check_withdrawn_by_somebody')),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.customer_id'], name=op.f('fk_information_check_customer_id_customer'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('customer_id', 'id', name=op.f('pk_information_check'))
    )
    steps.scale_out('information_check', 'customer')
    op.create_index('ix_information_check_customer_id_item', 'information_check', ['customer_id', 'item', 'checked_on'])
    op.create_table('information_standing',
    sa.Column('customer_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('item', sa.Text(), nullable=False),
    sa.Column('department_id', sa.BigInteger(), nullable=True),
    sa.Column('level', sa.Text(), nullable=False),
    sa.Column('urgency', sa.BigInteger(), nullable=False),
    sa.Column('known_on', sa.Date(), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('soon_on', sa.Date(), nullable=False),
    sa.Column('missing', sa.Text(), nullable=True),
    sa.CheckConstraint(LEVELS, name=op.f('ck_information_standing_level_known')),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.customer_id'], name=op.f('fk_information_standing_customer_id_customer'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('customer_id', 'item', name=op.f('pk_information_standing'))
    )
    steps.scale_out('information_standing', 'customer')
    op.create_index('ix_information_standing_worklist', 'information_standing', ['item', 'department_id', 'urgency', 'due_on', 'customer_id'])
    op.create_index('ix_information_standing_everywhere', 'information_standing', ['item', 'urgency', 'due_on', 'customer_id'])
    op.create_table('quality_day',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('taken_on', sa.Date(), nullable=False),
    sa.Column('side', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('measure', sa.Text(), nullable=False),
    sa.Column('part', sa.BigInteger(), nullable=False),
    sa.Column('whole', sa.BigInteger(), nullable=False),
    sa.Column('is_reconstructed', sa.Boolean(), nullable=False),
    sa.CheckConstraint("side IN ('department', 'source')", name=op.f('ck_quality_day_side_known')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_quality_day')),
    sa.UniqueConstraint('taken_on', 'side', 'name', 'measure', name=op.f('uq_quality_day_taken_on_side_name_measure'))
    )
    steps.scale_out('quality_day', 'local')


def downgrade() -> None:
    raise NotImplementedError("Restore a backup made before the upgrade instead.")
