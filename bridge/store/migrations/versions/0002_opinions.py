"""opinions

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('opinions',
    sa.Column('content_key', sa.String(length=64), nullable=False),
    sa.Column('rubric_version', sa.String(length=64), nullable=False),
    sa.Column('model', sa.Text(), nullable=False),
    sa.Column('answers', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['content_key'], ['reports.content_key'], name=op.f('fk_opinions_content_key')),
    sa.PrimaryKeyConstraint('content_key', 'rubric_version', name=op.f('pk_opinions'))
    )


def downgrade() -> None:
    op.drop_table('opinions')
