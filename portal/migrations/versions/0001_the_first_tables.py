"""The first tables."""

import geoalchemy2
import sqlalchemy as sa
from alembic import op

from portal.db.row import UtcMoment

revision = "0001"
down_revision = None

# What the database itself refuses; the same statements as the guards of portal.db.guards.
GUARDS = {
    "sqlite": (
        "CREATE UNIQUE INDEX person_email ON person (lower(email))",
        "CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry BEGIN SELECT RAISE(ABORT, 'audit_entry_append_only'); END",
        "CREATE TRIGGER audit_entry_no_delete BEFORE DELETE ON audit_entry BEGIN SELECT RAISE(ABORT, 'audit_entry_append_only'); END",
        "CREATE VIRTUAL TABLE index_words USING fts5(words, content='index_entry', content_rowid='id', tokenize='ascii')",
        "CREATE TRIGGER index_words_insert AFTER INSERT ON index_entry BEGIN INSERT INTO index_words(rowid, words) VALUES (new.id, new.words); END",
        "CREATE TRIGGER index_words_delete AFTER DELETE ON index_entry BEGIN INSERT INTO index_words(index_words, rowid, words) VALUES ('delete', old.id, old.words); END",
        "CREATE TRIGGER index_words_update AFTER UPDATE ON index_entry BEGIN INSERT INTO index_words(index_words, rowid, words) VALUES ('delete', old.id, old.words); INSERT INTO index_words(rowid, words) VALUES (new.id, new.words); END",
        "CREATE UNIQUE INDEX lending_item_tag ON lending_item (lower(asset_tag))",
        "CREATE UNIQUE INDEX lending_policy_subject ON lending_policy (coalesce(category_id, ''), coalesce(model_id, ''), coalesce(point_id, ''))",
        "CREATE TRIGGER lending_waitlist_twice_insert BEFORE INSERT ON lending_waitlist_entry WHEN new.state IN ('waiting', 'offered') BEGIN SELECT RAISE(ABORT, 'lending_waitlist_twice') FROM lending_waitlist_entry AS other WHERE other.person_id = new.person_id AND other.stock_id = new.stock_id AND other.id <> new.id AND other.state IN ('waiting', 'offered') AND other.pickup_at < new.return_at AND new.pickup_at < other.return_at; END",
        "CREATE TRIGGER lending_waitlist_twice_update BEFORE UPDATE ON lending_waitlist_entry WHEN new.state IN ('waiting', 'offered') BEGIN SELECT RAISE(ABORT, 'lending_waitlist_twice') FROM lending_waitlist_entry AS other WHERE other.person_id = new.person_id AND other.stock_id = new.stock_id AND other.id <> new.id AND other.state IN ('waiting', 'offered') AND other.pickup_at < new.return_at AND new.pickup_at < other.return_at; END",
        "CREATE TRIGGER lending_claim_item_taken_insert BEFORE INSERT ON lending_claim WHEN new.live AND new.item_id IS NOT NULL AND NOT new.lot BEGIN SELECT RAISE(ABORT, 'lending_claim_item_taken') FROM lending_claim AS other WHERE other.item_id = new.item_id AND other.live AND NOT other.lot AND other.id <> new.id AND other.starts_at < new.ends_at AND new.starts_at < other.ends_at; END",
        "CREATE TRIGGER lending_claim_item_taken_update BEFORE UPDATE ON lending_claim WHEN new.live AND new.item_id IS NOT NULL AND NOT new.lot BEGIN SELECT RAISE(ABORT, 'lending_claim_item_taken') FROM lending_claim AS other WHERE other.item_id = new.item_id AND other.live AND NOT other.lot AND other.id <> new.id AND other.starts_at < new.ends_at AND new.starts_at < other.ends_at; END",
    ),
    "postgresql": (
        "CREATE UNIQUE INDEX person_email ON person (lower(email))",
        "CREATE FUNCTION audit_entry_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'audit_entry_append_only' USING ERRCODE = 'restrict_violation'; END $$",
        "CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_append_only()",
        "CREATE INDEX index_entry_words ON index_entry USING gin (array_to_tsvector(string_to_array(words, ' ')))",
        "CREATE UNIQUE INDEX lending_item_tag ON lending_item (lower(asset_tag))",
        "ALTER TABLE lending_policy ADD CONSTRAINT lending_policy_subject UNIQUE NULLS NOT DISTINCT (category_id, model_id, point_id)",
        "ALTER TABLE lending_waitlist_entry ADD CONSTRAINT lending_waitlist_twice EXCLUDE USING gist (person_id WITH =, stock_id WITH =, tstzrange(pickup_at, return_at) WITH &&) WHERE (state IN ('waiting', 'offered'))",
        "ALTER TABLE lending_claim ADD CONSTRAINT lending_claim_item_taken EXCLUDE USING gist (item_id WITH =, tstzrange(starts_at, ends_at) WITH &&) WHERE (live AND item_id IS NOT NULL AND NOT lot)",
    ),
}

GUARD_FUNCTIONS = ("audit_entry_append_only",)
GUARD_TABLES = ("index_words",)


def upgrade() -> None:
    op.create_table(
        "attempts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("window_start", UtcMoment(), nullable=False),
        sa.Column("count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
        sa.UniqueConstraint("act", "key", "window_start", name=op.f("uq_attempts_act_key_window_start")),
    )
    op.create_table(
        "city_setting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("changed_at", UtcMoment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_city_setting")),
        sa.UniqueConstraint("key", name=op.f("uq_city_setting_key")),
    )
    op.create_table(
        "job",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("created_at", UtcMoment(), nullable=False),
        sa.Column("run_at", UtcMoment(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claimed_by", sa.Text(), nullable=True),
        sa.Column("claimed_until", UtcMoment(), nullable=True),
        sa.Column("finished_at", UtcMoment(), nullable=True),
        sa.Column("given_up_at", UtcMoment(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("key", name=op.f("uq_job_key")),
    )
    op.create_index(
        "ix_job_due",
        "job",
        ["run_at"],
        unique=False,
        sqlite_where=sa.text("finished_at IS NULL"),
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    op.create_table(
        "lending_category",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("icon", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lending_category")),
        sa.UniqueConstraint("slug", name=op.f("uq_lending_category_slug")),
    )
    op.create_table(
        "organisation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "association",
                "centre",
                "school",
                "enterprise",
                name="organisationkind",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("siret", sa.Text(), nullable=True),
        sa.Column("rna", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("created_at", UtcMoment(), nullable=False),
        sa.Column("lock_version", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("rna", name=op.f("uq_organisation_rna")),
        sa.UniqueConstraint("siret", name=op.f("uq_organisation_siret")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("email_confirmed_at", UtcMoment(), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("calendar_token", sa.Text(), nullable=True),
        sa.Column("created_at", UtcMoment(), nullable=False),
        sa.Column("registered_by_id", sa.Uuid(), nullable=True),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("erased_at", UtcMoment(), nullable=True),
        sa.Column("lock_version", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "erased_at IS NULL OR (name = '' AND email IS NULL AND phone IS NULL AND password_hash IS NULL AND calendar_token IS NULL)",
            name=op.f("ck_person_forgotten"),
        ),
        sa.ForeignKeyConstraint(["registered_by_id"], ["person.id"], name=op.f("fk_person_registered_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("calendar_token", name=op.f("uq_person_calendar_token")),
    )
    op.create_table(
        "place",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("quarter", sa.Text(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=False),
        sa.Column(
            "geometry",
            geoalchemy2.types.Geometry(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place")),
    )
    op.create_table(
        "worker_pulse",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("seen_at", UtcMoment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker_pulse")),
        sa.UniqueConstraint("name", name=op.f("uq_worker_pulse_name")),
    )
    op.create_table(
        "api_token",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", UtcMoment(), nullable=False),
        sa.Column("expires_at", UtcMoment(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_api_token_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_api_token_secret_hash")),
    )
    op.create_index(op.f("ix_api_token_person_id"), "api_token", ["person_id"], unique=False)
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", UtcMoment(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("acting_for_id", sa.Uuid(), nullable=True),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["acting_for_id"], ["organisation.id"], name=op.f("fk_audit_entry_acting_for_id")),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_audit_entry_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    op.create_index(op.f("ix_audit_entry_act"), "audit_entry", ["act"], unique=False)
    op.create_index(op.f("ix_audit_entry_actor_id"), "audit_entry", ["actor_id"], unique=False)
    op.create_index(op.f("ix_audit_entry_at"), "audit_entry", ["at"], unique=False)
    op.create_index("ix_audit_entry_subject", "audit_entry", ["subject_kind", "subject_id"], unique=False)
    op.create_table(
        "index_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("summary", sa.JSON(), nullable=False),
        sa.Column("theme", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("licence", sa.Text(), nullable=True),
        sa.Column("place_id", sa.Integer(), nullable=True),
        sa.Column("starts_at", UtcMoment(), nullable=True),
        sa.Column("ends_at", UtcMoment(), nullable=True),
        sa.Column("visible", sa.Boolean(), nullable=False),
        sa.Column("title_words", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("created_at", UtcMoment(), nullable=False),
        sa.Column("updated_at", UtcMoment(), nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_index_entry_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_index_entry")),
        sa.UniqueConstraint("kind", "source_id", name=op.f("uq_index_entry_kind_source_id")),
    )
    op.create_index("ix_index_entry_listing", "index_entry", ["visible", "kind", "created_at"], unique=False)
    op.create_index(op.f("ix_index_entry_place_id"), "index_entry", ["place_id"], unique=False)
    op.create_table(
        "invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("invited_by_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("officer", sa.Boolean(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("created_at", UtcMoment(), nullable=False),
        sa.Column("expires_at", UtcMoment(), nullable=False),
        sa.ForeignKeyConstraint(["invited_by_id"], ["person.id"], name=op.f("fk_invitation_invited_by_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_invitation_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_invitation_secret_hash")),
    )
    op.create_index(op.f("ix_invitation_organisation_id"), "invitation", ["organisation_id"], unique=False)
    op.create_table(
        "kept_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", UtcMoment(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_kept_answer_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_answer")),
        sa.UniqueConstraint("person_id", "key", name=op.f("uq_kept_answer_person_id_key")),
    )
    op.create_index(op.f("ix_kept_answer_created_at"), "kept_answer", ["created_at"], unique=False)
    op.create_table(
        "lending_model",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("description", sa.JSON(), nullable=False),
        sa.Column("notice", sa.JSON(), nullable=False),
        sa.Column("category_id", sa.Uuid(), nullable=False),
        sa.Column("accessories", sa.JSON(), nullable=False),
        sa.Column("replacement_value", sa.Integer(), nullable=True),
        sa.Column("photo", sa.Text(), nullable=True),
        sa.Column("photo_text", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["category_id"], ["lending_category.id"], name=op.f("fk_lending_model_category_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lending_model")),
        sa.UniqueConstraint("slug", name=op.f("uq_lending_model_slug")),
    )
    op.create_index(op.f("ix_lending_model_category_id"), "lending_model", ["category_id"], unique=False)
    op.create_table(
        "lending_point",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("lead_days", sa.Integer(), nullable=False),
        sa.Column("max_visits", sa.Integer(), nullable=True),
        sa.Column("observes_holidays", sa.Boolean(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("notice", sa.Text(), nullable=True),
        sa.Column("lock_version", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_lending_point_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lending_point")),
        sa.UniqueConstraint("slug", name=op.f("uq_lending_point_slug")),
    )
    op.create_table(
        "letter",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "confirm", "reset", "change_email", name="letterpurpose", native_enum=False, create_constraint=True
            ),
            nullable=False,
        ),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("created_at", UtcMoment(), nullable=False),
        sa.Column("expires_at", UtcMoment(), nullable=False),
        sa.Column("used_at", UtcMoment(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_letter_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_letter_secret_hash")),
    )
    op.create_index(op.f("ix_letter_person_id"), "letter", ["person_id"], unique=False)
    op.create_table(
        "membership",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("officer", sa.Boolean(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_membership_organisation_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_membership_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
        sa.UniqueConstraint("organisation_id", "person_id", name=op.f("uq_membership_organisation_id_person_id")),
    )
    op.create_index(op.f("ix_membership_organisation_id"), "membership", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_membership_person_id"), "membership", ["person_id"], unique=False)
    op.create_table(
        "outgoing_mail",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("to", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("calendar", sa.Text(), nullable=True),
        sa.Column("created_at", UtcMoment(), nullable=False),
        sa.Column("sent_at", UtcMoment(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_outgoing_mail_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing_mail")),
    )
    op.create_index(op.f("ix_outgoing_mail_person_id"), "outgoing_mail", ["person_id"], unique=False)
    op.create_table(
        "role_grant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "admin",
                "desk",
                "grants",
                "trainer",
                "moderator",
                name="role",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("scope", sa.Text(), nullable=True),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("granted_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("until IS NULL OR since <= until", name=op.f("ck_role_grant_in_order")),
        sa.ForeignKeyConstraint(["granted_by_id"], ["person.id"], name=op.f("fk_role_grant_granted_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_role_grant_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
    )
    op.create_index(op.f("ix_role_grant_person_id"), "role_grant", ["person_id"], unique=False)
    op.create_table(
        "sign_in",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("acting_for_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", UtcMoment(), nullable=False),
        sa.Column("expires_at", UtcMoment(), nullable=False),
        sa.Column("browser", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["acting_for_id"], ["organisation.id"], name=op.f("fk_sign_in_acting_for_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sign_in_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_sign_in_secret_hash")),
    )
    op.create_index(op.f("ix_sign_in_person_id"), "sign_in", ["person_id"], unique=False)
    op.create_table(
        "lending_loan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("point_id", sa.Uuid(), nullable=False),
        sa.Column("return_point_id", sa.Uuid(), nullable=False),
        sa.Column("pickup_at", UtcMoment(), nullable=False),
        sa.Column("return_at", UtcMoment(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "requested",
                "confirmed",
                "out",
                "closed",
                "rejected",
                "cancelled",
                "no_show",
                name="loanstate",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("project", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("requested_at", UtcMoment(), nullable=False),
        sa.Column("requested_by_id", sa.Uuid(), nullable=False),
        sa.Column("decided_at", UtcMoment(), nullable=True),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("extended_at", UtcMoment(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("lock_version", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("pickup_at < return_at", name=op.f("ck_lending_loan_in_order")),
        sa.ForeignKeyConstraint(["borrower_id"], ["person.id"], name=op.f("fk_lending_loan_borrower_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_lending_loan_decided_by_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_lending_loan_organisation_id")),
        sa.ForeignKeyConstraint(["point_id"], ["lending_point.id"], name=op.f("fk_lending_loan_point_id")),
        sa.ForeignKeyConstraint(["requested_by_id"], ["person.id"], name=op.f("fk_lending_loan_requested_by_id")),
        sa.ForeignKeyConstraint(
            ["return_point_id"], ["lending_point.id"], name=op.f("fk_lending_loan_return_point_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lending_loan")),
        sa.UniqueConstraint("number", name=op.f("uq_lending_loan_number")),
    )
    op.create_index(op.f("ix_lending_loan_borrower_id"), "lending_loan", ["borrower_id"], unique=False)
    op.create_index("ix_lending_loan_desk_in", "lending_loan", ["return_point_id", "state", "return_at"], unique=False)
    op.create_index("ix_lending_loan_desk_out", "lending_loan", ["point_id", "state", "pickup_at"], unique=False)
    op.create_index(op.f("ix_lending_loan_organisation_id"), "lending_loan", ["organisation_id"], unique=False)
    op.create_table(
        "lending_opening_exception",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("point_id", sa.Uuid(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("closed", "open", "preparing", name="daykind", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("opens", sa.Time(), nullable=True),
        sa.Column("closes", sa.Time(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'open') = (opens IS NOT NULL AND closes IS NOT NULL)",
            name=op.f("ck_lending_opening_exception_hours_when_open"),
        ),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_lending_opening_exception_in_order")),
        sa.ForeignKeyConstraint(["point_id"], ["lending_point.id"], name=op.f("fk_lending_opening_exception_point_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lending_opening_exception")),
    )
    op.create_index(
        op.f("ix_lending_opening_exception_point_id"), "lending_opening_exception", ["point_id"], unique=False
    )
    op.create_table(
        "lending_opening_window",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("point_id", sa.Uuid(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("opens", sa.Time(), nullable=False),
        sa.Column("closes", sa.Time(), nullable=False),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_lending_opening_window_weekday")),
        sa.ForeignKeyConstraint(["point_id"], ["lending_point.id"], name=op.f("fk_lending_opening_window_point_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lending_opening_window")),
    )
    op.create_index(op.f("ix_lending_opening_window_point_id"), "lending_opening_window", ["point_id"], unique=False)
    op.create_table(
        "lending_policy",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("category_id", sa.Uuid(), nullable=True),
        sa.Column("model_id", sa.Uuid(), nullable=True),
        sa.Column("point_id", sa.Uuid(), nullable=True),
        sa.Column("min_minutes", sa.Integer(), nullable=True),
        sa.Column("max_days", sa.Integer(), nullable=True),
        sa.Column("horizon_days", sa.Integer(), nullable=True),
        sa.Column("lead_days", sa.Integer(), nullable=True),
        sa.Column("buffer_before_minutes", sa.Integer(), nullable=True),
        sa.Column("buffer_after_minutes", sa.Integer(), nullable=True),
        sa.Column("whole_days", sa.Boolean(), nullable=True),
        sa.Column(
            "approval",
            sa.Enum("auto", "manual", name="approval", native_enum=False, create_constraint=True),
            nullable=True,
        ),
        sa.Column("max_units_per_person", sa.Integer(), nullable=True),
        sa.Column("max_days_in_period", sa.Integer(), nullable=True),
        sa.Column("fair_use_period_days", sa.Integer(), nullable=True),
        sa.Column(
            "closed_days",
            sa.Enum("none", "all", "first", name="closeddays", native_enum=False, create_constraint=True),
            nullable=True,
        ),
        sa.Column("span_closed", sa.Boolean(), nullable=True),
        sa.Column("no_show_grace_minutes", sa.Integer(), nullable=True),
        sa.Column("requires", sa.JSON(), nullable=True),
        sa.CheckConstraint(
            "category_id IS NULL OR (model_id IS NULL AND point_id IS NULL)", name=op.f("ck_lending_policy_one_subject")
        ),
        sa.ForeignKeyConstraint(["category_id"], ["lending_category.id"], name=op.f("fk_lending_policy_category_id")),
        sa.ForeignKeyConstraint(["model_id"], ["lending_model.id"], name=op.f("fk_lending_policy_model_id")),
        sa.ForeignKeyConstraint(["point_id"], ["lending_point.id"], name=op.f("fk_lending_policy_point_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lending_policy")),
    )
    op.create_table(
        "lending_stock",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("model_id", sa.Uuid(), nullable=False),
        sa.Column("point_id", sa.Uuid(), nullable=False),
        sa.Column("lock_version", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["model_id"], ["lending_model.id"], name=op.f("fk_lending_stock_model_id")),
        sa.ForeignKeyConstraint(["point_id"], ["lending_point.id"], name=op.f("fk_lending_stock_point_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lending_stock")),
        sa.UniqueConstraint("model_id", "point_id", name=op.f("uq_lending_stock_model_id_point_id")),
    )
    op.create_index(op.f("ix_lending_stock_point_id"), "lending_stock", ["point_id"], unique=False)
    op.create_table(
        "lending_item",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("asset_tag", sa.Text(), nullable=False),
        sa.Column("stock_id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Text(), nullable=True),
        sa.Column(
            "condition",
            sa.Enum(
                "good", "worn", "damaged", "incomplete", name="condition", native_enum=False, create_constraint=True
            ),
            nullable=False,
        ),
        sa.Column("condition_note", sa.Text(), nullable=True),
        sa.Column(
            "service_state",
            sa.Enum("in_service", "lost", "retired", name="servicestate", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("state_reason", sa.Text(), nullable=True),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("insurer", sa.Text(), nullable=False),
        sa.Column("maintainer", sa.Text(), nullable=False),
        sa.CheckConstraint("units >= 1", name=op.f("ck_lending_item_units")),
        sa.ForeignKeyConstraint(["parent_id"], ["lending_item.id"], name=op.f("fk_lending_item_parent_id")),
        sa.ForeignKeyConstraint(["stock_id"], ["lending_stock.id"], name=op.f("fk_lending_item_stock_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lending_item")),
    )
    op.create_index(op.f("ix_lending_item_parent_id"), "lending_item", ["parent_id"], unique=False)
    op.create_index(op.f("ix_lending_item_stock_id"), "lending_item", ["stock_id"], unique=False)
    op.create_table(
        "lending_loan_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("loan_id", sa.Uuid(), nullable=False),
        sa.Column("stock_id", sa.Uuid(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.CheckConstraint("units >= 1", name=op.f("ck_lending_loan_line_units")),
        sa.ForeignKeyConstraint(["loan_id"], ["lending_loan.id"], name=op.f("fk_lending_loan_line_loan_id")),
        sa.ForeignKeyConstraint(["stock_id"], ["lending_stock.id"], name=op.f("fk_lending_loan_line_stock_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lending_loan_line")),
        sa.UniqueConstraint("loan_id", "stock_id", name=op.f("uq_lending_loan_line_loan_id_stock_id")),
    )
    op.create_index(op.f("ix_lending_loan_line_stock_id"), "lending_loan_line", ["stock_id"], unique=False)
    op.create_table(
        "lending_waitlist_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("stock_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("return_point_id", sa.Uuid(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("pickup_at", UtcMoment(), nullable=False),
        sa.Column("return_at", UtcMoment(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("project", sa.Text(), nullable=True),
        sa.Column("joined_at", UtcMoment(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "offered",
                "accepted",
                "left",
                "expired",
                "lapsed",
                name="waitliststate",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("offer_until", UtcMoment(), nullable=True),
        sa.Column("settled_at", UtcMoment(), nullable=True),
        sa.CheckConstraint(
            "state <> 'offered' OR offer_until IS NOT NULL", name=op.f("ck_lending_waitlist_entry_offer_ends")
        ),
        sa.CheckConstraint("pickup_at < return_at", name=op.f("ck_lending_waitlist_entry_in_order")),
        sa.CheckConstraint("units >= 1", name=op.f("ck_lending_waitlist_entry_units")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_lending_waitlist_entry_organisation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_lending_waitlist_entry_person_id")),
        sa.ForeignKeyConstraint(
            ["return_point_id"], ["lending_point.id"], name=op.f("fk_lending_waitlist_entry_return_point_id")
        ),
        sa.ForeignKeyConstraint(["stock_id"], ["lending_stock.id"], name=op.f("fk_lending_waitlist_entry_stock_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lending_waitlist_entry")),
    )
    op.create_index(
        op.f("ix_lending_waitlist_entry_organisation_id"), "lending_waitlist_entry", ["organisation_id"], unique=False
    )
    op.create_index(op.f("ix_lending_waitlist_entry_person_id"), "lending_waitlist_entry", ["person_id"], unique=False)
    op.create_index(
        "ix_lending_waitlist_line",
        "lending_waitlist_entry",
        ["stock_id", "joined_at"],
        unique=False,
        sqlite_where=sa.text("state IN ('waiting', 'offered')"),
        postgresql_where=sa.text("state IN ('waiting', 'offered')"),
    )
    op.create_table(
        "lending_claim",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("stock_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=True),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("lot", sa.Boolean(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("loan", "maintenance", "hold", name="claimkind", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("starts_at", UtcMoment(), nullable=False),
        sa.Column("ends_at", UtcMoment(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint("(kind = 'hold') = (entry_id IS NOT NULL)", name=op.f("ck_lending_claim_held_for")),
        sa.CheckConstraint("(kind = 'loan') = (line_id IS NOT NULL)", name=op.f("ck_lending_claim_owner")),
        sa.CheckConstraint("kind <> 'hold' OR item_id IS NULL", name=op.f("ck_lending_claim_hold_of_no_item")),
        sa.CheckConstraint(
            "kind <> 'maintenance' OR item_id IS NOT NULL", name=op.f("ck_lending_claim_maintenance_of_an_item")
        ),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_lending_claim_in_order")),
        sa.CheckConstraint("units >= 1", name=op.f("ck_lending_claim_units")),
        sa.ForeignKeyConstraint(["entry_id"], ["lending_waitlist_entry.id"], name=op.f("fk_lending_claim_entry_id")),
        sa.ForeignKeyConstraint(["item_id"], ["lending_item.id"], name=op.f("fk_lending_claim_item_id")),
        sa.ForeignKeyConstraint(["line_id"], ["lending_loan_line.id"], name=op.f("fk_lending_claim_line_id")),
        sa.ForeignKeyConstraint(["stock_id"], ["lending_stock.id"], name=op.f("fk_lending_claim_stock_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lending_claim")),
    )
    op.create_index(op.f("ix_lending_claim_entry_id"), "lending_claim", ["entry_id"], unique=False)
    op.create_index(op.f("ix_lending_claim_item_id"), "lending_claim", ["item_id"], unique=False)
    op.create_index(op.f("ix_lending_claim_line_id"), "lending_claim", ["line_id"], unique=False)
    op.create_index(
        "ix_lending_claim_times",
        "lending_claim",
        ["ends_at"],
        unique=False,
        sqlite_where=sa.text("live = 1"),
        postgresql_where=sa.text("live"),
    )
    op.create_index(
        "ix_lending_claim_window",
        "lending_claim",
        ["stock_id", "ends_at", "starts_at", "units"],
        unique=False,
        sqlite_where=sa.text("live = 1"),
        postgresql_where=sa.text("live"),
    )
    op.create_index(
        "uq_lending_claim_held_once",
        "lending_claim",
        ["entry_id"],
        unique=True,
        sqlite_where=sa.text("live = 1 AND entry_id IS NOT NULL"),
        postgresql_where=sa.text("live AND entry_id IS NOT NULL"),
    )
    op.create_table(
        "lending_custody",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("lot", sa.Boolean(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("out_at", UtcMoment(), nullable=False),
        sa.Column("due_at", UtcMoment(), nullable=False),
        sa.Column("out_by_id", sa.Uuid(), nullable=False),
        sa.Column("out_note", sa.Text(), nullable=True),
        sa.Column(
            "condition_out",
            sa.Enum(
                "good", "worn", "damaged", "incomplete", name="condition", native_enum=False, create_constraint=True
            ),
            nullable=False,
        ),
        sa.Column("in_at", UtcMoment(), nullable=True),
        sa.Column("in_by_id", sa.Uuid(), nullable=True),
        sa.Column("in_point_id", sa.Uuid(), nullable=True),
        sa.Column(
            "condition_in",
            sa.Enum(
                "good", "worn", "damaged", "incomplete", name="condition_in", native_enum=False, create_constraint=True
            ),
            nullable=True,
        ),
        sa.Column("missing", sa.JSON(), nullable=False),
        sa.Column("in_note", sa.Text(), nullable=True),
        sa.CheckConstraint("in_at IS NULL OR out_at <= in_at", name=op.f("ck_lending_custody_in_order")),
        sa.ForeignKeyConstraint(["claim_id"], ["lending_claim.id"], name=op.f("fk_lending_custody_claim_id")),
        sa.ForeignKeyConstraint(["in_by_id"], ["person.id"], name=op.f("fk_lending_custody_in_by_id")),
        sa.ForeignKeyConstraint(["in_point_id"], ["lending_point.id"], name=op.f("fk_lending_custody_in_point_id")),
        sa.ForeignKeyConstraint(["item_id"], ["lending_item.id"], name=op.f("fk_lending_custody_item_id")),
        sa.ForeignKeyConstraint(["line_id"], ["lending_loan_line.id"], name=op.f("fk_lending_custody_line_id")),
        sa.ForeignKeyConstraint(["out_by_id"], ["person.id"], name=op.f("fk_lending_custody_out_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lending_custody")),
        sa.UniqueConstraint("claim_id", name=op.f("uq_lending_custody_claim_id")),
    )
    op.create_index(
        "ix_lending_custody_due",
        "lending_custody",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("in_at IS NULL"),
        postgresql_where=sa.text("in_at IS NULL"),
    )
    op.create_index(op.f("ix_lending_custody_item_id"), "lending_custody", ["item_id"], unique=False)
    op.create_index(op.f("ix_lending_custody_line_id"), "lending_custody", ["line_id"], unique=False)
    op.create_index(
        "uq_lending_custody_open",
        "lending_custody",
        ["item_id"],
        unique=True,
        sqlite_where=sa.text("in_at IS NULL AND NOT lot"),
        postgresql_where=sa.text("in_at IS NULL AND NOT lot"),
    )
    for statement in GUARDS[op.get_bind().dialect.name]:
        op.execute(sa.DDL(statement.replace("%", "%%")))


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in GUARD_TABLES:
            op.drop_table(table)
        op.execute("SELECT DisableSpatialIndex('place', 'geometry')")
        op.execute("DROP TABLE IF EXISTS idx_place_geometry")
    op.drop_index(
        "uq_lending_custody_open",
        table_name="lending_custody",
        sqlite_where=sa.text("in_at IS NULL AND NOT lot"),
        postgresql_where=sa.text("in_at IS NULL AND NOT lot"),
    )
    op.drop_index(op.f("ix_lending_custody_line_id"), table_name="lending_custody")
    op.drop_index(op.f("ix_lending_custody_item_id"), table_name="lending_custody")
    op.drop_index(
        "ix_lending_custody_due",
        table_name="lending_custody",
        sqlite_where=sa.text("in_at IS NULL"),
        postgresql_where=sa.text("in_at IS NULL"),
    )
    op.drop_table("lending_custody")
    op.drop_index(
        "uq_lending_claim_held_once",
        table_name="lending_claim",
        sqlite_where=sa.text("live = 1 AND entry_id IS NOT NULL"),
        postgresql_where=sa.text("live AND entry_id IS NOT NULL"),
    )
    op.drop_index(
        "ix_lending_claim_window",
        table_name="lending_claim",
        sqlite_where=sa.text("live = 1"),
        postgresql_where=sa.text("live"),
    )
    op.drop_index(
        "ix_lending_claim_times",
        table_name="lending_claim",
        sqlite_where=sa.text("live = 1"),
        postgresql_where=sa.text("live"),
    )
    op.drop_index(op.f("ix_lending_claim_line_id"), table_name="lending_claim")
    op.drop_index(op.f("ix_lending_claim_item_id"), table_name="lending_claim")
    op.drop_index(op.f("ix_lending_claim_entry_id"), table_name="lending_claim")
    op.drop_table("lending_claim")
    op.drop_index(
        "ix_lending_waitlist_line",
        table_name="lending_waitlist_entry",
        sqlite_where=sa.text("state IN ('waiting', 'offered')"),
        postgresql_where=sa.text("state IN ('waiting', 'offered')"),
    )
    op.drop_index(op.f("ix_lending_waitlist_entry_person_id"), table_name="lending_waitlist_entry")
    op.drop_index(op.f("ix_lending_waitlist_entry_organisation_id"), table_name="lending_waitlist_entry")
    op.drop_table("lending_waitlist_entry")
    op.drop_index(op.f("ix_lending_loan_line_stock_id"), table_name="lending_loan_line")
    op.drop_table("lending_loan_line")
    op.drop_index(op.f("ix_lending_item_stock_id"), table_name="lending_item")
    op.drop_index(op.f("ix_lending_item_parent_id"), table_name="lending_item")
    op.drop_table("lending_item")
    op.drop_index(op.f("ix_lending_stock_point_id"), table_name="lending_stock")
    op.drop_table("lending_stock")
    op.drop_table("lending_policy")
    op.drop_index(op.f("ix_lending_opening_window_point_id"), table_name="lending_opening_window")
    op.drop_table("lending_opening_window")
    op.drop_index(op.f("ix_lending_opening_exception_point_id"), table_name="lending_opening_exception")
    op.drop_table("lending_opening_exception")
    op.drop_index(op.f("ix_lending_loan_organisation_id"), table_name="lending_loan")
    op.drop_index("ix_lending_loan_desk_out", table_name="lending_loan")
    op.drop_index("ix_lending_loan_desk_in", table_name="lending_loan")
    op.drop_index(op.f("ix_lending_loan_borrower_id"), table_name="lending_loan")
    op.drop_table("lending_loan")
    op.drop_index(op.f("ix_sign_in_person_id"), table_name="sign_in")
    op.drop_table("sign_in")
    op.drop_index(op.f("ix_role_grant_person_id"), table_name="role_grant")
    op.drop_table("role_grant")
    op.drop_index(op.f("ix_outgoing_mail_person_id"), table_name="outgoing_mail")
    op.drop_table("outgoing_mail")
    op.drop_index(op.f("ix_membership_person_id"), table_name="membership")
    op.drop_index(op.f("ix_membership_organisation_id"), table_name="membership")
    op.drop_table("membership")
    op.drop_index(op.f("ix_letter_person_id"), table_name="letter")
    op.drop_table("letter")
    op.drop_table("lending_point")
    op.drop_index(op.f("ix_lending_model_category_id"), table_name="lending_model")
    op.drop_table("lending_model")
    op.drop_index(op.f("ix_kept_answer_created_at"), table_name="kept_answer")
    op.drop_table("kept_answer")
    op.drop_index(op.f("ix_invitation_organisation_id"), table_name="invitation")
    op.drop_table("invitation")
    op.drop_index(op.f("ix_index_entry_place_id"), table_name="index_entry")
    op.drop_index("ix_index_entry_listing", table_name="index_entry")
    op.drop_table("index_entry")
    op.drop_index("ix_audit_entry_subject", table_name="audit_entry")
    op.drop_index(op.f("ix_audit_entry_at"), table_name="audit_entry")
    op.drop_index(op.f("ix_audit_entry_actor_id"), table_name="audit_entry")
    op.drop_index(op.f("ix_audit_entry_act"), table_name="audit_entry")
    op.drop_table("audit_entry")
    op.drop_index(op.f("ix_api_token_person_id"), table_name="api_token")
    op.drop_table("api_token")
    op.drop_table("worker_pulse")
    op.drop_table("place")
    op.drop_table("person")
    op.drop_table("organisation")
    op.drop_table("lending_category")
    op.drop_index(
        "ix_job_due",
        table_name="job",
        sqlite_where=sa.text("finished_at IS NULL"),
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    op.drop_table("job")
    op.drop_table("city_setting")
    op.drop_table("attempts")
    if op.get_bind().dialect.name == "postgresql":
        for function in GUARD_FUNCTIONS:
            op.execute(sa.text(f"DROP FUNCTION {function}()"))
