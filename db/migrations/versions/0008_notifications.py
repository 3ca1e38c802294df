"""notices to people and departments"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from db.migrations import steps

revision = '0008'
down_revision = '0007'


def upgrade() -> None:
    op.create_table('notification',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('user_id', sa.BigInteger(), nullable=True),
    sa.Column('department_id', sa.BigInteger(), nullable=True),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('params', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('link', sa.Text(), nullable=False),
    sa.Column('is_urgent', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('(user_id IS NULL) <> (department_id IS NULL)', name=op.f('ck_notification_one_recipient')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notification'))
    )
    steps.scale_out('notification', 'local')
    op.create_index('ix_notification_unread', 'notification', ['user_id', 'id'], unique=False, postgresql_where=sa.text('read_at IS NULL'))
    op.create_index('ix_notification_user_id', 'notification', ['user_id', 'id'], unique=False)
    op.create_table('notification_target',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('user_id', sa.BigInteger(), nullable=True),
    sa.Column('department_id', sa.BigInteger(), nullable=True),
    sa.Column('channel', sa.Text(), nullable=False),
    sa.Column('secret', sa.Text(), nullable=False),
    sa.Column('masked', sa.Text(), nullable=False),
    sa.Column('fingerprint', sa.Text(), nullable=False),
    sa.Column('language', sa.Text(), nullable=True),
    sa.Column('added_by', sa.Text(), nullable=False),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('verified_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.BigInteger(), server_default='1', nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("channel IN ('email', 'dingtalk', 'wecom', 'feishu', 'lark', 'webhook', 'other')", name=op.f('ck_notification_target_channel_known')),
    sa.CheckConstraint("language IS NULL OR language IN ('zh_Hans', 'zh_Hant', 'en')", name=op.f('ck_notification_target_language_known')),
    sa.CheckConstraint("secret <> '' AND masked <> ''", name=op.f('ck_notification_target_address_given')),
    sa.CheckConstraint('(user_id IS NULL) <> (department_id IS NULL)', name=op.f('ck_notification_target_one_owner')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notification_target'))
    )
    steps.scale_out('notification_target', 'local')
    op.create_index('ix_notification_target_department_id', 'notification_target', ['department_id'], unique=False)
    op.create_index('ix_notification_target_user_id', 'notification_target', ['user_id'], unique=False)
    op.create_index('uq_notification_target_address', 'notification_target', ['user_id', 'department_id', 'fingerprint'], unique=True, postgresql_where=sa.text('removed_at IS NULL'), postgresql_nulls_not_distinct=True)
    op.create_table('notification_preference',
    sa.Column('user_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('medium', sa.Text(), nullable=False),
    sa.Column('mode', sa.Text(), nullable=False),
    sa.CheckConstraint("medium IN ('email', 'messenger')", name=op.f('ck_notification_preference_medium_known')),
    sa.CheckConstraint("mode IN ('instant', 'digest', 'off')", name=op.f('ck_notification_preference_mode_known')),
    sa.PrimaryKeyConstraint('user_id', 'kind', 'medium', name=op.f('pk_notification_preference'))
    )
    steps.scale_out('notification_preference', 'local')
    op.create_table('notification_hours',
    sa.Column('user_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('quiet_from', sa.Time(), nullable=True),
    sa.Column('quiet_until', sa.Time(), nullable=True),
    sa.Column('digest_hour', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('(quiet_from IS NULL) = (quiet_until IS NULL)', name=op.f('ck_notification_hours_quiet_both_ends')),
    sa.CheckConstraint('digest_hour BETWEEN 0 AND 23', name=op.f('ck_notification_hours_digest_hour_range')),
    sa.CheckConstraint('quiet_from <> quiet_until', name=op.f('ck_notification_hours_quiet_not_empty')),
    sa.PrimaryKeyConstraint('user_id', name=op.f('pk_notification_hours'))
    )
    steps.scale_out('notification_hours', 'local')
    op.create_table('notification_delivery',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('notification_id', sa.BigInteger(), nullable=False),
    sa.Column('target_id', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('is_folded', sa.Boolean(), nullable=False),
    sa.Column('attempts', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('queued_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('next_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('error', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name=op.f('ck_notification_delivery_sent_at_some_time')),
    sa.CheckConstraint("state IN ('queued', 'sending', 'sent', 'failed', 'given_up')", name=op.f('ck_notification_delivery_state_known')),
    sa.CheckConstraint("state NOT IN ('failed', 'given_up') OR error IS NOT NULL", name=op.f('ck_notification_delivery_failed_for_a_reason')),
    sa.CheckConstraint('attempts >= 0', name=op.f('ck_notification_delivery_attempts_counted')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notification_delivery')),
    sa.UniqueConstraint('notification_id', 'target_id', name=op.f('uq_notification_delivery_notification_id_target_id'))
    )
    steps.scale_out('notification_delivery', 'local')
    op.create_index('ix_notification_delivery_due', 'notification_delivery', ['next_at'], unique=False, postgresql_where=sa.text("state IN ('queued', 'sending', 'failed')"))
    op.create_index('ix_notification_delivery_target_id', 'notification_delivery', ['target_id', 'id'], unique=False)
    op.create_table('notification_sending',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('smtp_host', sa.Text(), nullable=False),
    sa.Column('smtp_port', sa.BigInteger(), nullable=False),
    sa.Column('smtp_security', sa.Text(), nullable=False),
    sa.Column('smtp_user', sa.Text(), nullable=False),
    sa.Column('smtp_secret', sa.Text(), nullable=False),
    sa.Column('mail_from', sa.Text(), nullable=False),
    sa.Column('public_url', sa.Text(), nullable=False),
    sa.Column('allows_private', sa.Boolean(), nullable=False),
    sa.Column('version', sa.BigInteger(), server_default='1', nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("smtp_security IN ('starttls', 'tls', 'none')", name=op.f('ck_notification_sending_smtp_security_known')),
    sa.CheckConstraint('id = 1', name=op.f('ck_notification_sending_one_row')),
    sa.CheckConstraint('smtp_port BETWEEN 1 AND 65535', name=op.f('ck_notification_sending_smtp_port_range')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notification_sending'))
    )
    steps.scale_out('notification_sending', 'local')
    steps.allow_transitions(
        'notification_delivery',
        'queued>sending queued>given_up sending>sent sending>failed sending>given_up failed>sending failed>given_up '
        'given_up>queued',
    )


def downgrade() -> None:
    raise NotImplementedError("Restore a backup made before the upgrade instead.")
