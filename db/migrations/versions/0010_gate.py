"""orders that asked the gate, and permissions to pass it"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from db.migrations import steps

revision = '0010'
down_revision = '0009'


def upgrade() -> None:
    op.create_table('gate_order',
    sa.Column('order_no', sa.Text(), nullable=False),
    sa.Column('asked_on', sa.Date(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('asked_by', sa.Text(), nullable=False),
    sa.Column('original_amount', sa.Numeric(precision=20, scale=4), nullable=False),
    sa.Column('currency', sa.Text(), nullable=True),
    sa.Column('amount', sa.Numeric(precision=20, scale=4), nullable=True),
    sa.Column('prepaid_amount', sa.Numeric(precision=20, scale=4), nullable=True),
    sa.Column('terms_days', sa.BigInteger(), nullable=True),
    sa.Column('decision', sa.Text(), nullable=False),
    sa.Column('away_decision', sa.Text(), nullable=True),
    sa.Column('reasons', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False),
    sa.Column('controls', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False),
    sa.Column('limit_left', sa.Numeric(precision=20, scale=4), nullable=True),
    sa.Column('override_ids', sa.ARRAY(sa.BigInteger()), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('state', sa.Text(), nullable=True),
    sa.Column('held_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('release_role', sa.Text(), nullable=True),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('settled_by_id', sa.BigInteger(), nullable=True),
    sa.Column('settled_reason', sa.Text(), nullable=True),
    sa.Column('released_until', sa.Date(), nullable=True),
    sa.Column('customer_id', sa.BigInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('version', sa.BigInteger(), server_default='1', nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("(state IS NULL OR state = 'waiting') = (settled_at IS NULL)", name=op.f('ck_gate_order_settled_when_settled')),
    sa.CheckConstraint("away_decision IS NULL OR away_decision IN ('allow', 'hold', 'deny')", name=op.f('ck_gate_order_away_decision_known')),
    sa.CheckConstraint("decision <> 'deny' OR state IS NULL", name=op.f('ck_gate_order_denied_is_final')),
    sa.CheckConstraint("decision <> 'hold' OR state IS NOT NULL", name=op.f('ck_gate_order_state_when_held')),
    sa.CheckConstraint("decision IN ('allow', 'hold', 'deny')", name=op.f('ck_gate_order_decision_known')),
    sa.CheckConstraint("release_role IS NULL OR release_role IN ('viewer', 'business', 'risk', 'legal', 'finance', 'auditor', 'leader', 'hr', 'admin')", name=op.f('ck_gate_order_release_role_known')),
    sa.CheckConstraint("state IS NULL OR state IN ('waiting', 'released', 'refused', 'withdrawn')", name=op.f('ck_gate_order_state_known')),
    sa.CheckConstraint("state NOT IN ('released', 'refused') OR btrim(coalesce(settled_reason, '')) <> ''", name=op.f('ck_gate_order_settled_with_reason')),
    sa.CheckConstraint("state IS NULL OR state = 'withdrawn' OR (held_at IS NOT NULL AND release_role IS NOT NULL)", name=op.f('ck_gate_order_held_for_somebody')),
    sa.CheckConstraint('original_amount > 0 AND prepaid_amount >= 0 AND terms_days >= 0', name=op.f('ck_gate_order_order_in_range')),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.customer_id'], name=op.f('fk_gate_order_customer_id_customer'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['settled_by_id'], ['app_user.id'], name=op.f('fk_gate_order_settled_by_id_app_user'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('customer_id', 'id', name=op.f('pk_gate_order')),
    sa.UniqueConstraint('customer_id', 'order_no', name=op.f('uq_gate_order_customer_id_order_no'))
    )
    steps.scale_out('gate_order', 'customer')
    steps.allow_transitions('gate_order', 'waiting>released waiting>refused waiting>withdrawn released>withdrawn released>waiting')
    op.create_table('gate_override',
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=False),
    sa.Column('limit_amount', sa.Numeric(precision=20, scale=4), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('proposed_by_id', sa.BigInteger(), nullable=True),
    sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('approved_by_id', sa.BigInteger(), nullable=True),
    sa.Column('approved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_by_id', sa.BigInteger(), nullable=True),
    sa.Column('ended_reason', sa.Text(), nullable=True),
    sa.Column('customer_id', sa.BigInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('version', sa.BigInteger(), server_default='1', nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("(state = 'approved') <= (approved_at IS NOT NULL)", name=op.f('ck_gate_override_approved_when_approved')),
    sa.CheckConstraint("btrim(reason) <> ''", name=op.f('ck_gate_override_proposed_with_reason')),
    sa.CheckConstraint("kind IN ('monitoring', 'trade_limit', 'suspension', 'guarantee', 'prepayment')", name=op.f('ck_gate_override_kind_known')),
    sa.CheckConstraint("state IN ('proposed', 'approved', 'declined', 'ended')", name=op.f('ck_gate_override_state_known')),
    sa.CheckConstraint("state NOT IN ('declined', 'ended') OR btrim(coalesce(ended_reason, '')) <> ''", name=op.f('ck_gate_override_ended_with_reason')),
    sa.CheckConstraint('approved_by_id <> proposed_by_id', name=op.f('ck_gate_override_approved_by_another')),
    sa.CheckConstraint('until_on >= starts_on AND limit_amount > 0', name=op.f('ck_gate_override_in_range')),
    sa.ForeignKeyConstraint(['approved_by_id'], ['app_user.id'], name=op.f('fk_gate_override_approved_by_id_app_user'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.customer_id'], name=op.f('fk_gate_override_customer_id_customer'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['ended_by_id'], ['app_user.id'], name=op.f('fk_gate_override_ended_by_id_app_user'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['proposed_by_id'], ['app_user.id'], name=op.f('fk_gate_override_proposed_by_id_app_user'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('customer_id', 'id', name=op.f('pk_gate_override'))
    )
    steps.scale_out('gate_override', 'customer')
    steps.allow_transitions('gate_override', 'proposed>approved proposed>declined approved>ended proposed>ended')
    op.create_index('ix_gate_order_asked_at', 'gate_order', ['asked_at', 'customer_id', 'id'], unique=False)
    op.create_index('ix_gate_order_asked_on', 'gate_order', ['customer_id', 'asked_on'], unique=False)
    op.create_index('ix_gate_order_order_no', 'gate_order', ['order_no'], unique=False)
    op.create_index('ix_gate_order_waiting', 'gate_order', ['held_at', 'customer_id', 'id'], unique=False, postgresql_where=sa.text("state = 'waiting'"))
    op.create_index('ix_gate_override_until_on', 'gate_override', ['until_on'], unique=False, postgresql_where=sa.text("state IN ('proposed', 'approved')"))
    op.create_index('uq_gate_override_open', 'gate_override', ['customer_id', 'kind'], unique=True, postgresql_where=sa.text("state IN ('proposed', 'approved')"))


def downgrade() -> None:
    raise NotImplementedError("Restore a backup made before the upgrade instead.")
