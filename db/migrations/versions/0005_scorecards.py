"""scorecards: who drafted, proposed and approved; reports"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from db.migrations import steps

revision = '0005'
down_revision = '0004'

GUARD_SCORECARD = """
CREATE FUNCTION guard_scorecard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.definition IS DISTINCT FROM OLD.definition AND (OLD.state <> 'draft' OR OLD.proposed_by IS NOT NULL) THEN
        RAISE EXCEPTION 'the definition of scorecard % changes no more', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'active' AND OLD.state <> 'active' THEN
        IF NEW.proposed_by IS NULL OR NEW.approved_by IS NULL OR NEW.approved_at IS NULL THEN
            RAISE EXCEPTION 'scorecard % is proposed by one person and approved by another', OLD.id
                USING ERRCODE = 'check_violation';
        ELSIF OLD.state = 'draft' AND coalesce(NEW.shadow_skipped, '') = '' THEN
            RAISE EXCEPTION 'scorecard % was never in shadow and nobody said why', OLD.id
                USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$
"""
MOVES = 'draft>shadow draft>active draft>retired shadow>draft shadow>active shadow>retired active>retired'


def upgrade() -> None:
    op.add_column('scorecard', sa.Column('kind', sa.Text(), server_default='expert', nullable=False))
    op.add_column('scorecard', sa.Column('based_on_id', sa.BigInteger(), nullable=True))
    for name in ('note', 'proposal_reason', 'shadow_skipped', 'rejection'):
        op.add_column('scorecard', sa.Column(name, sa.Text(), nullable=True))
    for name in ('drafted_at', 'proposed_at', 'approved_at'):
        op.add_column('scorecard', sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    for name in ('shadow_since', 'retired_on'):
        op.add_column('scorecard', sa.Column(name, sa.Date(), nullable=True))
    for name in ('drafted_by', 'proposed_by'):
        op.add_column('scorecard', sa.Column(name, sa.BigInteger(), nullable=True))
        op.create_foreign_key(op.f(f'fk_scorecard_{name}_app_user'), 'scorecard', 'app_user', [name], ['id'], ondelete='RESTRICT')
    op.create_check_constraint(op.f('ck_scorecard_kind_known'), 'scorecard', "kind IN ('expert', 'statistical')")
    op.create_check_constraint(op.f('ck_scorecard_approved_by_another'), 'scorecard', 'approved_by <> proposed_by')
    op.create_check_constraint(op.f('ck_scorecard_proposed_at_some_time'), 'scorecard', '(proposed_by IS NULL) = (proposed_at IS NULL)')
    op.create_check_constraint(op.f('ck_scorecard_proposed_with_reason'), 'scorecard', "proposed_by IS NULL OR proposal_reason <> ''")
    op.create_check_constraint(op.f('ck_scorecard_shadow_since_some_day'), 'scorecard', "state <> 'shadow' OR shadow_since IS NOT NULL")
    op.execute('DROP TRIGGER scorecard_transition ON scorecard')
    steps.allow_transitions('scorecard', MOVES)
    op.execute(GUARD_SCORECARD)
    op.execute('CREATE TRIGGER scorecard_guard BEFORE UPDATE ON scorecard FOR EACH ROW EXECUTE FUNCTION guard_scorecard()')
    op.create_index('ix_score_of_scorecard', 'score', ['scorecard_id', 'customer_id', 'as_of', 'id'], postgresql_include=['score', 'level'])
    op.create_table('scorecard_work',
    sa.Column('scorecard_id', sa.BigInteger(), nullable=False),
    sa.Column('user_id', sa.BigInteger(), nullable=False),
    sa.Column('definition', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('based_on_version', sa.BigInteger(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['scorecard_id'], ['scorecard.id'], name=op.f('fk_scorecard_work_scorecard_id_scorecard'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['app_user.id'], name=op.f('fk_scorecard_work_user_id_app_user'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('scorecard_id', 'user_id', name=op.f('pk_scorecard_work'))
    )
    steps.scale_out('scorecard_work', 'reference')
    op.create_table('scorecard_save',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('scorecard_id', sa.BigInteger(), nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.Column('definition', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('saved_by', sa.BigInteger(), nullable=False),
    sa.Column('saved_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['saved_by'], ['app_user.id'], name=op.f('fk_scorecard_save_saved_by_app_user'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['scorecard_id'], ['scorecard.id'], name=op.f('fk_scorecard_save_scorecard_id_scorecard'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_scorecard_save')),
    sa.UniqueConstraint('scorecard_id', 'version', name=op.f('uq_scorecard_save_scorecard_id_version'))
    )
    steps.scale_out('scorecard_save', 'reference')
    op.create_table('scorecard_report',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('scorecard_id', sa.BigInteger(), nullable=False),
    sa.Column('against_id', sa.BigInteger(), nullable=True),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('arguments', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('result', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('asked_by', sa.BigInteger(), nullable=True),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("kind IN ('comparison', 'fit')", name=op.f('ck_scorecard_report_kind_known')),
    sa.CheckConstraint("state IN ('queued', 'running', 'done', 'failed')", name=op.f('ck_scorecard_report_state_known')),
    sa.CheckConstraint("state <> 'done' OR result IS NOT NULL", name=op.f('ck_scorecard_report_done_with_result')),
    sa.CheckConstraint("(state IN ('done', 'failed')) = (finished_at IS NOT NULL)", name=op.f('ck_scorecard_report_finished_at_some_time')),
    sa.ForeignKeyConstraint(['against_id'], ['scorecard.id'], name=op.f('fk_scorecard_report_against_id_scorecard'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['asked_by'], ['app_user.id'], name=op.f('fk_scorecard_report_asked_by_app_user'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['scorecard_id'], ['scorecard.id'], name=op.f('fk_scorecard_report_scorecard_id_scorecard'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_scorecard_report'))
    )
    steps.scale_out('scorecard_report', 'reference')
    op.create_index('ix_scorecard_report_scorecard_id', 'scorecard_report', ['scorecard_id', sa.literal_column('asked_at DESC')], unique=False)
    steps.allow_transitions('scorecard_report', 'queued>running queued>failed running>done running>failed running>queued')


def downgrade() -> None:
    raise NotImplementedError("Restore a backup made before the upgrade instead.")
