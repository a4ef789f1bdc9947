-- What the rest of the plan needs: papers behind decisions, registers, uptime of
-- servers, changed numbers, closed periods, evaluations owner by owner.

-- The paper a decision rests on, and what it says.
ALTER TABLE decision ADD COLUMN issuer TEXT NOT NULL DEFAULT '';
ALTER TABLE decision ADD COLUMN issued_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE decision ADD COLUMN file_hash TEXT NOT NULL DEFAULT '';
ALTER TABLE decision ADD COLUMN file_name TEXT NOT NULL DEFAULT '';
ALTER TABLE decision ADD COLUMN grade TEXT NOT NULL DEFAULT '';
ALTER TABLE decision ADD COLUMN nothing_arose BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE decision ADD COLUMN form TEXT NOT NULL DEFAULT '';

-- Whose registers there are: the row that writers of one kind and agency queue behind.
CREATE TABLE register_of (
    kind   TEXT NOT NULL,
    agency TEXT NOT NULL,
    n      BIGINT NOT NULL,
    PRIMARY KEY (kind, agency)
);
-- A list handed in and declared complete for a span.
CREATE TABLE register (
    id        TEXT PRIMARY KEY,
    kind      TEXT NOT NULL,
    agency    TEXT NOT NULL,
    from_at   BIGINT NOT NULL,
    to_at     BIGINT NOT NULL,
    sender    TEXT NOT NULL,
    note      TEXT NOT NULL,
    file_hash TEXT NOT NULL,
    file_name TEXT NOT NULL,
    at        BIGINT NOT NULL,
    n         BIGINT NOT NULL
);
CREATE INDEX register_agency ON register (agency, kind, at);
CREATE TABLE register_row (
    register      TEXT NOT NULL REFERENCES register (id),
    entry         TEXT NOT NULL, -- the same row handed in again has the same entry
    row_no        BIGINT NOT NULL,
    kind          TEXT NOT NULL,
    agency        TEXT NOT NULL,
    number        TEXT NOT NULL,
    title         TEXT NOT NULL,
    page          TEXT NOT NULL,
    section       TEXT NOT NULL,
    col           TEXT NOT NULL,
    written_at    BIGINT NOT NULL, -- the day as written
    asked_at      BIGINT NOT NULL,
    answered_at   BIGINT NOT NULL,
    at            BIGINT NOT NULL, -- what decides its period: the day, else first_at
    dated         BOOLEAN NOT NULL,
    recorded      BIGINT NOT NULL, -- when this register was
    first_at      BIGINT NOT NULL, -- when the entry was first recorded, in any register
    superseded_by TEXT NOT NULL DEFAULT '', -- id of the later register
    superseded_at BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (register, entry)
);
CREATE INDEX register_row_agency ON register_row (agency, at);
CREATE INDEX register_row_entry ON register_row (entry);

-- Clock time between probes that found the same; a lone probe has from_at = to_at.
CREATE TABLE uptime (
    source  TEXT NOT NULL,
    from_at BIGINT NOT NULL,
    to_at   BIGINT NOT NULL,
    state   TEXT NOT NULL, -- up, absent, down
    probes  BIGINT NOT NULL, -- how many found it
    PRIMARY KEY (source, from_at)
);

CREATE INDEX plan_override_plan ON plan_override (plan, at);
CREATE INDEX plan_version_plan ON plan_version (plan, at);

-- A closed reporting period, never altered: hash is of all of it with its rows.
CREATE TABLE closing (
    id           TEXT PRIMARY KEY,
    plan         TEXT NOT NULL,
    period       TEXT NOT NULL,
    revision     BIGINT NOT NULL,
    start_at     BIGINT NOT NULL,
    end_at       BIGINT NOT NULL,
    at           BIGINT NOT NULL,
    actor        TEXT NOT NULL,
    reason       TEXT NOT NULL,
    dataset      TEXT NOT NULL,
    plan_version TEXT NOT NULL,
    classifier   TEXT NOT NULL,
    unsettled    TEXT NOT NULL,
    n            BIGINT NOT NULL,
    hash         TEXT NOT NULL,
    UNIQUE (plan, period, revision)
);
CREATE INDEX closing_plan ON closing (plan, at);
CREATE TABLE closing_row (
    closing    TEXT NOT NULL REFERENCES closing (id),
    n          BIGINT NOT NULL,
    owner      TEXT NOT NULL,
    at         BIGINT NOT NULL, -- when this row was closed, or restated last
    standing   TEXT NOT NULL,
    credits    TEXT NOT NULL,
    rejections TEXT NOT NULL,
    PRIMARY KEY (closing, n)
);
CREATE INDEX closing_row_owner ON closing_row (closing, owner);

-- An evaluation keeps the order of its quotas once; its rows are put in order when
-- they are read, so that one owner's can be replaced without the others'.
ALTER TABLE evaluation ADD COLUMN quotas TEXT NOT NULL DEFAULT '';
ALTER TABLE evaluation ADD COLUMN classifier TEXT NOT NULL DEFAULT '';
ALTER TABLE evaluation ADD COLUMN proposals TEXT NOT NULL DEFAULT '';
ALTER TABLE standing DROP COLUMN n;
ALTER TABLE credit DROP COLUMN n;
ALTER TABLE rejection DROP COLUMN n;
CREATE INDEX standing_owner ON standing (plan, owner);
CREATE INDEX credit_owner ON credit (plan, owner);
CREATE INDEX rejection_owner ON rejection (plan, owner);
CREATE INDEX airing_agency ON airing (agency, start_at);
