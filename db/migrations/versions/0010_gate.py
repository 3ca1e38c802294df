"""orders that asked the gate"""

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
    sa.Column('terms_days', sa.BigInteger(), nullable=True),
    sa.Column('decision', sa.Text(), nullable=False),
    sa.Column('reasons', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False),
    sa.Column('controls', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False),
    sa.Column('limit_left', sa.Numeric(precision=20, scale=4), nullable=True),
    sa.Column('state', sa.Text(), nullable=True),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('settled_by_id', sa.BigInteger(), nullable=True),
    sa.Column('settled_reason', sa.Text(), nullable=True),
    sa.Column('released_until', sa.Date(), nullable=True),
    sa.Column('customer_id', sa.BigInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('version', sa.BigInteger(), server_default='1', nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("(decision = 'hold') = (state IS NOT NULL)", name=op.f('ck_gate_order_state_when_held')),
    sa.CheckConstraint("(state IS NULL OR state = 'waiting') = (settled_at IS NULL)", name=op.f('ck_gate_order_settled_when_settled')),
    sa.CheckConstraint("decision IN ('allow', 'hold', 'deny')", name=op.f('ck_gate_order_decision_known')),
    sa.CheckConstraint("state IS NULL OR state IN ('waiting', 'released', 'refused', 'withdrawn')", name=op.f('ck_gate_order_state_known')),
    sa.CheckConstraint("state NOT IN ('released', 'refused') OR btrim(coalesce(settled_reason, '')) <> ''", name=op.f('ck_gate_order_settled_with_reason')),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.customer_id'], name=op.f('fk_gate_order_customer_id_customer'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['settled_by_id'], ['app_user.id'], name=op.f('fk_gate_order_settled_by_id_app_user'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('customer_id', 'id', name=op.f('pk_gate_order')),
    sa.UniqueConstraint('customer_id', 'order_no', name=op.f('uq_gate_order_customer_id_order_no'))
    )
    steps.scale_out('gate_order', 'customer')
    steps.allow_transitions('gate_order', 'waiting>released waiting>refused waiting>withdrawn released>withdrawn')
    op.create_index('ix_gate_order_asked_on', 'gate_order', ['customer_id', 'asked_on'], unique=False)
    op.create_index('ix_gate_order_order_no', 'gate_order', ['order_no'], unique=False)
    op.create_index('ix_gate_order_waiting', 'gate_order', ['asked_at', 'customer_id', 'id'], unique=False, postgresql_where=sa.text("state = 'waiting'"))


def downgrade() -> None:
    raise NotImplementedError("Restore a backup made before the upgrade instead.")
