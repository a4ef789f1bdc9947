-- What a newspaper, a station or the department drafts: seen by its owner, and
-- by the department once it is shared.
CREATE TABLE draft (
    id        TEXT PRIMARY KEY,
    plan      TEXT NOT NULL,
    kind      TEXT NOT NULL, -- suggestion, orient
    owner     TEXT NOT NULL, -- agency that opened it
    title     TEXT NOT NULL,
    made      BIGINT NOT NULL,
    actor     TEXT NOT NULL,
    body      TEXT NOT NULL, -- JSON; SQL never looks into it
    shared_at BIGINT NOT NULL DEFAULT 0,
    shared_by TEXT NOT NULL DEFAULT '',
    number    TEXT NOT NULL DEFAULT '', -- of the letter, once it has one
    issued    BIGINT NOT NULL DEFAULT 0 -- day of the letter
);
CREATE INDEX draft_plan ON draft (plan, owner, made);
