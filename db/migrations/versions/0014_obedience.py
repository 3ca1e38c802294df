"""orders, invoices and payments against the measures of their day"""

from alembic import op
import sqlalchemy as sa

from db.migrations import steps

revision = '0014'
down_revision = '0013'


def upgrade() -> None:
    op.create_table('control_test',
    sa.Column('customer_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('documents', sa.BigInteger(), nullable=False),
    sa.Column('amount', sa.Numeric(precision=20, scale=4), nullable=False),
    sa.CheckConstraint('documents >= 0', name=op.f('ck_control_test_documents_counted')),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.customer_id'], name=op.f('fk_control_test_customer_id_customer'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('customer_id', 'month', name=op.f('pk_control_test'))
    )
    steps.scale_out('control_test', 'customer')
    op.create_index('ix_control_test_month', 'control_test', ['month'], unique=False)
    op.create_table('control_breach',
    sa.Column('control_id', sa.BigInteger(), nullable=True),
    sa.Column('listing_id', sa.BigInteger(), nullable=True),
    sa.Column('demand', sa.Text(), nullable=False),
    sa.Column('document', sa.Text(), nullable=False),
    sa.Column('document_no', sa.Text(), nullable=False),
    sa.Column('occurred_on', sa.Date(), nullable=False),
    sa.Column('amount', sa.Numeric(precision=20, scale=4), nullable=False),
    sa.Column('allowed', sa.Numeric(precision=20, scale=4), nullable=True),
    sa.Column('found', sa.Numeric(precision=20, scale=4), nullable=True),
    sa.Column('gate_decision', sa.Text(), nullable=True),
    sa.Column('found_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('withdrawn_on', sa.Date(), nullable=True),
    sa.Column('judged_as', sa.Text(), nullable=True),
    sa.Column('judged_by_id', sa.BigInteger(), nullable=True),
    sa.Column('judged_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('judged_reason', sa.Text(), nullable=True),
    sa.Column('customer_id', sa.BigInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('version', sa.BigInteger(), server_default='1', nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("(demand = 'listed') = (listing_id IS NOT NULL)", name=op.f('ck_control_breach_listed_names_listing')),
    sa.CheckConstraint("(judged_as IS NULL) = (judged_at IS NULL) AND (judged_as IS NULL OR btrim(coalesce(judged_reason, '')) <> '')", name=op.f('ck_control_breach_judged_with_reason')),
    sa.CheckConstraint("demand IN ('listed', 'suspension', 'order_limit', 'month_limit', 'exposure_limit', 'terms', 'prepayment', 'guarantee')", name=op.f('ck_control_breach_demand_known')),
    sa.CheckConstraint("document IN ('order', 'invoice')", name=op.f('ck_control_breach_document_known')),
    sa.CheckConstraint("gate_decision IS NULL OR gate_decision IN ('allow', 'hold', 'deny')", name=op.f('ck_control_breach_gate_decision_known')),
    sa.CheckConstraint("judged_as IS NULL OR judged_as IN ('confirmed', 'excused')", name=op.f('ck_control_breach_judged_as_known')),
    sa.CheckConstraint('(control_id IS NULL) <> (listing_id IS NULL)', name=op.f('ck_control_breach_against_one_measure')),
    sa.ForeignKeyConstraint(['customer_id', 'control_id'], ['control.customer_id', 'control.id'], name=op.f('fk_control_breach_customer_id_control_id_control'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['customer_id', 'listing_id'], ['listing.customer_id', 'listing.id'], name=op.f('fk_control_breach_customer_id_listing_id_listing'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.customer_id'], name=op.f('fk_control_breach_customer_id_customer'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['judged_by_id'], ['app_user.id'], name=op.f('fk_control_breach_judged_by_id_app_user'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('customer_id', 'id', name=op.f('pk_control_breach')),
    sa.UniqueConstraint('customer_id', 'document', 'document_no', 'demand', 'control_id', 'listing_id', name='uq_control_breach_document', postgresql_nulls_not_distinct=True)
    )
    steps.scale_out('control_breach', 'customer')
    op.create_index('ix_control_breach_occurred_on', 'control_breach', ['occurred_on', 'customer_id', 'id'], unique=False, postgresql_where=sa.text('withdrawn_on IS NULL'))


def downgrade() -> None:
    raise NotImplementedError("Restore a backup made before the upgrade instead.")
