"""names compared, and what reviewers said of them"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from db.migrations import steps

revision = '0012'
down_revision = '0011'


def upgrade() -> None:
    op.create_table('watchlist_load',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('scope', sa.Text(), nullable=False),
    sa.Column('format', sa.Text(), nullable=False),
    sa.Column('file_name', sa.Text(), nullable=False),
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('loaded_on', sa.Date(), nullable=False),
    sa.Column('loaded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('loaded_by', sa.Text(), nullable=False),
    sa.Column('added', sa.BigInteger(), nullable=False),
    sa.Column('changed', sa.BigInteger(), nullable=False),
    sa.Column('removed', sa.BigInteger(), nullable=False),
    sa.Column('unchanged', sa.BigInteger(), nullable=False),
    sa.CheckConstraint("scope IN ('whole', 'additions')", name=op.f('ck_watchlist_load_scope_known')),
    sa.CheckConstraint('added >= 0 AND changed >= 0 AND removed >= 0 AND unchanged >= 0', name=op.f('ck_watchlist_load_counts')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_watchlist_load'))
    )
    steps.scale_out('watchlist_load', 'reference')
    op.create_index('ix_watchlist_load_source', 'watchlist_load', ['source', 'id'], unique=False)
    op.create_table('watchlist_name',
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('entry_no', sa.Text(), nullable=False),
    sa.Column('place', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('print', sa.Text(), nullable=False),
    sa.Column('compared', sa.Text(), nullable=True),
    sa.Column('keys', sa.ARRAY(sa.Text()), nullable=False),
    sa.Column('links', sa.ARRAY(sa.Text()), nullable=False),
    sa.ForeignKeyConstraint(['source', 'entry_no'], ['watchlist_entry.source', 'watchlist_entry.entry_no'], name=op.f('fk_watchlist_name_source_entry_no_watchlist_entry'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('source', 'entry_no', 'place', name=op.f('pk_watchlist_name'))
    )
    steps.scale_out('watchlist_name', 'reference')
    op.create_index('ix_watchlist_name_keys', 'watchlist_name', ['keys'], unique=False, postgresql_using='gin')
    op.create_table('screening_match',
    sa.Column('pair_key', sa.Text(), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('other_customer_id', sa.BigInteger(), nullable=True),
    sa.Column('list_source', sa.Text(), nullable=True),
    sa.Column('entry_no', sa.Text(), nullable=True),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('score', sa.Numeric(precision=12, scale=6), nullable=False),
    sa.Column('features', postgresql.JSONB(), nullable=False),
    sa.Column('print', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('found_on', sa.Date(), nullable=False),
    sa.Column('decided_by_id', sa.BigInteger(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('customer_id', sa.BigInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('version', sa.BigInteger(), server_default='1', nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("(source = 'listing') = (other_customer_id IS NOT NULL)", name=op.f('ck_screening_match_listing_of_a_customer')),
    sa.CheckConstraint("(source = 'watchlist') = (entry_no IS NOT NULL)", name=op.f('ck_screening_match_entry_of_a_list')),
    sa.CheckConstraint("source IN ('listing', 'watchlist')", name=op.f('ck_screening_match_source_known')),
    sa.CheckConstraint("state <> 'cleared' OR btrim(coalesce(reason, '')) <> ''", name=op.f('ck_screening_match_cleared_with_reason')),
    sa.CheckConstraint("state IN ('open', 'confirmed', 'cleared', 'lapsed')", name=op.f('ck_screening_match_state_known')),
    sa.CheckConstraint("state NOT IN ('confirmed', 'cleared') OR decided_by_id IS NOT NULL", name=op.f('ck_screening_match_decided_by_someone')),
    sa.CheckConstraint('(list_source IS NULL) = (entry_no IS NULL)', name=op.f('ck_screening_match_entry_with_its_list')),
    sa.CheckConstraint('other_customer_id <> customer_id', name=op.f('ck_screening_match_not_itself')),
    sa.CheckConstraint('score BETWEEN 0 AND 1', name=op.f('ck_screening_match_score_range')),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.customer_id'], name=op.f('fk_screening_match_customer_id_customer'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['decided_by_id'], ['app_user.id'], name=op.f('fk_screening_match_decided_by_id_app_user'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('customer_id', 'id', name=op.f('pk_screening_match'))
    )
    steps.scale_out('screening_match', 'customer')
    steps.allow_transitions(
        'screening_match',
        'open>confirmed open>cleared open>lapsed confirmed>open cleared>open lapsed>open',
    )
    op.create_index('ix_screening_match_decided_at', 'screening_match', ['decided_at'], unique=False, postgresql_where=sa.text('decided_at IS NOT NULL'))
    op.create_index('ix_screening_match_open', 'screening_match', ['score', 'customer_id', 'id'], unique=False, postgresql_where=sa.text("state = 'open'"))
    op.create_index('ix_screening_match_pair_key', 'screening_match', ['pair_key'], unique=False)
    op.create_index('uq_screening_match_pair', 'screening_match', ['customer_id', 'pair_key'], unique=True)
    op.create_table('screening_name',
    sa.Column('customer_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('print', sa.Text(), nullable=False),
    sa.Column('compared', sa.Text(), nullable=True),
    sa.Column('keys', sa.ARRAY(sa.Text()), nullable=False),
    sa.Column('links', sa.ARRAY(sa.Text()), nullable=False),
    sa.Column('is_listed', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.customer_id'], name=op.f('fk_screening_name_customer_id_customer'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('customer_id', name=op.f('pk_screening_name'))
    )
    steps.scale_out('screening_name', 'customer')
    op.create_index('ix_screening_name_is_listed', 'screening_name', ['customer_id'], unique=False, postgresql_where=sa.text('is_listed'))
    op.create_index('ix_screening_name_keys', 'screening_name', ['keys'], unique=False, postgresql_using='gin')
    op.create_index('ix_screening_name_links', 'screening_name', ['links'], unique=False, postgresql_using='gin')
    op.add_column('watchlist_entry', sa.Column('ended_on', sa.Date(), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("Restore a backup made before the upgrade instead.")
