"""measures against risky customers"""

from alembic import op
import sqlalchemy as sa

from db.migrations import steps

revision = '0009'
down_revision = '0008'


def upgrade() -> None:
    op.create_table('control',
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('force', sa.Text(), nullable=False),
    sa.Column('override_role', sa.Text(), nullable=True),
    sa.Column('order_limit', sa.Numeric(precision=20, scale=4), nullable=True),
    sa.Column('month_limit', sa.Numeric(precision=20, scale=4), nullable=True),
    sa.Column('exposure_limit', sa.Numeric(precision=20, scale=4), nullable=True),
    sa.Column('terms_days', sa.BigInteger(), nullable=True),
    sa.Column('prepaid_share', sa.Numeric(precision=12, scale=6), nullable=True),
    sa.Column('guarantee_value', sa.Numeric(precision=20, scale=4), nullable=True),
    sa.Column('coverage_ratio', sa.Numeric(precision=12, scale=6), nullable=True),
    sa.Column('monitoring_days', sa.BigInteger(), nullable=True),
    sa.Column('plan_rule', sa.Text(), nullable=True),
    sa.Column('plan_rule_edition', sa.BigInteger(), nullable=True),
    sa.Column('level', sa.Text(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('owner_id', sa.BigInteger(), nullable=True),
    sa.Column('department_id', sa.BigInteger(), nullable=True),
    sa.Column('proposed_by_id', sa.BigInteger(), nullable=True),
    sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('approved_by_id', sa.BigInteger(), nullable=True),
    sa.Column('approved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('starts_on', sa.Date(), nullable=True),
    sa.Column('review_on', sa.Date(), nullable=True),
    sa.Column('expires_on', sa.Date(), nullable=True),
    sa.Column('effect', sa.Text(), nullable=True),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('ended_as', sa.Text(), nullable=True),
    sa.Column('end_reason', sa.Text(), nullable=True),
    sa.Column('ended_by_id', sa.BigInteger(), nullable=True),
    sa.Column('customer_id', sa.BigInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('version', sa.BigInteger(), server_default='1', nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("(force = 'overridable') = (override_role IS NOT NULL)", name=op.f('ck_control_override_role_if_overridable')),
    sa.CheckConstraint("(state = 'lifted') = (ended_as IS NOT NULL)", name=op.f('ck_control_lifted_as_something')),
    sa.CheckConstraint("(state IN ('active', 'expired')) <= (starts_on IS NOT NULL)", name=op.f('ck_control_starts_when_active')),
    sa.CheckConstraint("(state IN ('lifted', 'expired')) = (ended_on IS NOT NULL)", name=op.f('ck_control_ended_when_ended')),
    sa.CheckConstraint("ended_as IS NULL OR ended_as IN ('no_longer_needed', 'replaced', 'unfounded', 'declined')", name=op.f('ck_control_ended_as_known')),
    sa.CheckConstraint("force IN ('absolute', 'overridable')", name=op.f('ck_control_force_known')),
    sa.CheckConstraint("kind IN ('monitoring', 'trade_limit', 'suspension', 'guarantee', 'prepayment')", name=op.f('ck_control_kind_known')),
    sa.CheckConstraint("level IS NULL OR level IN ('low', 'medium', 'high', 'critical')", name=op.f('ck_control_level_known')),
    sa.CheckConstraint("override_role IS NULL OR override_role IN ('viewer', 'business', 'risk', 'legal', 'finance', 'auditor', 'leader', 'hr', 'admin')", name=op.f('ck_control_override_role_known')),
    sa.CheckConstraint("state <> 'lifted' OR btrim(coalesce(end_reason, '')) <> ''", name=op.f('ck_control_lifted_with_reason')),
    sa.CheckConstraint("state IN ('proposed', 'active', 'lifted', 'expired')", name=op.f('ck_control_state_known')),
    sa.CheckConstraint('approved_by_id <> proposed_by_id', name=op.f('ck_control_approved_by_another')),
    sa.CheckConstraint('expires_on >= starts_on AND review_on >= starts_on', name=op.f('ck_control_days_in_order')),
    sa.CheckConstraint('order_limit >= 0 AND month_limit >= 0 AND exposure_limit >= 0 AND guarantee_value >= 0 AND terms_days >= 0 AND monitoring_days > 0 AND coverage_ratio >= 0 AND prepaid_share BETWEEN 0 AND 1', name=op.f('ck_control_demands_in_range')),
    sa.ForeignKeyConstraint(['approved_by_id'], ['app_user.id'], name=op.f('fk_control_approved_by_id_app_user'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.customer_id'], name=op.f('fk_control_customer_id_customer'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['department_id'], ['department.id'], name=op.f('fk_control_department_id_department'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['ended_by_id'], ['app_user.id'], name=op.f('fk_control_ended_by_id_app_user'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['owner_id'], ['app_user.id'], name=op.f('fk_control_owner_id_app_user'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['proposed_by_id'], ['app_user.id'], name=op.f('fk_control_proposed_by_id_app_user'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('customer_id', 'id', name=op.f('pk_control'))
    )
    steps.scale_out('control', 'customer')
    steps.allow_transitions('control', 'proposed>active proposed>lifted active>lifted active>expired')
    op.create_index('ix_control_expires_on', 'control', ['expires_on'], unique=False, postgresql_where=sa.text("state = 'active'"))
    op.create_index('ix_control_proposed_at', 'control', ['proposed_at', 'customer_id', 'id'], unique=False, postgresql_where=sa.text("state = 'proposed'"))
    op.create_index('ix_control_review_on', 'control', ['review_on'], unique=False, postgresql_where=sa.text("state = 'active'"))
    op.create_index('uq_control_in_force', 'control', ['customer_id', 'kind'], unique=True, postgresql_where=sa.text("state = 'active'"))
    op.create_index('uq_control_waiting', 'control', ['customer_id', 'kind'], unique=True, postgresql_where=sa.text("state = 'proposed'"))


def downgrade() -> None:
    raise NotImplementedError("Restore a backup made before the upgrade instead.")
