"""measures against risky customers"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

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
    sa.Column('facts', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
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
    sa.Column('reviewed_on', sa.Date(), nullable=True),
    sa.Column('reviewed_by_id', sa.BigInteger(), nullable=True),
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
    sa.CheckConstraint("ended_as IS NULL OR ended_as IN ('no_longer_needed', 'replaced', 'unfounded', 'declined', 'withdrawn')", name=op.f('ck_control_ended_as_known')),
    sa.CheckConstraint("force IN ('absolute', 'overridable')", name=op.f('ck_control_force_known')),
    sa.CheckConstraint("kind IN ('monitoring', 'trade_limit', 'suspension', 'guarantee', 'prepayment')", name=op.f('ck_control_kind_known')),
    sa.CheckConstraint("level IS NULL OR level IN ('low', 'medium', 'high', 'critical')", name=op.f('ck_control_level_known')),
    sa.CheckConstraint("override_role IS NULL OR override_role IN ('viewer', 'business', 'risk', 'legal', 'finance', 'auditor', 'leader', 'hr', 'admin')", name=op.f('ck_control_override_role_known')),
    sa.CheckConstraint("state <> 'lifted' OR ended_as IN ('replaced', 'withdrawn') OR btrim(coalesce(end_reason, '')) <> ''", name=op.f('ck_control_lifted_with_reason')),
    sa.CheckConstraint("state IN ('proposed', 'active', 'lifted', 'expired')", name=op.f('ck_control_state_known')),
    sa.CheckConstraint('approved_by_id <> proposed_by_id', name=op.f('ck_control_approved_by_another')),
    sa.CheckConstraint("proposed_by_id IS NULL OR state NOT IN ('active', 'expired') OR approved_by_id IS NOT NULL", name=op.f('ck_control_approved_when_active')),
    sa.CheckConstraint('ended_on >= starts_on', name=op.f('ck_control_ended_after_start')),
    sa.CheckConstraint("(kind = 'trade_limit' OR (order_limit IS NULL AND month_limit IS NULL AND exposure_limit IS NULL)) AND (kind IN ('trade_limit', 'prepayment') OR terms_days IS NULL) AND (kind = 'prepayment' OR prepaid_share IS NULL) AND (kind = 'guarantee' OR (guarantee_value IS NULL AND coverage_ratio IS NULL)) AND (kind = 'monitoring' OR monitoring_days IS NULL)", name=op.f('ck_control_demands_of_kind')),
    sa.CheckConstraint('expires_on >= starts_on AND review_on >= starts_on', name=op.f('ck_control_days_in_order')),
    sa.CheckConstraint('order_limit >= 0 AND month_limit >= 0 AND exposure_limit >= 0 AND guarantee_value >= 0 AND terms_days >= 0 AND monitoring_days > 0 AND coverage_ratio >= 0 AND prepaid_share BETWEEN 0 AND 1', name=op.f('ck_control_demands_in_range')),
    sa.ForeignKeyConstraint(['approved_by_id'], ['app_user.id'], name=op.f('fk_control_approved_by_id_app_user'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.customer_id'], name=op.f('fk_control_customer_id_customer'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['department_id'], ['department.id'], name=op.f('fk_control_department_id_department'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['ended_by_id'], ['app_user.id'], name=op.f('fk_control_ended_by_id_app_user'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['owner_id'], ['app_user.id'], name=op.f('fk_control_owner_id_app_user'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['proposed_by_id'], ['app_user.id'], name=op.f('fk_control_proposed_by_id_app_user'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['reviewed_by_id'], ['app_user.id'], name=op.f('fk_control_reviewed_by_id_app_user'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('customer_id', 'id', name=op.f('pk_control'))
    )
    steps.scale_out('control', 'customer')
    steps.allow_transitions('control', 'proposed>active proposed>lifted active>lifted active>expired')
    op.create_index('ix_control_ended_on', 'control', ['ended_on', 'customer_id', 'id'], unique=False, postgresql_where=sa.text('ended_on IS NOT NULL'))
    op.create_index('ix_control_expires_on', 'control', ['expires_on'], unique=False, postgresql_where=sa.text("state = 'active'"))
    op.create_index('ix_control_proposed_at', 'control', ['proposed_at', 'customer_id', 'id'], unique=False, postgresql_where=sa.text("state = 'proposed'"))
    op.create_index('ix_control_review_on', 'control', ['review_on'], unique=False, postgresql_where=sa.text("state = 'active'"))
    op.create_index('uq_control_in_force', 'control', ['customer_id', 'kind'], unique=True, postgresql_where=sa.text("state = 'active'"))
    op.create_index('uq_control_waiting', 'control', ['customer_id', 'kind'], unique=True, postgresql_where=sa.text("state = 'proposed'"))
    op.create_table('control_plan_edition',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('rule', sa.Text(), nullable=False),
    sa.Column('edition', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('effective_from', sa.Date(), nullable=False),
    sa.Column('definition', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('proposed_by_id', sa.BigInteger(), nullable=False),
    sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_by_id', sa.BigInteger(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decision_note', sa.Text(), nullable=True),
    sa.Column('version', sa.BigInteger(), server_default='1', nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("(state = 'proposed') = (decided_at IS NULL)", name=op.f('ck_control_plan_edition_decided_when_decided')),
    sa.CheckConstraint("btrim(reason) <> ''", name=op.f('ck_control_plan_edition_reason_given')),
    sa.CheckConstraint("decided_by_id <> proposed_by_id OR state = 'withdrawn'", name=op.f('ck_control_plan_edition_decided_by_another')),
    sa.CheckConstraint("state IN ('proposed', 'approved', 'rejected', 'withdrawn')", name=op.f('ck_control_plan_edition_state_known')),
    sa.CheckConstraint('edition > 0', name=op.f('ck_control_plan_edition_edition_from_1')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['app_user.id'], name=op.f('fk_control_plan_edition_decided_by_id_app_user'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['proposed_by_id'], ['app_user.id'], name=op.f('fk_control_plan_edition_proposed_by_id_app_user'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_control_plan_edition')),
    sa.UniqueConstraint('rule', 'edition', name=op.f('uq_control_plan_edition_rule_edition'))
    )
    steps.scale_out('control_plan_edition', 'reference')
    steps.allow_transitions('control_plan_edition', 'proposed>approved proposed>rejected proposed>withdrawn')
    op.create_index('uq_control_plan_edition_waiting', 'control_plan_edition', ['rule'], unique=True, postgresql_where=sa.text("state = 'proposed'"))
    op.add_column('guarantee', sa.Column('released_on', sa.Date(), nullable=True))
    op.add_column('guarantee', sa.Column('release_reason', sa.Text(), nullable=True))
    op.add_column('guarantee', sa.Column('version', sa.BigInteger(), server_default='1', nullable=False))
    op.add_column('guarantee', sa.Column('changed_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False))
    op.create_check_constraint(op.f('ck_guarantee_released_with_reason'), 'guarantee', '(released_on IS NULL) = (release_reason IS NULL)')


def downgrade() -> None:
    raise NotImplementedError("Restore a backup made before the upgrade instead.")
