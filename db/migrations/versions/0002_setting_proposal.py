"""values proposed for settings"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from db.migrations import steps

revision = '0002'
down_revision = '0001'


def upgrade() -> None:
    op.create_table('setting_proposal',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('value', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('effective_from', sa.Date(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('proposed_by', sa.BigInteger(), nullable=False),
    sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_by', sa.BigInteger(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decision_note', sa.Text(), nullable=True),
    sa.Column('version', sa.BigInteger(), server_default='1', nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("state IN ('proposed', 'approved', 'rejected', 'withdrawn')", name=op.f('ck_setting_proposal_state_known')),
    sa.CheckConstraint("(state = 'proposed') = (decided_by IS NULL)", name=op.f('ck_setting_proposal_decided_by_somebody')),
    sa.CheckConstraint('(decided_by IS NULL) = (decided_at IS NULL)', name=op.f('ck_setting_proposal_decided_at_some_time')),
    sa.CheckConstraint("state NOT IN ('approved', 'rejected') OR decided_by <> proposed_by", name=op.f('ck_setting_proposal_decided_by_another')),
    sa.CheckConstraint("state <> 'rejected' OR decision_note <> ''", name=op.f('ck_setting_proposal_rejected_with_reason')),
    sa.ForeignKeyConstraint(['decided_by'], ['app_user.id'], name=op.f('fk_setting_proposal_decided_by_app_user'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['proposed_by'], ['app_user.id'], name=op.f('fk_setting_proposal_proposed_by_app_user'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_setting_proposal'))
    )
    steps.scale_out('setting_proposal', 'reference')
    op.create_index('uq_setting_proposal_open', 'setting_proposal', ['key'], unique=True, postgresql_where=sa.text("state = 'proposed'"))
    steps.allow_transitions('setting_proposal', 'proposed>approved proposed>rejected proposed>withdrawn')


def downgrade() -> None:
    raise NotImplementedError("Restore a backup made before the upgrade instead.")
