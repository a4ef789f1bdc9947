-- Acts in make-good cases, append-only: a case is what its acts make of it.
-- seq numbers all acts of a plan, so that who saw an older state is refused.
CREATE TABLE case_act (
    id        TEXT PRIMARY KEY,
    plan      TEXT NOT NULL,
    seq       BIGINT NOT NULL,
    case_id   TEXT NOT NULL,
    kind      TEXT NOT NULL,
    at        BIGINT NOT NULL,
    actor     TEXT NOT NULL,
    file_hash TEXT NOT NULL DEFAULT '',
    body      TEXT NOT NULL,
    UNIQUE (plan, seq)
);

-- Which communes were drawn to be listened to in a month; a month drawn again is
-- a revision beside the old one.
CREATE TABLE radio_sample (
    id       TEXT PRIMARY KEY,
    plan     TEXT NOT NULL,
    month    TEXT NOT NULL,
    revision BIGINT NOT NULL,
    at       BIGINT NOT NULL,
    actor    TEXT NOT NULL,
    body     TEXT NOT NULL,
    UNIQUE (plan, month, revision)
);

-- What was found of a commune's loudspeakers in a month, append-only: the last
-- one recorded rules.
CREATE TABLE radio_check (
    id        TEXT PRIMARY KEY,
    plan      TEXT NOT NULL,
    month     TEXT NOT NULL,
    commune   TEXT NOT NULL,
    result    TEXT NOT NULL,
    at        BIGINT NOT NULL,
    actor     TEXT NOT NULL,
    heard_at  BIGINT NOT NULL DEFAULT 0,
    note      TEXT NOT NULL DEFAULT '',
    file_hash TEXT NOT NULL DEFAULT '',
    file_name TEXT NOT NULL DEFAULT ''
);
CREATE INDEX radio_check_plan ON radio_check (plan, month, commune);
