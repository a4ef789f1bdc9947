-- What a unit declares of a period, whole; a later edition supersedes. Append-only.
CREATE TABLE declaration (
    id        TEXT PRIMARY KEY,
    plan      TEXT NOT NULL,
    agency    TEXT NOT NULL,
    period    TEXT NOT NULL,
    edition   BIGINT NOT NULL,
    at        BIGINT NOT NULL, -- business clock
    actor     TEXT NOT NULL,
    file_hash TEXT NOT NULL DEFAULT '',
    body      TEXT NOT NULL, -- JSON; SQL never looks into it
    UNIQUE (plan, agency, period, edition)
);
CREATE INDEX declaration_period ON declaration (plan, period);

-- Files that lines of a declaration, or acts about one, rest on.
CREATE TABLE declared_file (
    sha256 TEXT NOT NULL,
    of     TEXT NOT NULL, -- id of the declaration or act
    PRIMARY KEY (sha256, of)
);

-- What was done about one difference between declared and observed. Append-only.
CREATE TABLE dispute_act (
    id         TEXT PRIMARY KEY,
    plan       TEXT NOT NULL,
    agency     TEXT NOT NULL,
    period     TEXT NOT NULL,
    difference TEXT NOT NULL,
    seq        BIGINT NOT NULL,
    at         BIGINT NOT NULL,
    body       TEXT NOT NULL,
    UNIQUE (plan, agency, difference, seq)
);
CREATE INDEX dispute_act_period ON dispute_act (plan, period);

-- Pieces that a unit declared and an officer accepted: they count by a decision
-- alone, and were never observed. Append-only.
CREATE TABLE declared_piece (
    id     TEXT PRIMARY KEY,
    plan   TEXT NOT NULL,
    agency TEXT NOT NULL,
    at     BIGINT NOT NULL,
    seen   BIGINT NOT NULL, -- when it was accepted
    body   TEXT NOT NULL
);
CREATE INDEX declared_piece_agency ON declared_piece (agency, at);

-- The round of a period's forms: until when they are due, what was given out,
-- what came back with errors. Append-only.
CREATE TABLE collect_note (
    id     TEXT PRIMARY KEY,
    plan   TEXT NOT NULL,
    period TEXT NOT NULL,
    agency TEXT NOT NULL DEFAULT '',
    kind   TEXT NOT NULL, -- due, given, faulty
    at     BIGINT NOT NULL,
    body   TEXT NOT NULL
);
CREATE INDEX collect_note_period ON collect_note (plan, period);
