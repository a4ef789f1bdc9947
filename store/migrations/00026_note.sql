-- What was said between whoever watches and an agency: calls, objections to a
-- count, and what was answered to them. Append-only.
CREATE TABLE note (
    id        TEXT PRIMARY KEY,
    plan      TEXT NOT NULL,
    kind      TEXT NOT NULL, -- call, objection, settled
    owner     TEXT NOT NULL,
    quota     TEXT NOT NULL DEFAULT '',
    period    TEXT NOT NULL DEFAULT '',
    at        BIGINT NOT NULL, -- business clock
    actor     TEXT NOT NULL,
    of_note   TEXT NOT NULL DEFAULT '', -- the objection that is answered
    file_hash TEXT NOT NULL DEFAULT '',
    body      TEXT NOT NULL -- JSON; SQL never looks into it
);
CREATE INDEX note_plan ON note (plan, at);
CREATE INDEX note_file ON note (file_hash) WHERE file_hash <> '';
CREATE UNIQUE INDEX note_settles ON note (of_note) WHERE of_note <> '';

-- The edition of the evaluation in which a row was last written, and the one in
-- which rows were last taken away: who keeps a copy reads what changed since.
ALTER TABLE standing ADD COLUMN edition BIGINT NOT NULL DEFAULT 0;
ALTER TABLE evaluation ADD COLUMN shrunk BIGINT NOT NULL DEFAULT 0;
CREATE INDEX standing_edition ON standing (plan, edition);
-- A page shows the latest periods of many owners, not the year.
CREATE INDEX standing_period ON standing (plan, period);
