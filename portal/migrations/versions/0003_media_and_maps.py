"""What people send to be seen and heard, trails and places, and where everything in the public index is."""

import json
from collections.abc import Mapping
from datetime import datetime
from math import asinh, floor, pi, radians, tan
from urllib.parse import quote

import sqlalchemy as sa
from alembic import op

from portal.db.row import UtcMoment

revision = "0003"
down_revision = "0002"

# What the database itself refuses, and what it counts by itself; the same statements as the guards of the models.
GUARDS = {
    "sqlite": (
        "CREATE TRIGGER index_version_insert AFTER INSERT ON index_entry BEGIN INSERT INTO index_version(kind, version) SELECT kind, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) FROM (SELECT new.kind AS kind) WHERE true GROUP BY kind ORDER BY kind ON CONFLICT (kind) DO UPDATE SET version = max(index_version.version + 1, excluded.version); END",
        "CREATE TRIGGER index_version_update AFTER UPDATE ON index_entry BEGIN INSERT INTO index_version(kind, version) SELECT kind, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) FROM (SELECT new.kind AS kind) WHERE true GROUP BY kind ORDER BY kind ON CONFLICT (kind) DO UPDATE SET version = max(index_version.version + 1, excluded.version); END",
        "CREATE TRIGGER index_version_delete AFTER DELETE ON index_entry BEGIN INSERT INTO index_version(kind, version) SELECT kind, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) FROM (SELECT old.kind AS kind) WHERE true GROUP BY kind ORDER BY kind ON CONFLICT (kind) DO UPDATE SET version = max(index_version.version + 1, excluded.version); END",
        "CREATE TRIGGER index_version_place AFTER UPDATE ON place BEGIN INSERT INTO index_version(kind, version) SELECT kind, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) FROM index_entry WHERE place_id = new.id GROUP BY kind ORDER BY kind ON CONFLICT (kind) DO UPDATE SET version = max(index_version.version + 1, excluded.version); END",
        "CREATE TRIGGER moderation_act_no_update BEFORE UPDATE ON moderation_act BEGIN SELECT RAISE(ABORT, 'moderation_act_append_only'); END",
        "CREATE TRIGGER moderation_act_no_delete BEFORE DELETE ON moderation_act BEGIN SELECT RAISE(ABORT, 'moderation_act_append_only'); END",
        "CREATE TRIGGER maps_trail_revision_no_update BEFORE UPDATE ON maps_trail_revision BEGIN SELECT RAISE(ABORT, 'maps_trail_revision_append_only'); END",
        "CREATE TRIGGER maps_trail_revision_no_delete BEFORE DELETE ON maps_trail_revision BEGIN SELECT RAISE(ABORT, 'maps_trail_revision_append_only'); END",
        "CREATE TRIGGER maps_place_revision_no_update BEFORE UPDATE ON maps_place_revision BEGIN SELECT RAISE(ABORT, 'maps_place_revision_append_only'); END",
        "CREATE TRIGGER maps_place_revision_no_delete BEFORE DELETE ON maps_place_revision BEGIN SELECT RAISE(ABORT, 'maps_place_revision_append_only'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION index_version_count() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO index_version(kind, version) SELECT kind, CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint) FROM changed GROUP BY kind ORDER BY kind ON CONFLICT (kind) DO UPDATE SET version = greatest(index_version.version + 1, excluded.version); RETURN NULL; END $$",
        "CREATE FUNCTION index_version_count_placed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO index_version(kind, version) SELECT kind, CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint) FROM index_entry WHERE place_id IN (SELECT id FROM changed) GROUP BY kind ORDER BY kind ON CONFLICT (kind) DO UPDATE SET version = greatest(index_version.version + 1, excluded.version); RETURN NULL; END $$",
        "CREATE TRIGGER index_version_insert AFTER INSERT ON index_entry REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION index_version_count()",
        "CREATE TRIGGER index_version_update AFTER UPDATE ON index_entry REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION index_version_count()",
        "CREATE TRIGGER index_version_delete AFTER DELETE ON index_entry REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION index_version_count()",
        "CREATE TRIGGER index_version_place AFTER UPDATE ON place REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION index_version_count_placed()",
        "CREATE FUNCTION moderation_act_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'moderation_act_append_only' USING ERRCODE = 'restrict_violation'; END $$",
        "CREATE TRIGGER moderation_act_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON moderation_act FOR EACH STATEMENT EXECUTE FUNCTION moderation_act_append_only()",
        "CREATE FUNCTION maps_trail_revision_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'maps_trail_revision_append_only' USING ERRCODE = 'restrict_violation'; END $$",
        "CREATE TRIGGER maps_trail_revision_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON maps_trail_revision FOR EACH STATEMENT EXECUTE FUNCTION maps_trail_revision_append_only()",
        "CREATE FUNCTION maps_place_revision_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'maps_place_revision_append_only' USING ERRCODE = 'restrict_violation'; END $$",
        "CREATE TRIGGER maps_place_revision_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON maps_place_revision FOR EACH STATEMENT EXECUTE FUNCTION maps_place_revision_append_only()",
    ),
}

GUARD_FUNCTIONS = (
    "index_version_count",
    "index_version_count_placed",
    "moderation_act_append_only",
    "maps_trail_revision_append_only",
    "maps_place_revision_append_only",
)

# A geometry column comes and goes in each database's own way; on SQLite the table is never rebuilt, see `place`.
PATH = {
    "sqlite": (
        "SELECT AddGeometryColumn('place', 'path', 4326, 'LINESTRING', 'XY', 0)",
        "SELECT CreateSpatialIndex('place', 'path')",
    ),
    "postgresql": (
        "ALTER TABLE place ADD COLUMN path geometry(LINESTRING, 4326)",
        "CREATE INDEX idx_place_path ON place USING gist (path)",
    ),
}
NO_PATH = {
    "sqlite": (
        "SELECT DisableSpatialIndex('place', 'path')",
        "DROP TABLE IF EXISTS idx_place_path",
        *(
            f"DELETE FROM geometry_columns_{kept} WHERE f_table_name = 'place' AND f_geometry_column = 'path'"  # noqa: S608
            for kept in ("auth", "field_infos", "statistics", "time")
        ),
        "SELECT DiscardGeometryColumn('place', 'path')",
        "ALTER TABLE place DROP COLUMN path",
    ),
    "postgresql": ("ALTER TABLE place DROP COLUMN path",),
}


def upgrade() -> None:
    engine = op.get_bind().dialect.name
    op.create_table(
        "index_version",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_index_version")),
    )
    op.create_table(
        "maps_place",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("current", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcMoment(), nullable=False),
        sa.Column("lock_version", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("current >= 1", name=op.f("ck_maps_place_current")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_maps_place_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maps_place")),
        sa.UniqueConstraint("slug", name=op.f("uq_maps_place_slug")),
    )
    op.create_table(
        "maps_trail",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("draft", "published", "withdrawn", name="trailstate", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("current", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=True),
        sa.Column("metres", sa.Double(), nullable=True),
        sa.Column("created_at", UtcMoment(), nullable=False),
        sa.Column("published_at", UtcMoment(), nullable=True),
        sa.Column("lock_version", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("state <> 'published' OR published_at IS NOT NULL", name=op.f("ck_maps_trail_published_at")),
        sa.CheckConstraint("current >= 1", name=op.f("ck_maps_trail_current")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_maps_trail_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maps_trail")),
        sa.UniqueConstraint("slug", name=op.f("uq_maps_trail_slug")),
    )
    op.create_table(
        "media",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("audio", "image", "video", name="mediakind", native_enum=False, create_constraint=True),
            nullable=True,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "received",
                "preparing",
                "ready",
                "failed",
                "removed",
                name="mediastate",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column(
            "flaw",
            sa.Enum(
                "empty",
                "too_large",
                "too_long",
                "too_many_pixels",
                "too_small",
                "not_a_media",
                "unreadable",
                "cut_short",
                "silent",
                "too_heavy",
                "not_prepared",
                "too_many_unfinished",
                "no_room_left",
                name="mediaflaw",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=True,
        ),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("licence", sa.Text(), nullable=False),
        sa.Column("attribution", sa.Text(), nullable=False),
        sa.Column(
            "voices",
            sa.Enum("nobody", "agreed", "not_told", name="voices", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("sender_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", UtcMoment(), nullable=False),
        sa.Column("ready_at", UtcMoment(), nullable=True),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("original", sa.Text(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=True),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("loudness", sa.Double(), nullable=True),
        sa.Column("true_peak", sa.Double(), nullable=True),
        sa.Column("peaks", sa.LargeBinary(), nullable=True),
        sa.Column("lock_version", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("(state = 'failed') = (flaw IS NOT NULL)", name=op.f("ck_media_flaw_when_failed")),
        sa.CheckConstraint("original IS NULL OR state <> 'removed'", name=op.f("ck_media_original_until_removed")),
        sa.CheckConstraint(
            "original IS NOT NULL OR state IN ('ready', 'removed')", name=op.f("ck_media_original_until_ready")
        ),
        sa.CheckConstraint("state <> 'ready' OR kind IS NOT NULL", name=op.f("ck_media_known_when_ready")),
        sa.CheckConstraint("progress BETWEEN 0 AND 100", name=op.f("ck_media_progress")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_media_organisation_id")),
        sa.ForeignKeyConstraint(["sender_id"], ["person.id"], name=op.f("fk_media_sender_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media")),
    )
    op.create_index(op.f("ix_media_organisation_id"), "media", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_media_original"), "media", ["original"], unique=False)
    op.create_index(op.f("ix_media_sender_id"), "media", ["sender_id"], unique=False)
    op.create_table(
        "media_upload",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcMoment(), nullable=False),
        sa.Column("expires_at", UtcMoment(), nullable=False),
        sa.Column("lock_version", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("size > 0", name=op.f("ck_media_upload_size")),
        sa.CheckConstraint("received >= 0 AND received <= size", name=op.f("ck_media_upload_received")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_media_upload_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media_upload")),
    )
    op.create_index(op.f("ix_media_upload_expires_at"), "media_upload", ["expires_at"], unique=False)
    op.create_index(op.f("ix_media_upload_person_id"), "media_upload", ["person_id"], unique=False)
    op.create_table(
        "moderation_act",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "act",
            sa.Enum("hide", "restore", "remove", name="act", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("at", UtcMoment(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_moderation_act_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation_act")),
    )
    op.create_index(op.f("ix_moderation_act_actor_id"), "moderation_act", ["actor_id"], unique=False)
    op.create_index("uq_moderation_act_number", "moderation_act", ["subject_kind", "subject_id", "number"], unique=True)
    op.create_index(
        "uq_moderation_act_removal",
        "moderation_act",
        ["subject_kind", "subject_id"],
        unique=True,
        sqlite_where=sa.text("act = 'remove'"),
        postgresql_where=sa.text("act = 'remove'"),
    )
    op.create_table(
        "moderation_flag",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column(
            "concern",
            sa.Enum(
                "mistake",
                "rights",
                "harmful",
                "danger",
                "other",
                name="concern",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", UtcMoment(), nullable=False),
        sa.Column("settled_at", UtcMoment(), nullable=True),
        sa.Column("settled_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(settled_at IS NULL) = (settled_by_id IS NULL)", name=op.f("ck_moderation_flag_settled_by_somebody")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_moderation_flag_by_id")),
        sa.ForeignKeyConstraint(["settled_by_id"], ["person.id"], name=op.f("fk_moderation_flag_settled_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation_flag")),
    )
    op.create_index(op.f("ix_moderation_flag_by_id"), "moderation_flag", ["by_id"], unique=False)
    op.create_index(
        "ix_moderation_flag_open",
        "moderation_flag",
        ["created_at"],
        unique=False,
        sqlite_where=sa.text("settled_at IS NULL"),
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.create_index("ix_moderation_flag_subject", "moderation_flag", ["subject_kind", "subject_id"], unique=False)
    op.create_table(
        "maps_place_media",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("map_place_id", sa.Uuid(), nullable=False),
        sa.Column("media_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["map_place_id"], ["maps_place.id"], name=op.f("fk_maps_place_media_map_place_id")),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name=op.f("fk_maps_place_media_media_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maps_place_media")),
        sa.UniqueConstraint("map_place_id", "media_id", name=op.f("uq_maps_place_media_map_place_id_media_id")),
    )
    op.create_index(op.f("ix_maps_place_media_media_id"), "maps_place_media", ["media_id"], unique=False)
    op.create_table(
        "maps_place_revision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("map_place_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("base", sa.Integer(), nullable=True),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", UtcMoment(), nullable=False),
        sa.CheckConstraint(
            "number >= 1 AND (base IS NULL OR base < number)", name=op.f("ck_maps_place_revision_number")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_maps_place_revision_author_id")),
        sa.ForeignKeyConstraint(["map_place_id"], ["maps_place.id"], name=op.f("fk_maps_place_revision_map_place_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_maps_place_revision_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maps_place_revision")),
        sa.UniqueConstraint("map_place_id", "number", name=op.f("uq_maps_place_revision_map_place_id_number")),
    )
    op.create_index(op.f("ix_maps_place_revision_author_id"), "maps_place_revision", ["author_id"], unique=False)
    op.create_index(
        op.f("ix_maps_place_revision_organisation_id"), "maps_place_revision", ["organisation_id"], unique=False
    )
    op.create_table(
        "maps_stop",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("trail_id", sa.Uuid(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("label", sa.Text(), nullable=True),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("lock_version", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("(rank IS NULL) = (label IS NULL)", name=op.f("ck_maps_stop_there_or_gone")),
        sa.CheckConstraint("rank IS NULL OR rank >= 1", name=op.f("ck_maps_stop_rank")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_maps_stop_place_id")),
        sa.ForeignKeyConstraint(["trail_id"], ["maps_trail.id"], name=op.f("fk_maps_stop_trail_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maps_stop")),
    )
    op.create_index("uq_maps_stop_label", "maps_stop", ["trail_id", "label"], unique=True)
    op.create_index("uq_maps_stop_rank", "maps_stop", ["trail_id", "rank"], unique=True)
    op.create_table(
        "maps_track_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("trail_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=True),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sender_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcMoment(), nullable=False),
        sa.ForeignKeyConstraint(["sender_id"], ["person.id"], name=op.f("fk_maps_track_file_sender_id")),
        sa.ForeignKeyConstraint(["trail_id"], ["maps_trail.id"], name=op.f("fk_maps_track_file_trail_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maps_track_file")),
    )
    op.create_index(op.f("ix_maps_track_file_sender_id"), "maps_track_file", ["sender_id"], unique=False)
    op.create_index(op.f("ix_maps_track_file_trail_id"), "maps_track_file", ["trail_id"], unique=False)
    op.create_table(
        "maps_trail_author",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("trail_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("since", UtcMoment(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_maps_trail_author_person_id")),
        sa.ForeignKeyConstraint(["trail_id"], ["maps_trail.id"], name=op.f("fk_maps_trail_author_trail_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maps_trail_author")),
        sa.UniqueConstraint("trail_id", "person_id", name=op.f("uq_maps_trail_author_trail_id_person_id")),
    )
    op.create_index(op.f("ix_maps_trail_author_person_id"), "maps_trail_author", ["person_id"], unique=False)
    op.create_table(
        "maps_trail_revision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("trail_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("base", sa.Integer(), nullable=True),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", UtcMoment(), nullable=False),
        sa.CheckConstraint(
            "number >= 1 AND (base IS NULL OR base < number)", name=op.f("ck_maps_trail_revision_number")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_maps_trail_revision_author_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_maps_trail_revision_organisation_id")
        ),
        sa.ForeignKeyConstraint(["trail_id"], ["maps_trail.id"], name=op.f("fk_maps_trail_revision_trail_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maps_trail_revision")),
        sa.UniqueConstraint("trail_id", "number", name=op.f("uq_maps_trail_revision_trail_id_number")),
    )
    op.create_index(op.f("ix_maps_trail_revision_author_id"), "maps_trail_revision", ["author_id"], unique=False)
    op.create_index(
        op.f("ix_maps_trail_revision_organisation_id"), "maps_trail_revision", ["organisation_id"], unique=False
    )
    op.create_table(
        "media_play_tally",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("media_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("starts", sa.Integer(), nullable=False),
        sa.Column("completions", sa.Integer(), nullable=False),
        sa.CheckConstraint("starts >= 0 AND completions >= 0", name=op.f("ck_media_play_tally_counts")),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name=op.f("fk_media_play_tally_media_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media_play_tally")),
        sa.UniqueConstraint("media_id", "day", name=op.f("uq_media_play_tally_media_id_day")),
    )
    op.create_table(
        "media_rendition",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("media_id", sa.Uuid(), nullable=False),
        sa.Column(
            "rendering",
            sa.Enum(
                "aac",
                "opus",
                "mp4",
                "poster",
                "small",
                "medium",
                "large",
                name="rendering",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name=op.f("fk_media_rendition_media_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media_rendition")),
        sa.UniqueConstraint("media_id", "rendering", name=op.f("uq_media_rendition_media_id_rendering")),
    )
    op.create_index(op.f("ix_media_rendition_name"), "media_rendition", ["name"], unique=False)
    op.create_table(
        "media_transcript",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("media_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column(
            "form",
            sa.Enum("text", "webvtt", name="transcriptform", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcMoment(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_media_transcript_author_id")),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name=op.f("fk_media_transcript_media_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media_transcript")),
    )
    op.create_index(op.f("ix_media_transcript_author_id"), "media_transcript", ["author_id"], unique=False)
    op.create_index(
        "ix_media_transcript_latest", "media_transcript", ["media_id", "language", "created_at"], unique=False
    )
    op.create_table(
        "maps_remix",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("trail_id", sa.Uuid(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["maps_trail_revision.id"], name=op.f("fk_maps_remix_source_id")),
        sa.ForeignKeyConstraint(["trail_id"], ["maps_trail.id"], name=op.f("fk_maps_remix_trail_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maps_remix")),
        sa.UniqueConstraint("trail_id", name=op.f("uq_maps_remix_trail_id")),
    )
    op.create_index(op.f("ix_maps_remix_source_id"), "maps_remix", ["source_id"], unique=False)
    op.create_table(
        "maps_stop_media",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("stop_id", sa.Uuid(), nullable=False),
        sa.Column("media_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name=op.f("fk_maps_stop_media_media_id")),
        sa.ForeignKeyConstraint(["stop_id"], ["maps_stop.id"], name=op.f("fk_maps_stop_media_stop_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maps_stop_media")),
        sa.UniqueConstraint("stop_id", "media_id", name=op.f("uq_maps_stop_media_stop_id_media_id")),
    )
    op.create_index(op.f("ix_maps_stop_media_media_id"), "maps_stop_media", ["media_id"], unique=False)
    op.add_column("index_entry", sa.Column("access", sa.Text(), nullable=True))
    op.add_column("index_entry", sa.Column("longitude", sa.Double(), nullable=True))
    op.add_column("index_entry", sa.Column("latitude", sa.Double(), nullable=True))
    op.add_column("index_entry", sa.Column("cell", sa.BigInteger(), server_default=sa.text("-1"), nullable=False))
    op.add_column("index_entry", sa.Column("has_path", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("index_entry", sa.Column("offered", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.execute("UPDATE index_entry SET offered = visible")
    op.add_column("index_entry", sa.Column("told", sa.Text(), server_default="", nullable=False))
    op.create_index(
        "ix_index_entry_cells", "index_entry", ["visible", "kind", "cell", "id", "longitude", "latitude"], unique=False
    )
    for statement in PATH[engine]:
        op.execute(statement)
    locate_entries()
    tell_entries()
    for statement in GUARDS[engine]:
        op.execute(sa.DDL(statement.replace("%", "%%")))


def locate_entries() -> None:
    """Tell the entries that are there where they are."""
    found = op.get_bind().execute(
        sa.text("SELECT e.id, p.longitude, p.latitude FROM index_entry e JOIN place p ON p.id = e.place_id")
    )
    for entry, longitude, latitude in found.all():
        op.get_bind().execute(
            sa.text("UPDATE index_entry SET longitude = :lon, latitude = :lat, cell = :cell WHERE id = :id"),
            {"lon": longitude, "lat": latitude, "cell": cell_of(longitude, latitude), "id": entry},
        )


def tell_entries() -> None:
    """Write what programs are told of the entries that are there."""
    entry = sa.table(
        "index_entry",
        sa.column("id", sa.Integer()),
        sa.column("told", sa.Text()),
        sa.column("source_id", sa.Uuid()),
        *(sa.column(name, sa.Double()) for name in ("longitude", "latitude")),
        *(sa.column(name, sa.Text()) for name in ("kind", "path", "theme", "language", "licence", "access")),
        *(sa.column(name, sa.JSON()) for name in ("title", "summary")),
        *(sa.column(name, UtcMoment()) for name in ("starts_at", "ends_at", "created_at", "updated_at")),
    )
    for row in op.get_bind().execute(sa.select(entry)).all():
        op.get_bind().execute(sa.update(entry).where(entry.c.id == row.id).values(told=told(row)))


# What follows is as the house did it when this was written, so that the step stays what it was.


def told(entry: sa.Row) -> str:
    """Return an entry as a GeoJSON feature."""
    nowhere = entry.longitude is None
    properties = {
        "url": quote(entry.path),
        "kind": entry.kind,
        **texts("title", entry.title, entry.language or "fr"),
        **texts("summary", entry.summary, entry.language or "fr"),
        **{name: getattr(entry, name) for name in ("theme", "language", "licence", "access")},
        **{name: instant(getattr(entry, name)) for name in ("starts_at", "ends_at", "created_at", "updated_at")},
    }
    feature = {
        "type": "Feature",
        "id": str(entry.source_id),
        "geometry": None if nowhere else {"type": "Point", "coordinates": [entry.longitude, entry.latitude]},
        "properties": properties,
    }
    return json.dumps(feature, ensure_ascii=False, separators=(",", ":"))


def texts(name: str, said: Mapping[str, str], language: str) -> dict[str, str]:
    spoken = next((code for code in (language, "fr", *said) if said.get(code)), language)
    others = {f"{name}_{code}": words for code, words in said.items() if code != spoken}
    return {name: said.get(spoken, "")} | others


def instant(at: datetime | None) -> str | None:
    return at.isoformat().replace("+00:00", "Z") if at else None


def cell_of(longitude: float, latitude: float) -> int:
    """Return the number of the cell of the grid: the bits of its column and of its row in turn."""
    side = 1 << 26
    column = min(floor((longitude + 180) / 360 * side), side - 1)
    if abs(latitude) >= 89:
        row = 0 if latitude > 0 else side - 1
    else:
        row = min(max(floor((1 - asinh(tan(radians(latitude))) / pi) / 2 * side), 0), side - 1)
    return sum((column >> bit & 1) << 2 * bit | (row >> bit & 1) << 2 * bit + 1 for bit in range(26))


def downgrade() -> None:
    engine = op.get_bind().dialect.name
    for act in ("insert", "update", "delete"):
        op.execute(f"DROP TRIGGER index_version_{act}" + (" ON index_entry" if engine == "postgresql" else ""))
    op.execute("DROP TRIGGER index_version_place" + (" ON place" if engine == "postgresql" else ""))
    for statement in NO_PATH[engine]:
        op.execute(statement)
    op.drop_index("ix_index_entry_cells", table_name="index_entry")
    op.drop_column("index_entry", "offered")
    op.drop_column("index_entry", "told")
    op.drop_column("index_entry", "has_path")
    op.drop_column("index_entry", "cell")
    op.drop_column("index_entry", "latitude")
    op.drop_column("index_entry", "longitude")
    op.drop_column("index_entry", "access")
    op.drop_index(op.f("ix_maps_stop_media_media_id"), table_name="maps_stop_media")
    op.drop_table("maps_stop_media")
    op.drop_index(op.f("ix_maps_remix_source_id"), table_name="maps_remix")
    op.drop_table("maps_remix")
    op.drop_index("ix_media_transcript_latest", table_name="media_transcript")
    op.drop_index(op.f("ix_media_transcript_author_id"), table_name="media_transcript")
    op.drop_table("media_transcript")
    op.drop_index(op.f("ix_media_rendition_name"), table_name="media_rendition")
    op.drop_table("media_rendition")
    op.drop_table("media_play_tally")
    op.drop_index(op.f("ix_maps_trail_revision_organisation_id"), table_name="maps_trail_revision")
    op.drop_index(op.f("ix_maps_trail_revision_author_id"), table_name="maps_trail_revision")
    op.drop_table("maps_trail_revision")
    op.drop_index(op.f("ix_maps_track_file_trail_id"), table_name="maps_track_file")
    op.drop_index(op.f("ix_maps_track_file_sender_id"), table_name="maps_track_file")
    op.drop_table("maps_track_file")
    op.drop_index(op.f("ix_maps_trail_author_person_id"), table_name="maps_trail_author")
    op.drop_table("maps_trail_author")
    op.drop_index("uq_maps_stop_rank", table_name="maps_stop")
    op.drop_index("uq_maps_stop_label", table_name="maps_stop")
    op.drop_table("maps_stop")
    op.drop_index(op.f("ix_maps_place_revision_organisation_id"), table_name="maps_place_revision")
    op.drop_index(op.f("ix_maps_place_revision_author_id"), table_name="maps_place_revision")
    op.drop_table("maps_place_revision")
    op.drop_index(op.f("ix_maps_place_media_media_id"), table_name="maps_place_media")
    op.drop_table("maps_place_media")
    op.drop_index("ix_moderation_flag_subject", table_name="moderation_flag")
    op.drop_index(
        "ix_moderation_flag_open",
        table_name="moderation_flag",
        sqlite_where=sa.text("settled_at IS NULL"),
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.drop_index(op.f("ix_moderation_flag_by_id"), table_name="moderation_flag")
    op.drop_table("moderation_flag")
    op.drop_index(
        "uq_moderation_act_removal",
        table_name="moderation_act",
        sqlite_where=sa.text("act = 'remove'"),
        postgresql_where=sa.text("act = 'remove'"),
    )
    op.drop_index("uq_moderation_act_number", table_name="moderation_act")
    op.drop_index(op.f("ix_moderation_act_actor_id"), table_name="moderation_act")
    op.drop_table("moderation_act")
    op.drop_index(op.f("ix_media_upload_person_id"), table_name="media_upload")
    op.drop_index(op.f("ix_media_upload_expires_at"), table_name="media_upload")
    op.drop_table("media_upload")
    op.drop_index(op.f("ix_media_sender_id"), table_name="media")
    op.drop_index(op.f("ix_media_original"), table_name="media")
    op.drop_index(op.f("ix_media_organisation_id"), table_name="media")
    op.drop_table("media")
    op.drop_table("maps_trail")
    op.drop_table("maps_place")
    op.drop_table("index_version")
    if engine == "postgresql":
        for function in GUARD_FUNCTIONS:
            op.execute(sa.text(f"DROP FUNCTION {function}()"))
