"""tokens, webhooks and events for machines"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from db.migrations import steps

revision = '0013'
down_revision = '0012'


def upgrade() -> None:
    op.create_table('api_token',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('fingerprint', sa.LargeBinary(), nullable=False),
    sa.Column('hint', sa.Text(), nullable=False),
    sa.Column('scopes', sa.ARRAY(sa.Text()), nullable=False),
    sa.Column('department_id', sa.BigInteger(), nullable=True),
    sa.Column('per_minute', sa.BigInteger(), nullable=False),
    sa.Column('made_by', sa.Text(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_by', sa.Text(), nullable=True),
    sa.Column('version', sa.BigInteger(), server_default='1', nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("btrim(name) <> ''", name=op.f('ck_api_token_named')),
    sa.CheckConstraint('(revoked_at IS NULL) = (revoked_by IS NULL)', name=op.f('ck_api_token_revoked_by_somebody')),
    sa.CheckConstraint("cardinality(scopes) > 0 AND scopes <@ ARRAY['gate', 'screen', 'status', 'metrics', 'events']", name=op.f('ck_api_token_scopes_known')),
    sa.CheckConstraint('expires_at > made_at', name=op.f('ck_api_token_expires_later')),
    sa.CheckConstraint('octet_length(fingerprint) = 32', name=op.f('ck_api_token_fingerprint_is_sha256')),
    sa.CheckConstraint('per_minute BETWEEN 1 AND 1000000', name=op.f('ck_api_token_rate_range')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_api_token')),
    sa.UniqueConstraint('fingerprint', name=op.f('uq_api_token_fingerprint')),
    sa.UniqueConstraint('name', name=op.f('uq_api_token_name'))
    )
    steps.scale_out('api_token', 'local')
    op.create_table('machine_event',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('position', sa.BigInteger(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('customer_id', sa.BigInteger(), nullable=True),
    sa.Column('payload', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.CheckConstraint('position > 0', name=op.f('ck_machine_event_position_positive')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_machine_event'))
    )
    steps.scale_out('machine_event', 'local')
    op.create_index('ix_machine_event_at', 'machine_event', ['at'], unique=False)
    op.create_index('ix_machine_event_unplaced', 'machine_event', ['id'], unique=False, postgresql_where=sa.text('position IS NULL'))
    op.create_index('uq_machine_event_position', 'machine_event', ['position'], unique=True)
    op.create_table('webhook',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('url', sa.Text(), nullable=False),
    sa.Column('kinds', sa.ARRAY(sa.Text()), nullable=False),
    sa.Column('secret', sa.Text(), nullable=False),
    sa.Column('is_active', sa.Boolean(), nullable=False),
    sa.Column('added_by', sa.Text(), nullable=False),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('failures', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('rests_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.BigInteger(), server_default='1', nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("btrim(url) <> '' AND secret <> ''", name=op.f('ck_webhook_address_given')),
    sa.CheckConstraint('cardinality(kinds) > 0', name=op.f('ck_webhook_kinds_given')),
    sa.CheckConstraint('failures >= 0', name=op.f('ck_webhook_failures_counted')),
    sa.CheckConstraint('removed_at IS NULL OR NOT is_active', name=op.f('ck_webhook_removed_is_quiet')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_webhook'))
    )
    steps.scale_out('webhook', 'local')
    op.create_index('uq_webhook_url', 'webhook', ['url'], unique=True, postgresql_where=sa.text('removed_at IS NULL'))
    op.create_table('webhook_delivery',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('webhook_id', sa.BigInteger(), nullable=False),
    sa.Column('event_id', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('attempts', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('queued_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('next_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('status_code', sa.BigInteger(), nullable=True),
    sa.Column('took_ms', sa.BigInteger(), nullable=True),
    sa.Column('error', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name=op.f('ck_webhook_delivery_sent_at_some_time')),
    sa.CheckConstraint("state IN ('queued', 'sending', 'sent', 'failed', 'given_up')", name=op.f('ck_webhook_delivery_state_known')),
    sa.CheckConstraint("state NOT IN ('failed', 'given_up') OR error IS NOT NULL", name=op.f('ck_webhook_delivery_failed_for_a_reason')),
    sa.CheckConstraint('attempts >= 0', name=op.f('ck_webhook_delivery_attempts_counted')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_webhook_delivery')),
    sa.UniqueConstraint('webhook_id', 'event_id', name=op.f('uq_webhook_delivery_webhook_id_event_id'))
    )
    steps.scale_out('webhook_delivery', 'local')
    op.create_index('ix_webhook_delivery_due', 'webhook_delivery', ['next_at'], unique=False, postgresql_where=sa.text("state IN ('queued', 'sending', 'failed')"))
    op.create_index('ix_webhook_delivery_event_id', 'webhook_delivery', ['event_id'], unique=False)
    steps.allow_transitions(
        'webhook_delivery',
        'queued>sending queued>given_up sending>sent sending>failed sending>given_up failed>sending failed>given_up '
        'given_up>queued sent>queued',
    )


def downgrade() -> None:
    raise NotImplementedError("Restore a backup made before the upgrade instead.")
