"""first tables

Revision ID: 0001
Revises: 
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('annotations',
    sa.Column('annotation_id', sa.BigInteger(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('project_id', sa.BigInteger(), nullable=False),
    sa.Column('task_id', sa.BigInteger(), nullable=False),
    sa.Column('author', sa.BigInteger(), nullable=True),
    sa.Column('origin', sa.String(length=16), nullable=False),
    sa.Column('status', sa.String(length=16), nullable=False),
    sa.Column('targets', postgresql.JSONB(astext_type=sa.Text()), server_default='[]', nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('annotation_id', 'created_at', name=op.f('pk_annotations'))
    )
    op.create_index(op.f('ix_annotations_task_id'), 'annotations', ['task_id'], unique=False)
    op.create_table('deliveries',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('action', sa.String(length=100), nullable=False),
    sa.Column('digest', sa.LargeBinary(), nullable=True),
    sa.Column('body', sa.LargeBinary(), nullable=False),
    sa.Column('state', sa.String(length=16), server_default='received', nullable=False),
    sa.Column('error', sa.Text(), nullable=True),
    sa.Column('seen', sa.Integer(), server_default='1', nullable=False),
    sa.Column('processed_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_deliveries')),
    sa.UniqueConstraint('digest', name=op.f('uq_deliveries_digest'))
    )
    # Bodies are up to 64 MiB and written while somebody waits: not compressed, kept out of line.
    op.execute("alter table deliveries alter column body set storage external")
    op.create_index(op.f('ix_deliveries_state_received_at'), 'deliveries', ['state', 'received_at'], unique=False)
    op.create_table('imported',
    sa.Column('evidence_key', sa.String(length=64), nullable=False),
    sa.Column('imported_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('evidence_key', name=op.f('pk_imported'))
    )
    op.create_table('installation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('instance_id', sa.String(length=36), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_installation'))
    )
    op.create_table('local_tickets',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('key', sa.String(length=32), nullable=False),
    sa.Column('summary', sa.String(length=255), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('labels', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('links', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False),
    sa.Column('comments', postgresql.JSONB(astext_type=sa.Text()), server_default='[]', nullable=False),
    sa.Column('status', sa.String(length=16), server_default='open', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_local_tickets')),
    sa.UniqueConstraint('key', name=op.f('uq_local_tickets_key'))
    )
    op.create_table('notices',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('annotation_id', sa.BigInteger(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('project_id', sa.BigInteger(), nullable=False),
    sa.Column('task_id', sa.BigInteger(), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('criterion', sa.String(length=64), nullable=False),
    sa.Column('by', sa.BigInteger(), nullable=True),
    sa.Column('noticed_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notices')),
    sa.UniqueConstraint('annotation_id', 'created_at', 'kind', 'criterion', 'noticed_at', 'by', name=op.f('uq_notices_annotation_id_created_at_kind_criterion_noticed_at_by'), postgresql_nulls_not_distinct=True)
    )
    op.create_index(op.f('ix_notices_task_id'), 'notices', ['task_id'], unique=False)
    op.create_table('overrides',
    sa.Column('target_id', sa.BigInteger(), nullable=False),
    sa.Column('target_created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('criterion', sa.String(length=64), nullable=False),
    sa.Column('generation', sa.Integer(), server_default='1', nullable=False),
    sa.Column('project_id', sa.BigInteger(), nullable=False),
    sa.Column('task_id', sa.BigInteger(), nullable=False),
    sa.Column('annotator', sa.BigInteger(), nullable=True),
    sa.Column('reviewer', sa.BigInteger(), nullable=True),
    sa.Column('from_value', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('to_value', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('source_id', sa.BigInteger(), nullable=False),
    sa.Column('source_created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('status', sa.String(length=16), nullable=False),
    sa.Column('reasons', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('flags', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('history', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.PrimaryKeyConstraint('target_id', 'target_created_at', 'criterion', 'generation', name=op.f('pk_overrides'))
    )
    op.create_index(op.f('ix_overrides_task_id'), 'overrides', ['task_id'], unique=False)
    op.create_table('reports',
    sa.Column('content_key', sa.String(length=64), nullable=False),
    sa.Column('report', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('verdict', sa.String(length=32), nullable=False),
    sa.Column('wall_s', sa.String(length=16), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('content_key', name=op.f('pk_reports'))
    )
    op.create_table('reviews',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('annotation_id', sa.BigInteger(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('project_id', sa.BigInteger(), nullable=False),
    sa.Column('task_id', sa.BigInteger(), nullable=False),
    sa.Column('reviewer', sa.BigInteger(), nullable=True),
    sa.Column('outcome', sa.String(length=16), nullable=False),
    sa.Column('reviewed_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reviews')),
    sa.UniqueConstraint('annotation_id', 'created_at', 'reviewer', 'reviewed_at', 'outcome', name=op.f('uq_reviews_annotation_id_created_at_reviewer_reviewed_at_outcome'), postgresql_nulls_not_distinct=True)
    )
    op.create_index(op.f('ix_reviews_task_id'), 'reviews', ['task_id'], unique=False)
    op.create_table('snapshots',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('annotation_id', sa.BigInteger(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('project_id', sa.BigInteger(), nullable=False),
    sa.Column('task_id', sa.BigInteger(), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('author', sa.BigInteger(), nullable=True),
    sa.Column('updated_by', sa.BigInteger(), nullable=True),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('result', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('cancelled', sa.Boolean(), nullable=False),
    sa.Column('parent_prediction', sa.BigInteger(), nullable=True),
    sa.Column('parent_annotation', sa.BigInteger(), nullable=True),
    sa.Column('imported', sa.Boolean(), nullable=False),
    sa.Column('gone', sa.Boolean(), server_default='false', nullable=False),
    sa.Column('verified', sa.Boolean(), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_snapshots'))
    )
    op.create_index(op.f('ix_snapshots_annotation_id'), 'snapshots', ['annotation_id'], unique=False)
    op.create_index(op.f('ix_snapshots_task_id'), 'snapshots', ['task_id'], unique=False)
    op.create_index('uq_snapshots_claimed', 'snapshots', ['annotation_id', 'created_at', 'updated_at', 'digest', 'updated_by'], unique=True, postgresql_nulls_not_distinct=True, postgresql_where=sa.text('not verified'))
    op.create_index('uq_snapshots_fetched', 'snapshots', ['annotation_id', 'created_at', 'updated_at'], unique=True, postgresql_where=sa.text('verified and not gone'))
    op.create_index('uq_snapshots_gone', 'snapshots', ['annotation_id', 'created_at'], unique=True, postgresql_where=sa.text('gone'))
    op.create_table('standings',
    sa.Column('annotation_id', sa.BigInteger(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('criterion', sa.String(length=64), nullable=False),
    sa.Column('base', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('base_known', sa.Boolean(), nullable=False),
    sa.Column('base_claimed', sa.Boolean(), nullable=False),
    sa.Column('value', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('value_by', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('annotation_id', 'created_at', 'criterion', name=op.f('pk_standings'))
    )
    op.create_table('tasks',
    sa.Column('task_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('project_id', sa.BigInteger(), nullable=False),
    sa.Column('data', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('content_key', sa.String(length=64), nullable=True),
    sa.Column('evidence_key', sa.String(length=64), nullable=True),
    sa.Column('state', sa.String(length=16), server_default='new', nullable=False),
    sa.Column('error', sa.Text(), nullable=True),
    sa.Column('first_seen_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('task_id', name=op.f('pk_tasks')),
    sa.UniqueConstraint('evidence_key', name=op.f('uq_tasks_evidence_key'))
    )
    op.create_index(op.f('ix_tasks_content_key'), 'tasks', ['content_key'], unique=False)
    op.create_index(op.f('ix_tasks_project_id'), 'tasks', ['project_id'], unique=False)
    op.create_table('tickets',
    sa.Column('key', sa.String(length=32), nullable=False),
    sa.Column('project_id', sa.BigInteger(), nullable=False),
    sa.Column('task_id', sa.BigInteger(), nullable=False),
    sa.Column('target_id', sa.BigInteger(), nullable=False),
    sa.Column('target_created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('route', sa.String(length=64), nullable=False),
    sa.Column('generation', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('attempt_token', sa.String(length=36), nullable=True),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('first_try_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('creates', sa.Integer(), server_default='0', nullable=False),
    sa.Column('probes', sa.Integer(), server_default='0', nullable=False),
    sa.Column('retries', sa.Integer(), server_default='0', nullable=False),
    sa.Column('wanted', sa.String(length=64), nullable=False),
    sa.Column('told', sa.String(length=64), nullable=True),
    sa.Column('linked', sa.Boolean(), server_default='false', nullable=False),
    sa.Column('issue_id', sa.String(length=64), nullable=True),
    sa.Column('issue_key', sa.String(length=64), nullable=True),
    sa.Column('issue_url', sa.Text(), nullable=True),
    sa.Column('duplicates', postgresql.JSONB(astext_type=sa.Text()), server_default='[]', nullable=False),
    sa.Column('reason', sa.String(length=64), nullable=True),
    sa.Column('error', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_tickets')),
    sa.UniqueConstraint('target_id', 'target_created_at', 'project_id', 'route', 'generation', name=op.f('uq_tickets_target_id_target_created_at_project_id_route_generation'))
    )
    op.create_index(op.f('ix_tickets_state_due_at'), 'tickets', ['state', 'due_at'], unique=False)
    op.create_index(op.f('ix_tickets_task_id'), 'tickets', ['task_id'], unique=False)
    op.create_table('suggestions',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('content_key', sa.String(length=64), nullable=False),
    sa.Column('rubric_version', sa.String(length=64), nullable=False),
    sa.Column('calibration', sa.String(length=64), nullable=False),
    sa.Column('rated', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['content_key'], ['reports.content_key'], name=op.f('fk_suggestions_content_key')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_suggestions'))
    )
    op.create_index('uq_suggestions_identity', 'suggestions', ['content_key', 'rubric_version', 'calibration'], unique=True)
    op.create_table('predictions',
    sa.Column('task_id', sa.BigInteger(), nullable=False),
    sa.Column('project_id', sa.BigInteger(), nullable=False),
    sa.Column('suggestion_id', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.String(length=16), server_default='pending', nullable=False),
    sa.Column('prediction_id', sa.BigInteger(), nullable=True),
    sa.Column('score', sa.String(length=8), nullable=True),
    sa.Column('result', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('model_version', sa.String(length=128), nullable=False),
    sa.Column('frozen', sa.Boolean(), server_default='false', nullable=False),
    sa.Column('error', sa.Text(), nullable=True),
    sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['suggestion_id'], ['suggestions.id'], name=op.f('fk_predictions_suggestion_id')),
    sa.ForeignKeyConstraint(['task_id'], ['tasks.task_id'], name=op.f('fk_predictions_task_id')),
    sa.PrimaryKeyConstraint('task_id', name=op.f('pk_predictions'))
    )
    op.create_index(op.f('ix_predictions_project_id_state'), 'predictions', ['project_id', 'state'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_predictions_project_id_state'), table_name='predictions')
    op.drop_table('predictions')
    op.drop_index('uq_suggestions_identity', table_name='suggestions')
    op.drop_table('suggestions')
    op.drop_index(op.f('ix_tickets_task_id'), table_name='tickets')
    op.drop_index(op.f('ix_tickets_state_due_at'), table_name='tickets')
    op.drop_table('tickets')
    op.drop_index(op.f('ix_tasks_project_id'), table_name='tasks')
    op.drop_index(op.f('ix_tasks_content_key'), table_name='tasks')
    op.drop_table('tasks')
    op.drop_table('standings')
    op.drop_index('uq_snapshots_gone', table_name='snapshots', postgresql_where=sa.text('gone'))
    op.drop_index('uq_snapshots_fetched', table_name='snapshots', postgresql_where=sa.text('verified and not gone'))
    op.drop_index('uq_snapshots_claimed', table_name='snapshots', postgresql_nulls_not_distinct=True, postgresql_where=sa.text('not verified'))
    op.drop_index(op.f('ix_snapshots_task_id'), table_name='snapshots')
    op.drop_index(op.f('ix_snapshots_annotation_id'), table_name='snapshots')
    op.drop_table('snapshots')
    op.drop_index(op.f('ix_reviews_task_id'), table_name='reviews')
    op.drop_table('reviews')
    op.drop_table('reports')
    op.drop_index(op.f('ix_overrides_task_id'), table_name='overrides')
    op.drop_table('overrides')
    op.drop_index(op.f('ix_notices_task_id'), table_name='notices')
    op.drop_table('notices')
    op.drop_table('local_tickets')
    op.drop_table('installation')
    op.drop_table('imported')
    op.drop_index(op.f('ix_deliveries_state_received_at'), table_name='deliveries')
    op.drop_table('deliveries')
    op.drop_index(op.f('ix_annotations_task_id'), table_name='annotations')
    op.drop_table('annotations')
