"""first schema"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from db.migrations import steps

revision = '0001'
down_revision = None


def upgrade() -> None:
    steps.create_functions()
    steps.add_extension('pg_trgm')
    op.create_table('app_session',
    sa.Column('token_sha256', sa.LargeBinary(), nullable=False),
    sa.Column('user_id', sa.BigInteger(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ip', sa.Text(), nullable=True),
    sa.Column('browser', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('token_sha256', name=op.f('pk_app_session'))
    )
    steps.scale_out('app_session', 'local')
    op.create_index('ix_app_session_user_id', 'app_session', ['user_id'], unique=False)
    op.create_table('customer_key',
    sa.Column('customer_no', sa.Text(), nullable=False),
    sa.Column('customer_id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.PrimaryKeyConstraint('customer_no', name=op.f('pk_customer_key')),
    sa.UniqueConstraint('customer_id', name=op.f('uq_customer_key_customer_id'))
    )
    steps.scale_out('customer_key', 'reference')
    op.create_table('data_version',
    sa.Column('topic', sa.Text(), nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('topic', name=op.f('pk_data_version'))
    )
    steps.scale_out('data_version', 'local')
    op.create_table('department',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.Column('name_zh_hans', sa.Text(), nullable=False),
    sa.Column('name_zh_hant', sa.Text(), nullable=False),
    sa.CheckConstraint("kind IN ('business', 'risk', 'legal', 'finance', 'internal_audit', 'leadership', 'hr', 'administration')", name=op.f('ck_department_kind_known')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_department')),
    sa.UniqueConstraint('code', name=op.f('uq_department_code'))
    )
    steps.scale_out('department', 'reference')
    op.create_table('dirty_customer',
    sa.Column('customer_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('customer_id', name=op.f('pk_dirty_customer'))
    )
    steps.scale_out('dirty_customer', 'customer')
    op.create_table('fx_rate',
    sa.Column('currency', sa.Text(), nullable=False),
    sa.Column('as_of', sa.Date(), nullable=False),
    sa.Column('rate', sa.Numeric(precision=12, scale=6), nullable=False),
    sa.CheckConstraint('rate > 0', name=op.f('ck_fx_rate_rate_positive')),
    sa.PrimaryKeyConstraint('currency', 'as_of', name=op.f('pk_fx_rate'))
    )
    steps.scale_out('fx_rate', 'reference')
    op.create_table('import_batch',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('file_name', sa.Text(), nullable=False),
    sa.Column('file_sha256', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('imported_by', sa.Text(), nullable=False),
    sa.Column('counts', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('rejects', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    sa.CheckConstraint("state IN ('prepared', 'running', 'done', 'refused')", name=op.f('ck_import_batch_state_known')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_import_batch'))
    )
    steps.scale_out('import_batch', 'local')
    op.create_table('import_change',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('batch_id', sa.BigInteger(), nullable=False),
    sa.Column('customer_id', sa.BigInteger(), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('before', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('after', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_import_change'))
    )
    steps.scale_out('import_change', 'local')
    op.create_index('ix_import_change_batch_id', 'import_change', ['batch_id'], unique=False)
    op.create_table('import_profile',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('mapping', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('defaults', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('saved_by', sa.Text(), nullable=False),
    sa.Column('saved_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_import_profile')),
    sa.UniqueConstraint('kind', 'name', name=op.f('uq_import_profile_kind_name'))
    )
    steps.scale_out('import_profile', 'reference')
    op.create_table('industry_outlook',
    sa.Column('industry_code', sa.Text(), nullable=False),
    sa.Column('as_of', sa.Date(), nullable=False),
    sa.Column('outlook', sa.Numeric(precision=12, scale=6), nullable=True),
    sa.Column('trend', sa.Numeric(precision=12, scale=6), nullable=True),
    sa.Column('policy', sa.Numeric(precision=12, scale=6), nullable=True),
    sa.Column('default_rate', sa.Numeric(precision=12, scale=6), nullable=True),
    sa.CheckConstraint('outlook BETWEEN 0 AND 100', name=op.f('ck_industry_outlook_outlook_range')),
    sa.CheckConstraint('policy BETWEEN -2 AND 2', name=op.f('ck_industry_outlook_policy_range')),
    sa.CheckConstraint('trend BETWEEN -2 AND 2', name=op.f('ck_industry_outlook_trend_range')),
    sa.PrimaryKeyConstraint('industry_code', 'as_of', name=op.f('pk_industry_outlook'))
    )
    steps.scale_out('industry_outlook', 'reference')
    op.create_table('job',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('unique_key', sa.Text(), nullable=False),
    sa.Column('arguments', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('run_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('attempts', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('error', sa.Text(), nullable=True),
    sa.Column('progress', sa.Numeric(precision=12, scale=6), nullable=True),
    sa.CheckConstraint("state IN ('queued', 'running', 'done', 'failed')", name=op.f('ck_job_state_known')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_job'))
    )
    steps.scale_out('job', 'local')
    op.create_index('ix_job_queued', 'job', ['run_at', 'id'], unique=False, postgresql_where=sa.text("state = 'queued'"))
    op.create_index('uq_job_waiting', 'job', ['name', 'unique_key'], unique=True, postgresql_where=sa.text("state = 'queued'"))
    op.create_table('ledger_entry',
    sa.Column('customer_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('seq', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor', sa.Text(), nullable=False),
    sa.Column('action', sa.Text(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('before', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    sa.Column('after', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('previous_hash', sa.LargeBinary(), nullable=False),
    sa.Column('hash', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('customer_id', 'seq', name=op.f('pk_ledger_entry'))
    )
    steps.scale_out('ledger_entry', 'customer')
    op.create_index('ix_ledger_entry_at', 'ledger_entry', ['at'], unique=False)
    op.create_table('ledger_seal',
    sa.Column('sealed_on', sa.Date(), nullable=False),
    sa.Column('sealed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('chains', sa.BigInteger(), nullable=False),
    sa.Column('entries', sa.BigInteger(), nullable=False),
    sa.Column('previous_hash', sa.LargeBinary(), nullable=False),
    sa.Column('hash', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('sealed_on', name=op.f('pk_ledger_seal'))
    )
    steps.scale_out('ledger_seal', 'local')
    op.create_table('metric_contribution',
    sa.Column('metric', sa.Text(), nullable=False),
    sa.Column('measure', sa.Text(), nullable=False),
    sa.Column('department_id', sa.BigInteger(), nullable=True),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('neighbour', sa.Date(), nullable=True),
    sa.Column('known_on', sa.Date(), nullable=False),
    sa.Column('amount', sa.Numeric(precision=20, scale=4), nullable=False),
    sa.Column('subject', sa.Text(), nullable=True),
    sa.Column('score', sa.Numeric(precision=12, scale=6), nullable=True),
    sa.Column('customer_id', sa.BigInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.PrimaryKeyConstraint('customer_id', 'id', name=op.f('pk_metric_contribution'))
    )
    steps.scale_out('metric_contribution', 'customer')
    op.create_index('ix_metric_contribution_metric_month', 'metric_contribution', ['metric', 'month', 'customer_id'], unique=False)
    op.create_table('metric_rollup',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('metric', sa.Text(), nullable=False),
    sa.Column('measure', sa.Text(), nullable=False),
    sa.Column('department_id', sa.BigInteger(), nullable=True),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('neighbour', sa.Date(), nullable=True),
    sa.Column('known_on', sa.Date(), nullable=False),
    sa.Column('amount', sa.Numeric(precision=20, scale=4), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_metric_rollup'))
    )
    steps.scale_out('metric_rollup', 'local')
    op.create_index('uq_metric_rollup_cell', 'metric_rollup', ['metric', 'measure', 'department_id', 'month', 'neighbour', 'known_on'], unique=True, postgresql_nulls_not_distinct=True)
    op.create_table('setting',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('value', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('effective_from', sa.Date(), nullable=False),
    sa.Column('set_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('set_by', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_setting')),
    sa.UniqueConstraint('key', 'effective_from', 'set_at', name=op.f('uq_setting_key_effective_from_set_at'))
    )
    steps.scale_out('setting', 'reference')
    op.create_table('sign_in_attempt',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('login', sa.Text(), nullable=False),
    sa.Column('ip', sa.Text(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_in_attempt'))
    )
    steps.scale_out('sign_in_attempt', 'local')
    op.create_index('ix_sign_in_attempt_login_at', 'sign_in_attempt', ['login', 'at'], unique=False)
    op.create_table('watchlist_entry',
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('entry_no', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('aliases', sa.Text(), nullable=True),
    sa.Column('uscc', sa.Text(), nullable=True),
    sa.Column('listed_on', sa.Date(), nullable=True),
    sa.PrimaryKeyConstraint('source', 'entry_no', name=op.f('pk_watchlist_entry'))
    )
    steps.scale_out('watchlist_entry', 'reference')
    op.create_table('app_user',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('login', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('department_id', sa.BigInteger(), nullable=False),
    sa.Column('role', sa.Text(), nullable=False),
    sa.Column('language', sa.Text(), nullable=True),
    sa.Column('email', sa.Text(), nullable=True),
    sa.Column('password_hash', sa.Text(), nullable=False),
    sa.Column('is_active', sa.Boolean(), server_default=sa.text('true'), nullable=False),
    sa.Column('is_sample', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('overview_seen_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.BigInteger(), server_default='1', nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("language IS NULL OR language IN ('zh_Hans', 'zh_Hant', 'en')", name=op.f('ck_app_user_language_known')),
    sa.CheckConstraint("role IN ('viewer', 'business', 'risk', 'legal', 'finance', 'auditor', 'leader', 'hr', 'admin')", name=op.f('ck_app_user_role_known')),
    sa.ForeignKeyConstraint(['department_id'], ['department.id'], name=op.f('fk_app_user_department_id_department'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_app_user')),
    sa.UniqueConstraint('login', name=op.f('uq_app_user_login'))
    )
    steps.scale_out('app_user', 'reference')
    op.create_table('customer',
    sa.Column('customer_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('customer_no', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('uscc', sa.Text(), nullable=True),
    sa.Column('kind', sa.Text(), server_default='company', nullable=False),
    sa.Column('industry_code', sa.Text(), nullable=True),
    sa.Column('region', sa.Text(), nullable=True),
    sa.Column('size', sa.Text(), nullable=True),
    sa.Column('owner_department_id', sa.BigInteger(), nullable=True),
    sa.Column('account_manager', sa.Text(), nullable=True),
    sa.Column('registered_capital', sa.Numeric(precision=20, scale=4), nullable=True),
    sa.Column('established_on', sa.Date(), nullable=True),
    sa.Column('legal_representative', sa.Text(), nullable=True),
    sa.Column('phone', sa.Text(), nullable=True),
    sa.Column('address', sa.Text(), nullable=True),
    sa.Column('bank_account', sa.Text(), nullable=True),
    sa.Column('credit_rating', sa.Text(), nullable=True),
    sa.Column('credit_limit', sa.Numeric(precision=20, scale=4), nullable=True),
    sa.Column('payment_terms_days', sa.BigInteger(), nullable=True),
    sa.Column('since', sa.Date(), nullable=True),
    sa.Column('risk_score', sa.Numeric(precision=20, scale=4), nullable=True),
    sa.Column('risk_level', sa.Text(), nullable=True),
    sa.Column('scored_on', sa.Date(), nullable=True),
    sa.Column('version', sa.BigInteger(), server_default='1', nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("kind IN ('company', 'individual')", name=op.f('ck_customer_kind_known')),
    sa.CheckConstraint("risk_level IS NULL OR risk_level IN ('low', 'medium', 'high', 'critical')", name=op.f('ck_customer_risk_level_known')),
    sa.ForeignKeyConstraint(['owner_department_id'], ['department.id'], name=op.f('fk_customer_owner_department_id_department'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('customer_id', name=op.f('pk_customer'))
    )
    steps.scale_out('customer', 'customer')
    op.create_index('ix_customer_customer_no', 'customer', ['customer_no'], unique=False)
    op.create_index('ix_customer_name_trgm', 'customer', ['name'], unique=False, postgresql_using='gin', postgresql_ops={'name': 'gin_trgm_ops'})
    op.create_index('ix_customer_owner_department_id_customer_no', 'customer', ['owner_department_id', 'customer_no'], unique=False)
    op.create_index('ix_customer_risk_score_customer_id', 'customer', ['risk_score', 'customer_id'], unique=False)
    op.create_table('incentive',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('incentive_no', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('measure', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('department_id', sa.BigInteger(), nullable=False),
    sa.Column('person', sa.Text(), nullable=True),
    sa.Column('amount', sa.Numeric(precision=20, scale=4), nullable=True),
    sa.Column('currency', sa.Text(), nullable=True),
    sa.Column('decided_on', sa.Date(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('version', sa.BigInteger(), server_default='1', nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("(kind = 'reward') = (measure IN ('bonus', 'certificate', 'promotion', 'commendation'))", name=op.f('ck_incentive_measure_fits_kind')),
    sa.CheckConstraint("kind IN ('reward', 'penalty')", name=op.f('ck_incentive_kind_known')),
    sa.CheckConstraint("measure IN ('bonus', 'certificate', 'promotion', 'commendation', 'criticism', 'bonus_deduction', 'downgrade', 'dismissal')", name=op.f('ck_incentive_measure_known')),
    sa.CheckConstraint("state IN ('proposed', 'approved', 'rejected', 'executed', 'appealed', 'upheld', 'revoked')", name=op.f('ck_incentive_state_known')),
    sa.ForeignKeyConstraint(['department_id'], ['department.id'], name=op.f('fk_incentive_department_id_department'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_incentive')),
    sa.UniqueConstraint('incentive_no', name=op.f('uq_incentive_incentive_no'))
    )
    steps.scale_out('incentive', 'reference')
    op.create_index('ix_incentive_decided_on', 'incentive', ['decided_on'], unique=False)
    op.create_table('assessment',
    sa.Column('assessed_on', sa.Date(), nullable=False),
    sa.Column('stage', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('level', sa.Text(), nullable=False),
    sa.Column('score', sa.Numeric(precision=12, scale=6), nullable=True),
    sa.Column('department_id', sa.BigInteger(), nullable=False),
    sa.Column('assessor', sa.Text(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('customer_id', sa.BigInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('version', sa.BigInteger(), server_default='1', nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("level IN ('low', 'medium', 'high', 'critical')", name=op.f('ck_assessment_level_known')),
    sa.CheckConstraint("stage IN ('initial', 'final')", name=op.f('ck_assessment_stage_known')),
    sa.CheckConstraint("state IN ('draft', 'submitted', 'in_review', 'final', 'returned')", name=op.f('ck_assessment_state_known')),
    sa.CheckConstraint('score BETWEEN 0 AND 100', name=op.f('ck_assessment_score_range')),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.customer_id'], name=op.f('fk_assessment_customer_id_customer'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['department_id'], ['department.id'], name=op.f('fk_assessment_department_id_department'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('customer_id', 'id', name=op.f('pk_assessment')),
    sa.UniqueConstraint('customer_id', 'assessed_on', 'stage', name=op.f('uq_assessment_customer_id_assessed_on_stage'))
    )
    steps.scale_out('assessment', 'customer')
    op.create_index('ix_assessment_assessed_on', 'assessment', ['assessed_on'], unique=False)
    op.create_table('complaint',
    sa.Column('complaint_no', sa.Text(), nullable=False),
    sa.Column('received_on', sa.Date(), nullable=False),
    sa.Column('cause', sa.Text(), nullable=False),
    sa.Column('department_id', sa.BigInteger(), nullable=True),
    sa.Column('closed_on', sa.Date(), nullable=True),
    sa.Column('is_upheld', sa.Boolean(), nullable=True),
    sa.Column('customer_id', sa.BigInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.CheckConstraint("cause IN ('blackgrey_management', 'other')", name=op.f('ck_complaint_cause_known')),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.customer_id'], name=op.f('fk_complaint_customer_id_customer'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['department_id'], ['department.id'], name=op.f('fk_complaint_department_id_department'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('customer_id', 'id', name=op.f('pk_complaint')),
    sa.UniqueConstraint('customer_id', 'complaint_no', name=op.f('uq_complaint_customer_id_complaint_no'))
    )
    steps.scale_out('complaint', 'customer')
    op.create_index('ix_complaint_complaint_no', 'complaint', ['complaint_no'], unique=False)
    op.create_index('ix_complaint_received_on', 'complaint', ['received_on'], unique=False)
    op.create_table('contract',
    sa.Column('contract_no', sa.Text(), nullable=False),
    sa.Column('signed_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('amount', sa.Numeric(precision=20, scale=4), nullable=True),
    sa.Column('currency', sa.Text(), nullable=True),
    sa.Column('customer_id', sa.BigInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.customer_id'], name=op.f('fk_contract_customer_id_customer'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('customer_id', 'id', name=op.f('pk_contract')),
    sa.UniqueConstraint('customer_id', 'contract_no', name=op.f('uq_contract_customer_id_contract_no'))
    )
    steps.scale_out('contract', 'customer')
    op.create_index('ix_contract_contract_no', 'contract', ['contract_no'], unique=False)
    op.create_table('credit_report',
    sa.Column('reported_on', sa.Date(), nullable=False),
    sa.Column('source', sa.Text(), server_default='', nullable=False),
    sa.Column('rating', sa.Text(), nullable=True),
    sa.Column('overdue_count', sa.BigInteger(), nullable=True),
    sa.Column('overdue_amount', sa.Numeric(precision=20, scale=4), nullable=True),
    sa.Column('enforcement_count', sa.BigInteger(), nullable=True),
    sa.Column('customer_id', sa.BigInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.customer_id'], name=op.f('fk_credit_report_customer_id_customer'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('customer_id', 'id', name=op.f('pk_credit_report')),
    sa.UniqueConstraint('customer_id', 'reported_on', 'source', name=op.f('uq_credit_report_customer_id_reported_on_source'))
    )
    steps.scale_out('credit_report', 'customer')
    op.create_table('early_warning',
    sa.Column('rule', sa.Text(), nullable=False),
    sa.Column('severity', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('outcome', sa.Text(), nullable=True),
    sa.Column('raised_on', sa.Date(), nullable=False),
    sa.Column('raised_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('escalation', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('department_id', sa.BigInteger(), nullable=True),
    sa.Column('assignee_id', sa.BigInteger(), nullable=True),
    sa.Column('snoozed_until', sa.Date(), nullable=True),
    sa.Column('snooze_reason', sa.Text(), nullable=True),
    sa.Column('money_at_risk', sa.Numeric(precision=20, scale=4), nullable=False),
    sa.Column('likelihood', sa.Numeric(precision=12, scale=6), nullable=False),
    sa.Column('priority', sa.Numeric(precision=20, scale=4), nullable=False),
    sa.Column('evidence', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('evidence_on', sa.Date(), nullable=False),
    sa.Column('resolution_note', sa.Text(), nullable=True),
    sa.Column('resolved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('customer_id', sa.BigInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('version', sa.BigInteger(), server_default='1', nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("(state = 'resolved') = (outcome IS NOT NULL)", name=op.f('ck_early_warning_outcome_when_resolved')),
    sa.CheckConstraint("outcome IS NULL OR outcome IN ('confirmed', 'mitigated', 'false_alarm')", name=op.f('ck_early_warning_outcome_known')),
    sa.CheckConstraint("severity IN ('low', 'medium', 'high', 'critical')", name=op.f('ck_early_warning_severity_known')),
    sa.CheckConstraint("state IN ('raised', 'acknowledged', 'acting', 'resolved')", name=op.f('ck_early_warning_state_known')),
    sa.CheckConstraint('(snoozed_until IS NULL) = (snooze_reason IS NULL)', name=op.f('ck_early_warning_snooze_has_reason')),
    sa.CheckConstraint('likelihood BETWEEN 0 AND 1', name=op.f('ck_early_warning_likelihood_range')),
    sa.ForeignKeyConstraint(['assignee_id'], ['app_user.id'], name=op.f('fk_early_warning_assignee_id_app_user'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.customer_id'], name=op.f('fk_early_warning_customer_id_customer'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['department_id'], ['department.id'], name=op.f('fk_early_warning_department_id_department'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('customer_id', 'id', name=op.f('pk_early_warning'))
    )
    steps.scale_out('early_warning', 'customer')
    op.create_index('ix_early_warning_open_due_at', 'early_warning', ['due_at'], unique=False, postgresql_where=sa.text("state <> 'resolved'"))
    op.create_index('ix_early_warning_open_priority', 'early_warning', ['priority', 'customer_id', 'id'], unique=False, postgresql_where=sa.text("state <> 'resolved'"))
    op.create_index('uq_early_warning_open', 'early_warning', ['customer_id', 'rule'], unique=True, postgresql_where=sa.text("state <> 'resolved'"))
    op.create_table('financial_statement',
    sa.Column('period_end', sa.Date(), nullable=False),
    sa.Column('revenue', sa.Numeric(precision=20, scale=4), nullable=True),
    sa.Column('net_profit', sa.Numeric(precision=20, scale=4), nullable=True),
    sa.Column('total_assets', sa.Numeric(precision=20, scale=4), nullable=True),
    sa.Column('total_liabilities', sa.Numeric(precision=20, scale=4), nullable=True),
    sa.Column('current_assets', sa.Numeric(precision=20, scale=4), nullable=True),
    sa.Column('current_liabilities', sa.Numeric(precision=20, scale=4), nullable=True),
    sa.Column('operating_cash_flow', sa.Numeric(precision=20, scale=4), nullable=True),
    sa.Column('currency', sa.Text(), nullable=True),
    sa.Column('customer_id', sa.BigInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.customer_id'], name=op.f('fk_financial_statement_customer_id_customer'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('customer_id', 'id', name=op.f('pk_financial_statement')),
    sa.UniqueConstraint('customer_id', 'period_end', name=op.f('uq_financial_statement_customer_id_period_end'))
    )
    steps.scale_out('financial_statement', 'customer')
    op.create_table('guarantee',
    sa.Column('guarantee_no', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('value', sa.Numeric(precision=20, scale=4), nullable=False),
    sa.Column('currency', sa.Text(), nullable=True),
    sa.Column('valid_from', sa.Date(), nullable=True),
    sa.Column('expires_on', sa.Date(), nullable=True),
    sa.Column('customer_id', sa.BigInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.CheckConstraint("kind IN ('deposit', 'mortgage', 'pledge', 'surety')", name=op.f('ck_guarantee_kind_known')),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.customer_id'], name=op.f('fk_guarantee_customer_id_customer'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('customer_id', 'id', name=op.f('pk_guarantee')),
    sa.UniqueConstraint('customer_id', 'guarantee_no', name=op.f('uq_guarantee_customer_id_guarantee_no'))
    )
    steps.scale_out('guarantee', 'customer')
    op.create_index('ix_guarantee_expires_on', 'guarantee', ['expires_on'], unique=False)
    op.create_index('ix_guarantee_guarantee_no', 'guarantee', ['guarantee_no'], unique=False)
    op.create_table('invoice',
    sa.Column('invoice_no', sa.Text(), nullable=False),
    sa.Column('contract_no', sa.Text(), nullable=True),
    sa.Column('issued_on', sa.Date(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('amount', sa.Numeric(precision=20, scale=4), nullable=False),
    sa.Column('currency', sa.Text(), nullable=True),
    sa.Column('is_disputed', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('settled_on', sa.Date(), nullable=True),
    sa.Column('customer_id', sa.BigInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.customer_id'], name=op.f('fk_invoice_customer_id_customer'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('customer_id', 'id', name=op.f('pk_invoice')),
    sa.UniqueConstraint('customer_id', 'invoice_no', name=op.f('uq_invoice_customer_id_invoice_no'))
    )
    steps.scale_out('invoice', 'customer')
    op.create_index('ix_invoice_due_on', 'invoice', ['due_on'], unique=False)
    op.create_index('ix_invoice_invoice_no', 'invoice', ['invoice_no'], unique=False)
    op.create_table('listing',
    sa.Column('listing_no', sa.Text(), nullable=False),
    sa.Column('criterion', sa.Text(), nullable=False),
    sa.Column('grade', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('trigger_on', sa.Date(), nullable=False),
    sa.Column('listed_on', sa.Date(), nullable=True),
    sa.Column('decided_on', sa.Date(), nullable=True),
    sa.Column('restored_on', sa.Date(), nullable=True),
    sa.Column('department_id', sa.BigInteger(), nullable=True),
    sa.Column('customer_id', sa.BigInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('version', sa.BigInteger(), server_default='1', nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("(state = 'proposed') = (decided_on IS NULL)", name=op.f('ck_listing_decided_when_decided')),
    sa.CheckConstraint("(state = 'restored') = (restored_on IS NOT NULL)", name=op.f('ck_listing_restored_when_restored')),
    sa.CheckConstraint("criterion IN ('arrears', 'fraud', 'breach', 'illegal', 'harm')", name=op.f('ck_listing_criterion_known')),
    sa.CheckConstraint("grade IN ('grey', 'black')", name=op.f('ck_listing_grade_known')),
    sa.CheckConstraint("state IN ('proposed', 'confirmed', 'rejected', 'restored')", name=op.f('ck_listing_state_known')),
    sa.CheckConstraint('restored_on >= decided_on', name=op.f('ck_listing_restored_after_decision')),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.customer_id'], name=op.f('fk_listing_customer_id_customer'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['department_id'], ['department.id'], name=op.f('fk_listing_department_id_department'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('customer_id', 'id', name=op.f('pk_listing')),
    sa.UniqueConstraint('customer_id', 'listing_no', name=op.f('uq_listing_customer_id_listing_no'))
    )
    steps.scale_out('listing', 'customer')
    op.create_index('ix_listing_listing_no', 'listing', ['listing_no'], unique=False)
    op.create_table('recovery_case',
    sa.Column('case_no', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('opened_on', sa.Date(), nullable=False),
    sa.Column('closed_on', sa.Date(), nullable=True),
    sa.Column('outcome', sa.Text(), nullable=True),
    sa.Column('lead_department_id', sa.BigInteger(), nullable=True),
    sa.Column('customer_id', sa.BigInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('version', sa.BigInteger(), server_default='1', nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("(state = 'closed') = (closed_on IS NOT NULL)", name=op.f('ck_recovery_case_closed_when_closed')),
    sa.CheckConstraint("outcome IS NULL OR outcome IN ('recovered', 'partly_recovered', 'written_off', 'unfounded')", name=op.f('ck_recovery_case_outcome_known')),
    sa.CheckConstraint("state IN ('open', 'investigating', 'recovering', 'closed')", name=op.f('ck_recovery_case_state_known')),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.customer_id'], name=op.f('fk_recovery_case_customer_id_customer'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['lead_department_id'], ['department.id'], name=op.f('fk_recovery_case_lead_department_id_department'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('customer_id', 'id', name=op.f('pk_recovery_case')),
    sa.UniqueConstraint('customer_id', 'case_no', name=op.f('uq_recovery_case_customer_id_case_no'))
    )
    steps.scale_out('recovery_case', 'customer')
    op.create_index('ix_recovery_case_case_no', 'recovery_case', ['case_no'], unique=False)
    op.create_table('reputation_event',
    sa.Column('event_no', sa.Text(), nullable=False),
    sa.Column('occurred_on', sa.Date(), nullable=False),
    sa.Column('source', sa.Text(), nullable=True),
    sa.Column('kind', sa.Text(), nullable=True),
    sa.Column('sentiment', sa.BigInteger(), nullable=True),
    sa.Column('title', sa.Text(), nullable=True),
    sa.Column('url', sa.Text(), nullable=True),
    sa.Column('customer_id', sa.BigInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.CheckConstraint('sentiment BETWEEN -2 AND 2', name=op.f('ck_reputation_event_sentiment_range')),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.customer_id'], name=op.f('fk_reputation_event_customer_id_customer'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('customer_id', 'id', name=op.f('pk_reputation_event')),
    sa.UniqueConstraint('customer_id', 'event_no', name=op.f('uq_reputation_event_customer_id_event_no'))
    )
    steps.scale_out('reputation_event', 'customer')
    op.create_index('ix_reputation_event_event_no', 'reputation_event', ['event_no'], unique=False)
    op.create_table('sales_order',
    sa.Column('order_no', sa.Text(), nullable=False),
    sa.Column('ordered_on', sa.Date(), nullable=False),
    sa.Column('amount', sa.Numeric(precision=20, scale=4), nullable=False),
    sa.Column('currency', sa.Text(), nullable=True),
    sa.Column('terms_days', sa.BigInteger(), nullable=True),
    sa.Column('customer_id', sa.BigInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.customer_id'], name=op.f('fk_sales_order_customer_id_customer'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('customer_id', 'id', name=op.f('pk_sales_order')),
    sa.UniqueConstraint('customer_id', 'order_no', name=op.f('uq_sales_order_customer_id_order_no'))
    )
    steps.scale_out('sales_order', 'customer')
    op.create_index('ix_sales_order_order_no', 'sales_order', ['order_no'], unique=False)
    op.create_table('scorecard',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('edition', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('definition', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('activated_on', sa.Date(), nullable=True),
    sa.Column('approved_by', sa.BigInteger(), nullable=True),
    sa.Column('version', sa.BigInteger(), server_default='1', nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("state IN ('draft', 'shadow', 'active', 'retired')", name=op.f('ck_scorecard_state_known')),
    sa.ForeignKeyConstraint(['approved_by'], ['app_user.id'], name=op.f('fk_scorecard_approved_by_app_user'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_scorecard')),
    sa.UniqueConstraint('name', 'edition', name=op.f('uq_scorecard_name_edition'))
    )
    steps.scale_out('scorecard', 'reference')
    op.create_index('uq_scorecard_active', 'scorecard', ['state'], unique=True, postgresql_where=sa.text("state = 'active'"))
    op.create_table('case_debt',
    sa.Column('case_id', sa.BigInteger(), nullable=False),
    sa.Column('invoice_id', sa.BigInteger(), nullable=False),
    sa.Column('added_on', sa.Date(), nullable=False),
    sa.Column('amount', sa.Numeric(precision=20, scale=4), nullable=False),
    sa.Column('customer_id', sa.BigInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.CheckConstraint('amount >= 0', name=op.f('ck_case_debt_amount_not_negative')),
    sa.ForeignKeyConstraint(['customer_id', 'case_id'], ['recovery_case.customer_id', 'recovery_case.id'], name=op.f('fk_case_debt_customer_id_case_id_recovery_case'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['customer_id', 'invoice_id'], ['invoice.customer_id', 'invoice.id'], name=op.f('fk_case_debt_customer_id_invoice_id_invoice'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('customer_id', 'id', name=op.f('pk_case_debt')),
    sa.UniqueConstraint('customer_id', 'case_id', 'invoice_id', name=op.f('uq_case_debt_customer_id_case_id_invoice_id'))
    )
    steps.scale_out('case_debt', 'customer')
    op.create_table('contract_event',
    sa.Column('contract_id', sa.BigInteger(), nullable=False),
    sa.Column('event_no', sa.Text(), nullable=False),
    sa.Column('occurred_on', sa.Date(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('severity', sa.BigInteger(), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('customer_id', sa.BigInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.CheckConstraint("kind IN ('fulfilled', 'spec_change', 'place_change', 'quality', 'other_breach')", name=op.f('ck_contract_event_kind_known')),
    sa.CheckConstraint('severity BETWEEN 1 AND 5', name=op.f('ck_contract_event_severity_range')),
    sa.ForeignKeyConstraint(['customer_id', 'contract_id'], ['contract.customer_id', 'contract.id'], name=op.f('fk_contract_event_customer_id_contract_id_contract'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('customer_id', 'id', name=op.f('pk_contract_event')),
    sa.UniqueConstraint('customer_id', 'event_no', name=op.f('uq_contract_event_customer_id_event_no'))
    )
    steps.scale_out('contract_event', 'customer')
    op.create_index('ix_contract_event_event_no', 'contract_event', ['event_no'], unique=False)
    op.create_table('dunning_notice',
    sa.Column('dunning_no', sa.Text(), nullable=False),
    sa.Column('invoice_id', sa.BigInteger(), nullable=True),
    sa.Column('sent_on', sa.Date(), nullable=False),
    sa.Column('channel', sa.Text(), nullable=True),
    sa.Column('response', sa.Text(), nullable=True),
    sa.Column('promised_on', sa.Date(), nullable=True),
    sa.Column('customer_id', sa.BigInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.CheckConstraint("response IS NULL OR response IN ('none', 'promise', 'dispute', 'refusal')", name=op.f('ck_dunning_notice_response_known')),
    sa.ForeignKeyConstraint(['customer_id', 'invoice_id'], ['invoice.customer_id', 'invoice.id'], name=op.f('fk_dunning_notice_customer_id_invoice_id_invoice'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.customer_id'], name=op.f('fk_dunning_notice_customer_id_customer'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('customer_id', 'id', name=op.f('pk_dunning_notice')),
    sa.UniqueConstraint('customer_id', 'dunning_no', name=op.f('uq_dunning_notice_customer_id_dunning_no'))
    )
    steps.scale_out('dunning_notice', 'customer')
    op.create_index('ix_dunning_notice_dunning_no', 'dunning_notice', ['dunning_no'], unique=False)
    op.create_table('invoice_settlement',
    sa.Column('customer_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('invoice_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('paid_amount', sa.Numeric(precision=20, scale=4), nullable=False),
    sa.Column('paid_off_on', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['customer_id', 'invoice_id'], ['invoice.customer_id', 'invoice.id'], name=op.f('fk_invoice_settlement_customer_id_invoice_id_invoice'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('customer_id', 'invoice_id', name=op.f('pk_invoice_settlement'))
    )
    steps.scale_out('invoice_settlement', 'customer')
    op.create_table('payment',
    sa.Column('payment_no', sa.Text(), nullable=False),
    sa.Column('invoice_id', sa.BigInteger(), nullable=True),
    sa.Column('paid_on', sa.Date(), nullable=False),
    sa.Column('amount', sa.Numeric(precision=20, scale=4), nullable=False),
    sa.Column('currency', sa.Text(), nullable=True),
    sa.Column('channel', sa.Text(), nullable=True),
    sa.Column('customer_id', sa.BigInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.ForeignKeyConstraint(['customer_id', 'invoice_id'], ['invoice.customer_id', 'invoice.id'], name=op.f('fk_payment_customer_id_invoice_id_invoice'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.customer_id'], name=op.f('fk_payment_customer_id_customer'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('customer_id', 'id', name=op.f('pk_payment')),
    sa.UniqueConstraint('customer_id', 'payment_no', name=op.f('uq_payment_customer_id_payment_no'))
    )
    steps.scale_out('payment', 'customer')
    op.create_index('ix_payment_customer_id_invoice_id', 'payment', ['customer_id', 'invoice_id'], unique=False)
    op.create_index('ix_payment_payment_no', 'payment', ['payment_no'], unique=False)
    op.create_table('payment_allocation',
    sa.Column('invoice_id', sa.BigInteger(), nullable=False),
    sa.Column('payment_id', sa.BigInteger(), nullable=True),
    sa.Column('paid_on', sa.Date(), nullable=False),
    sa.Column('amount', sa.Numeric(precision=20, scale=4), nullable=False),
    sa.Column('customer_id', sa.BigInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.ForeignKeyConstraint(['customer_id', 'invoice_id'], ['invoice.customer_id', 'invoice.id'], name=op.f('fk_payment_allocation_customer_id_invoice_id_invoice'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.customer_id'], name=op.f('fk_payment_allocation_customer_id_customer'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('customer_id', 'id', name=op.f('pk_payment_allocation'))
    )
    steps.scale_out('payment_allocation', 'customer')
    op.create_index('ix_payment_allocation_customer_id_invoice_id', 'payment_allocation', ['customer_id', 'invoice_id'], unique=False)
    op.create_table('score',
    sa.Column('scorecard_id', sa.BigInteger(), nullable=False),
    sa.Column('as_of', sa.Date(), nullable=False),
    sa.Column('score', sa.Numeric(precision=12, scale=6), nullable=True),
    sa.Column('level', sa.Text(), nullable=True),
    sa.Column('floor', sa.Text(), nullable=True),
    sa.Column('coverage', sa.Numeric(precision=12, scale=6), nullable=False),
    sa.Column('dimensions', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('points', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('computed_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('customer_id', sa.BigInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.CheckConstraint("level IS NULL OR level IN ('low', 'medium', 'high', 'critical')", name=op.f('ck_score_level_known')),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.customer_id'], name=op.f('fk_score_customer_id_customer'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['scorecard_id'], ['scorecard.id'], name=op.f('fk_score_scorecard_id_scorecard'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('customer_id', 'id', name=op.f('pk_score'))
    )
    steps.scale_out('score', 'customer')
    op.create_index('ix_score_customer_id_as_of', 'score', ['customer_id', 'as_of'], unique=False)
    steps.make_append_only('ledger_entry')
    steps.make_append_only('ledger_seal')
    steps.make_append_only('score')
    steps.make_append_only('setting')
    steps.allow_transitions('assessment', 'draft>submitted submitted>in_review in_review>final in_review>returned returned>draft')
    steps.allow_transitions('early_warning', 'raised>acknowledged acknowledged>acting acting>resolved')
    steps.allow_transitions('listing', 'proposed>confirmed proposed>rejected confirmed>restored')
    steps.allow_transitions('recovery_case', 'open>investigating investigating>recovering recovering>closed')
    steps.allow_transitions('incentive', 'proposed>approved proposed>rejected approved>executed approved>appealed executed>appealed appealed>upheld appealed>revoked')
    steps.allow_transitions('scorecard', 'draft>shadow shadow>active active>retired shadow>retired draft>retired')


def downgrade() -> None:
    raise NotImplementedError("Restore a backup made before the upgrade instead.")
