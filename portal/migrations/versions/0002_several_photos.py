"""Several photos of a model, in order.

The columns go with SQLite's own ``DROP COLUMN``, not through a batch that builds the table anew: nothing that hangs on
it, triggers and references among them, is touched.
"""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

MODEL = sa.table("lending_model", sa.column("id", sa.Uuid()), sa.column("photo"), sa.column("photo_text", sa.JSON()))
PHOTO = sa.table(
    "lending_photo",
    sa.column("id", sa.Uuid()),
    sa.column("model_id", sa.Uuid()),
    sa.column("position", sa.Integer()),
    sa.column("key"),
    sa.column("text", sa.JSON()),
)


def upgrade() -> None:
    op.add_column("lending_model", sa.Column("lock_version", sa.Integer(), server_default="0", nullable=False))
    op.create_table(
        "lending_photo",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("model_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("text", sa.JSON(), nullable=False),
        sa.CheckConstraint("position >= 0", name=op.f("ck_lending_photo_position")),
        sa.ForeignKeyConstraint(["model_id"], ["lending_model.id"], name=op.f("fk_lending_photo_model_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lending_photo")),
        sa.UniqueConstraint("model_id", "position", name=op.f("uq_lending_photo_model_id_position")),
    )
    shown = op.get_bind().execute(sa.select(MODEL).where(MODEL.c.photo.is_not(None))).all()
    moved = [
        {"id": uuid4(), "model_id": model_id, "position": 0, "key": key, "text": text} for model_id, key, text in shown
    ]
    op.bulk_insert(PHOTO, moved)
    op.drop_column("lending_model", "photo")
    op.drop_column("lending_model", "photo_text")


def downgrade() -> None:
    """Bring the columns back, with the first photo of each model; of the others nothing is left."""
    op.add_column("lending_model", sa.Column("photo", sa.Text(), nullable=True))
    op.add_column("lending_model", sa.Column("photo_text", sa.JSON(), server_default="{}", nullable=False))
    connection = op.get_bind()
    for _id, model_id, _position, key, text in connection.execute(sa.select(PHOTO).where(PHOTO.c.position == 0)).all():
        connection.execute(sa.update(MODEL).where(MODEL.c.id == model_id).values(photo=key, photo_text=text))
    op.drop_table("lending_photo")
    op.drop_column("lending_model", "lock_version")
