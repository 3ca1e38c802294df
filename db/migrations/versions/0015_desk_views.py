"""saved views of the desk"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from db.migrations import steps

revision = '0015'
down_revision = '0014'


def upgrade() -> None:
    op.create_table('desk_view',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('user_id', sa.BigInteger(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('filters', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('department_id', sa.BigInteger(), nullable=True),
    sa.Column('kept_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.BigInteger(), server_default='1', nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("filters <> '{}'::jsonb", name=op.f('ck_desk_view_filters_something')),
    sa.CheckConstraint('name = btrim(name) AND length(name) BETWEEN 1 AND 60', name=op.f('ck_desk_view_name_given')),
    sa.ForeignKeyConstraint(['department_id'], ['department.id'], name=op.f('fk_desk_view_department_id_department'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['user_id'], ['app_user.id'], name=op.f('fk_desk_view_user_id_app_user'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_desk_view')),
    sa.UniqueConstraint('user_id', 'name', name=op.f('uq_desk_view_user_id_name'))
    )
    steps.scale_out('desk_view', 'reference')
    op.create_index('ix_desk_view_department_id', 'desk_view', ['department_id'], unique=False)


def downgrade() -> None:
    raise NotImplementedError("Restore a backup made before the upgrade instead.")
