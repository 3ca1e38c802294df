"""warning rules as data"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from db.migrations import steps

revision = '0006'
down_revision = '0005'


def upgrade() -> None:
    op.create_table('warning_rule_edition',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('rule', sa.Text(), nullable=False),
    sa.Column('edition', sa.BigInteger(), nullable=False),
    sa.Column('effective_from', sa.Date(), nullable=False),
    sa.Column('is_active', sa.Boolean(), nullable=False),
    sa.Column('thresholds', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('severity', sa.Text(), nullable=False),
    sa.Column('likelihood', sa.Numeric(precision=12, scale=6), nullable=False),
    sa.Column('likelihood_source', sa.Text(), nullable=False),
    sa.Column('likelihood_cases', sa.BigInteger(), nullable=True),
    sa.Column('to_owner', sa.Boolean(), nullable=False),
    sa.Column('to_risk', sa.Boolean(), nullable=False),
    sa.Column('department_ids', sa.ARRAY(sa.BigInteger()), nullable=False),
    sa.Column('deadline_hours', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('changed_by', sa.Text(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("severity IN ('low', 'medium', 'high', 'critical')", name=op.f('ck_warning_rule_edition_severity_known')),
    sa.CheckConstraint("likelihood_source IN ('stated', 'warnings', 'simulation')", name=op.f('ck_warning_rule_edition_likelihood_source_known')),
    sa.CheckConstraint('edition > 0', name=op.f('ck_warning_rule_edition_edition_counts_from_one')),
    sa.CheckConstraint('likelihood BETWEEN 0 AND 1', name=op.f('ck_warning_rule_edition_likelihood_range')),
    sa.CheckConstraint("(likelihood_source = 'stated') = (likelihood_cases IS NULL)", name=op.f('ck_warning_rule_edition_likelihood_has_cases')),
    sa.CheckConstraint('to_owner OR to_risk OR cardinality(department_ids) > 0', name=op.f('ck_warning_rule_edition_addressed_to_somebody')),
    sa.CheckConstraint("reason <> ''", name=op.f('ck_warning_rule_edition_changed_with_reason')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_warning_rule_edition')),
    sa.UniqueConstraint('rule', 'edition', name=op.f('uq_warning_rule_edition_rule_edition'))
    )
    steps.scale_out('warning_rule_edition', 'reference')
    steps.make_append_only('warning_rule_edition')
    op.create_table('rule_simulation',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('rule', sa.Text(), nullable=False),
    sa.Column('thresholds_now', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('thresholds_new', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('since', sa.Date(), nullable=False),
    sa.Column('until', sa.Date(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('weeks', sa.BigInteger(), nullable=False),
    sa.Column('weeks_done', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('result', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    sa.Column('asked_by', sa.Text(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.BigInteger(), server_default='1', nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("state IN ('queued', 'running', 'done', 'cancelled')", name=op.f('ck_rule_simulation_state_known')),
    sa.CheckConstraint('since <= until', name=op.f('ck_rule_simulation_span_runs_forward')),
    sa.CheckConstraint('weeks_done BETWEEN 0 AND weeks', name=op.f('ck_rule_simulation_weeks_done_range')),
    sa.CheckConstraint("(state = 'done') = (result IS NOT NULL)", name=op.f('ck_rule_simulation_result_when_done')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rule_simulation'))
    )
    steps.scale_out('rule_simulation', 'reference')
    op.create_index('ix_rule_simulation_rule', 'rule_simulation', ['rule', 'id'], unique=False)
    steps.allow_transitions('rule_simulation', 'queued>running queued>done queued>cancelled running>done running>cancelled')
    op.create_table('simulated_sign',
    sa.Column('customer_id', sa.BigInteger(), nullable=False),
    sa.Column('simulation_id', sa.BigInteger(), nullable=False),
    sa.Column('is_new', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('first_on', sa.Date(), nullable=False),
    sa.Column('last_on', sa.Date(), nullable=False),
    sa.Column('money_at_risk', sa.Numeric(precision=20, scale=4), nullable=False),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.customer_id'], name=op.f('fk_simulated_sign_customer_id_customer'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['simulation_id'], ['rule_simulation.id'], name=op.f('fk_simulated_sign_simulation_id_rule_simulation'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('customer_id', 'simulation_id', 'is_new', 'first_on', name=op.f('pk_simulated_sign'))
    )
    steps.scale_out('simulated_sign', 'customer')
    op.create_index('ix_simulated_sign_simulation_id', 'simulated_sign', ['simulation_id', 'is_new', 'first_on', 'customer_id'], unique=False)
    op.add_column('early_warning', sa.Column('rule_edition', sa.BigInteger(), server_default='0', nullable=False))
    op.add_column('early_warning', sa.Column('also_department_ids', sa.ARRAY(sa.BigInteger()), server_default='{}', nullable=False))
    op.add_column('early_warning', sa.Column('acknowledged_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('early_warning', sa.Column('acknowledged_in_time', sa.Boolean(), nullable=True))
    op.create_check_constraint(op.f('ck_early_warning_acknowledged_in_time_or_not'), 'early_warning', '(acknowledged_at IS NULL) = (acknowledged_in_time IS NULL)')
    op.create_index('ix_early_warning_rule_raised_on', 'early_warning', ['rule', 'raised_on'], unique=False)


def downgrade() -> None:
    raise NotImplementedError("Restore a backup made before the upgrade instead.")
