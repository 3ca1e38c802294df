"""reminders of what is overdue, when departments are sent their messages, a second grade on one day, shadow summaries"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from db.migrations import steps

revision = '0016'
down_revision = '0015'


def upgrade() -> None:
    op.create_table('reminder',
    sa.Column('customer_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('subject_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('step', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('told_on', sa.Date(), nullable=False),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("subject IN ('information_request', 'site_visit', 'information', 'review')", name=op.f('ck_reminder_subject_known')),
    sa.CheckConstraint('step IN (1, 2)', name=op.f('ck_reminder_step_known')),
    sa.CheckConstraint('told_on > due_on', name=op.f('ck_reminder_told_when_over')),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.customer_id'], name=op.f('fk_reminder_customer_id_customer'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('customer_id', 'subject', 'subject_id', 'due_on', 'step', name=op.f('pk_reminder'))
    )
    steps.scale_out('reminder', 'customer')
    op.create_table('notification_department',
    sa.Column('department_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('mode', sa.Text(), nullable=True),
    sa.Column('quiet_from', sa.Time(), nullable=True),
    sa.Column('quiet_until', sa.Time(), nullable=True),
    sa.Column('digest_hour', sa.BigInteger(), nullable=False),
    sa.CheckConstraint("mode IS NULL OR mode IN ('instant', 'digest', 'off')", name=op.f('ck_notification_department_mode_known')),
    sa.CheckConstraint('(quiet_from IS NULL) = (quiet_until IS NULL)', name=op.f('ck_notification_department_quiet_both_ends')),
    sa.CheckConstraint('digest_hour BETWEEN 0 AND 23', name=op.f('ck_notification_department_digest_hour_range')),
    sa.CheckConstraint('quiet_from <> quiet_until', name=op.f('ck_notification_department_quiet_not_empty')),
    sa.PrimaryKeyConstraint('department_id', name=op.f('pk_notification_department'))
    )
    steps.scale_out('notification_department', 'local')
    op.create_table('scorecard_shadow',
    sa.Column('scorecard_id', sa.BigInteger(), nullable=False),
    sa.Column('taken_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('summary', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.ForeignKeyConstraint(['scorecard_id'], ['scorecard.id'], name=op.f('fk_scorecard_shadow_scorecard_id_scorecard'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('scorecard_id', name=op.f('pk_scorecard_shadow'))
    )
    steps.scale_out('scorecard_shadow', 'reference')
    op.add_column('assessment', sa.Column('is_superseded', sa.Boolean(), server_default=sa.text('false'), nullable=False))
    op.create_check_constraint(op.f('ck_assessment_superseded_was_final'), 'assessment', "NOT is_superseded OR state = 'final'")
    op.drop_constraint('uq_assessment_customer_id_assessed_on_stage', 'assessment')
    op.create_index(
        'uq_assessment_standing', 'assessment', ['customer_id', 'assessed_on', 'stage'], unique=True,
        postgresql_where=sa.text("NOT is_superseded AND (state = 'final' OR assessor_id IS NULL)"),
    )


def downgrade() -> None:
    raise NotImplementedError("Restore a backup made before the upgrade instead.")
