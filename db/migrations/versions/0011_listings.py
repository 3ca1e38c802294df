"""how a customer comes to be listed"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from db.migrations import steps

revision = '0011'
down_revision = '0010'

#: A proposal moves from step to step; whatever its step, it may be decided on or be taken back.
GUARD_STEP = """
CREATE FUNCTION guard_listing_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.step IS NOT NULL AND NEW.step IS NOT NULL AND NEW.step <> OLD.step
       AND NOT (OLD.step || '>' || NEW.step) = ANY (string_to_array(TG_ARGV[0], ' ')) THEN
        RAISE EXCEPTION 'illegal step of a listing from % to %', OLD.step, NEW.step USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.step IS NOT NULL AND OLD.step <> 'ready' AND NEW.state = 'confirmed' THEN
        RAISE EXCEPTION 'a listing that is % is not ready to be confirmed', OLD.step USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$
"""
STEPS = (
    'draft>handed_in handed_in>in_review handed_in>draft in_review>asked in_review>ready asked>in_review asked>ready '
    'ready>in_review ready>asked'
)


def upgrade() -> None:
    op.add_column('listing', sa.Column('step', sa.Text(), nullable=True))
    op.add_column('listing', sa.Column('also_criteria', sa.ARRAY(sa.Text()), server_default='{}', nullable=False))
    op.add_column('listing', sa.Column('statement', sa.Text(), nullable=True))
    op.add_column('listing', sa.Column('grade_reason', sa.Text(), nullable=True))
    op.add_column('listing', sa.Column('proposer_id', sa.BigInteger(), nullable=True))
    op.add_column('listing', sa.Column('handed_in_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('listing', sa.Column('reviewer_id', sa.BigInteger(), nullable=True))
    op.add_column('listing', sa.Column('reviewed_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('listing', sa.Column('asked_for', sa.Text(), nullable=True))
    op.add_column('listing', sa.Column('asked_due_on', sa.Date(), nullable=True))
    op.add_column('listing', sa.Column('answer', sa.Text(), nullable=True))
    op.add_column('listing', sa.Column('recommendation', sa.Text(), nullable=True))
    op.add_column('listing', sa.Column('decider_id', sa.BigInteger(), nullable=True))
    op.add_column('listing', sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('listing', sa.Column('decision_reason', sa.Text(), nullable=True))
    op.add_column('listing', sa.Column('gaps', sa.ARRAY(sa.Text()), server_default='{}', nullable=False))
    op.add_column('listing', sa.Column('reply_offered_on', sa.Date(), nullable=True))
    op.add_column('listing', sa.Column('reply_channel', sa.Text(), nullable=True))
    op.add_column('listing', sa.Column('reply_due_on', sa.Date(), nullable=True))
    op.add_column('listing', sa.Column('reply_closed_on', sa.Date(), nullable=True))
    op.add_column('listing', sa.Column('has_reply', sa.Boolean(), nullable=True))
    op.add_column('listing', sa.Column('reply_text', sa.Text(), nullable=True))
    op.add_column('listing', sa.Column('ended_as', sa.Text(), nullable=True))
    op.add_column('listing', sa.Column('correction_by_id', sa.BigInteger(), nullable=True))
    op.add_column('listing', sa.Column('correction_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('listing', sa.Column('correction_reason', sa.Text(), nullable=True))
    op.add_column('listing', sa.Column('corrected_by_id', sa.BigInteger(), nullable=True))
    op.create_index('ix_listing_decided', 'listing', ['decided_on', 'customer_id', 'id'], unique=False, postgresql_where=sa.text("state <> 'proposed'"))
    op.create_index('ix_listing_proposed', 'listing', ['trigger_on', 'customer_id', 'id'], unique=False, postgresql_where=sa.text("state = 'proposed'"))
    op.create_index('uq_listing_proposed', 'listing', ['customer_id'], unique=True, postgresql_where=sa.text("state = 'proposed' AND proposer_id IS NOT NULL"))
    op.create_foreign_key(op.f('fk_listing_corrected_by_id_app_user'), 'listing', 'app_user', ['corrected_by_id'], ['id'], ondelete='RESTRICT')
    op.create_foreign_key(op.f('fk_listing_proposer_id_app_user'), 'listing', 'app_user', ['proposer_id'], ['id'], ondelete='RESTRICT')
    op.create_foreign_key(op.f('fk_listing_correction_by_id_app_user'), 'listing', 'app_user', ['correction_by_id'], ['id'], ondelete='RESTRICT')
    op.create_foreign_key(op.f('fk_listing_reviewer_id_app_user'), 'listing', 'app_user', ['reviewer_id'], ['id'], ondelete='RESTRICT')
    op.create_foreign_key(op.f('fk_listing_decider_id_app_user'), 'listing', 'app_user', ['decider_id'], ['id'], ondelete='RESTRICT')
    op.create_check_constraint(op.f('ck_listing_corrected_by_another'), 'listing', 'corrected_by_id <> correction_by_id')
    op.create_check_constraint(op.f('ck_listing_correction_whole'), 'listing', '(correction_by_id IS NULL) = (correction_reason IS NULL) AND (correction_by_id IS NULL) = (correction_at IS NULL)')
    op.create_check_constraint(op.f('ck_listing_decided_by_another'), 'listing', 'decider_id <> proposer_id')
    op.create_check_constraint(op.f('ck_listing_ended_as_known'), 'listing', "ended_as IS NULL OR ended_as IN ('unfounded', 'mended')")
    op.create_check_constraint(op.f('ck_listing_ended_when_restored'), 'listing', "ended_as IS NULL OR state = 'restored'")
    op.create_check_constraint(op.f('ck_listing_reply_channel_known'), 'listing', "reply_channel IS NULL OR reply_channel IN ('letter', 'email', 'meeting', 'phone', 'messenger')")
    op.create_check_constraint(op.f('ck_listing_reply_closed_whole'), 'listing', "(reply_closed_on IS NULL) = (has_reply IS NULL) AND reply_closed_on >= reply_offered_on AND (has_reply IS NOT TRUE OR btrim(coalesce(reply_text, '')) <> '')")
    op.create_check_constraint(op.f('ck_listing_reply_offered_whole'), 'listing', '(reply_offered_on IS NULL) = (reply_channel IS NULL) AND (reply_offered_on IS NULL) = (reply_due_on IS NULL) AND reply_due_on >= reply_offered_on')
    op.create_check_constraint(op.f('ck_listing_reviewed_by_another'), 'listing', 'reviewer_id <> proposer_id')
    op.create_check_constraint(op.f('ck_listing_step_known'), 'listing', "step IS NULL OR step IN ('draft', 'handed_in', 'in_review', 'asked', 'ready')")
    op.create_check_constraint(op.f('ck_listing_step_while_proposed'), 'listing', "(state = 'proposed' AND proposer_id IS NOT NULL) = (step IS NOT NULL)")
    op.create_check_constraint(op.f('ck_listing_trigger_before_decision'), 'listing', 'trigger_on <= decided_on OR proposer_id IS NULL')
    op.create_check_constraint(op.f('ck_listing_unfounded_by_two'), 'listing', "ended_as IS DISTINCT FROM 'unfounded' OR corrected_by_id IS NOT NULL")
    op.execute(GUARD_STEP)
    op.execute(
        "CREATE TRIGGER listing_step BEFORE UPDATE OF state, step ON listing "
        f"FOR EACH ROW EXECUTE FUNCTION guard_listing_step('{STEPS}')"
    )
    op.create_table('listing_candidate',
    sa.Column('criterion', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=True),
    sa.Column('trigger_on', sa.Date(), nullable=False),
    sa.Column('deadline_on', sa.Date(), nullable=False),
    sa.Column('found_on', sa.Date(), nullable=False),
    sa.Column('facts', postgresql.JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False),
    sa.Column('words', sa.Text(), nullable=True),
    sa.Column('reporter_id', sa.BigInteger(), nullable=True),
    sa.Column('assignee_id', sa.BigInteger(), nullable=True),
    sa.Column('listing_id', sa.BigInteger(), nullable=True),
    sa.Column('closed_on', sa.Date(), nullable=True),
    sa.Column('closed_by_id', sa.BigInteger(), nullable=True),
    sa.Column('closed_reason', sa.Text(), nullable=True),
    sa.Column('again_on', sa.Date(), nullable=True),
    sa.Column('reminded', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('customer_id', sa.BigInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('version', sa.BigInteger(), server_default='1', nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("(source = 'test') = (subject IS NOT NULL)", name=op.f('ck_listing_candidate_test_has_subject')),
    sa.CheckConstraint("(source = 'tip') = (reporter_id IS NOT NULL) AND (source = 'test' OR btrim(coalesce(words, '')) <> '')", name=op.f('ck_listing_candidate_tip_has_reporter_and_words')),
    sa.CheckConstraint("(state IN ('open', 'proposed')) = (closed_on IS NULL)", name=op.f('ck_listing_candidate_closed_when_closed')),
    sa.CheckConstraint("criterion IN ('arrears', 'fraud', 'breach', 'illegal', 'harm')", name=op.f('ck_listing_candidate_criterion_known')),
    sa.CheckConstraint("source IN ('test', 'tip')", name=op.f('ck_listing_candidate_source_known')),
    sa.CheckConstraint("state <> 'proposed' OR listing_id IS NOT NULL", name=op.f('ck_listing_candidate_proposed_names_listing')),
    sa.CheckConstraint("state <> 'put_aside' OR (btrim(coalesce(closed_reason, '')) <> '' AND closed_by_id IS NOT NULL)", name=op.f('ck_listing_candidate_put_aside_with_reason')),
    sa.CheckConstraint("state IN ('open', 'proposed', 'put_aside', 'withdrawn', 'decided')", name=op.f('ck_listing_candidate_state_known')),
    sa.CheckConstraint('deadline_on >= trigger_on', name=op.f('ck_listing_candidate_deadline_after_trigger')),
    sa.ForeignKeyConstraint(['assignee_id'], ['app_user.id'], name=op.f('fk_listing_candidate_assignee_id_app_user'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['closed_by_id'], ['app_user.id'], name=op.f('fk_listing_candidate_closed_by_id_app_user'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['customer_id', 'listing_id'], ['listing.customer_id', 'listing.id'], name='fk_listing_candidate_listing', ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.customer_id'], name=op.f('fk_listing_candidate_customer_id_customer'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['reporter_id'], ['app_user.id'], name=op.f('fk_listing_candidate_reporter_id_app_user'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('customer_id', 'id', name=op.f('pk_listing_candidate'))
    )
    steps.scale_out('listing_candidate', 'customer')
    steps.allow_transitions('listing_candidate', 'open>proposed open>put_aside open>withdrawn open>decided proposed>open proposed>decided proposed>put_aside')
    op.create_index('ix_listing_candidate_closed', 'listing_candidate', ['closed_on', 'customer_id', 'id'], unique=False, postgresql_where=sa.text('closed_on IS NOT NULL'))
    op.create_index('ix_listing_candidate_deadline', 'listing_candidate', ['deadline_on', 'customer_id', 'id'], unique=False, postgresql_where=sa.text("state IN ('open', 'proposed')"))
    op.create_index('ix_listing_candidate_listing', 'listing_candidate', ['customer_id', 'listing_id'], unique=False)
    op.create_index('uq_listing_candidate_open', 'listing_candidate', ['customer_id', 'criterion'], unique=True, postgresql_where=sa.text("state IN ('open', 'proposed')"))
    op.create_table('listing_evidence',
    sa.Column('listing_id', sa.BigInteger(), nullable=True),
    sa.Column('candidate_id', sa.BigInteger(), nullable=True),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=True),
    sa.Column('title', sa.Text(), nullable=True),
    sa.Column('happened_on', sa.Date(), nullable=True),
    sa.Column('file_name', sa.Text(), nullable=True),
    sa.Column('media_type', sa.Text(), nullable=True),
    sa.Column('sha256', sa.Text(), nullable=True),
    sa.Column('size', sa.BigInteger(), nullable=True),
    sa.Column('content', sa.LargeBinary(), nullable=True),
    sa.Column('added_by_id', sa.BigInteger(), nullable=False),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('removed_by_id', sa.BigInteger(), nullable=True),
    sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('customer_id', sa.BigInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.CheckConstraint("kind IN ('contract', 'transaction', 'correspondence', 'dunning', 'reply', 'other')", name=op.f('ck_listing_evidence_kind_known')),
    sa.CheckConstraint('(content IS NULL) = (sha256 IS NULL) AND (content IS NULL) = (file_name IS NULL) AND (content IS NULL) = (media_type IS NULL) AND (content IS NULL) = (size IS NULL)', name=op.f('ck_listing_evidence_file_whole')),
    sa.CheckConstraint('(removed_at IS NULL) = (removed_by_id IS NULL)', name=op.f('ck_listing_evidence_removed_by_somebody')),
    sa.CheckConstraint('(subject IS NULL) = (content IS NOT NULL)', name=op.f('ck_listing_evidence_row_or_file')),
    sa.CheckConstraint('listing_id IS NOT NULL OR candidate_id IS NOT NULL', name=op.f('ck_listing_evidence_belongs_somewhere')),
    sa.CheckConstraint('size BETWEEN 1 AND 20971520 AND size = octet_length(content)', name=op.f('ck_listing_evidence_size_range')),
    sa.ForeignKeyConstraint(['added_by_id'], ['app_user.id'], name=op.f('fk_listing_evidence_added_by_id_app_user'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['customer_id', 'candidate_id'], ['listing_candidate.customer_id', 'listing_candidate.id'], name='fk_listing_evidence_candidate', ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['customer_id', 'listing_id'], ['listing.customer_id', 'listing.id'], name='fk_listing_evidence_listing', ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.customer_id'], name=op.f('fk_listing_evidence_customer_id_customer'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['removed_by_id'], ['app_user.id'], name=op.f('fk_listing_evidence_removed_by_id_app_user'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('customer_id', 'id', name=op.f('pk_listing_evidence'))
    )
    steps.scale_out('listing_evidence', 'customer')
    op.create_index('ix_listing_evidence_candidate', 'listing_evidence', ['customer_id', 'candidate_id'], unique=False)
    op.create_index('ix_listing_evidence_listing', 'listing_evidence', ['customer_id', 'listing_id'], unique=False)
    op.create_index('uq_listing_evidence_file', 'listing_evidence', ['customer_id', 'listing_id', 'sha256'], unique=True, postgresql_where=sa.text('removed_at IS NULL AND sha256 IS NOT NULL'))
    op.create_index('uq_listing_evidence_row', 'listing_evidence', ['customer_id', 'listing_id', 'subject'], unique=True, postgresql_where=sa.text('removed_at IS NULL AND subject IS NOT NULL'))


def downgrade() -> None:
    raise NotImplementedError("Restore a backup made before the upgrade instead.")
