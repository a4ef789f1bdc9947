-- That somebody may be told, said by a person. Append-only.
CREATE TABLE notice_release (
    id     TEXT PRIMARY KEY,
    plan   TEXT NOT NULL,
    kind   TEXT NOT NULL, -- early, missed, summary
    quota  TEXT NOT NULL,
    owner  TEXT NOT NULL,
    period TEXT NOT NULL,
    at     BIGINT NOT NULL,
    actor  TEXT NOT NULL,
    office TEXT NOT NULL,
    words  TEXT NOT NULL DEFAULT '',
    UNIQUE (plan, kind, quota, owner, period)
);

-- What is told, as it was worded, to one audience once. Append-only.
CREATE TABLE notice (
    id       TEXT PRIMARY KEY,
    plan     TEXT NOT NULL,
    kind     TEXT NOT NULL,
    audience TEXT NOT NULL, -- officer, owner, security, duty, units
    agency   TEXT NOT NULL DEFAULT '', -- whose, of owner and units
    at       BIGINT NOT NULL, -- business clock
    subject  TEXT NOT NULL,
    body     TEXT NOT NULL -- JSON; SQL never looks into it
);
CREATE INDEX notice_plan ON notice (plan, at);

-- What a notice is about, one row each: told to an audience once for all.
CREATE TABLE notice_about (
    plan     TEXT NOT NULL,
    audience TEXT NOT NULL,
    agency   TEXT NOT NULL DEFAULT '',
    about    TEXT NOT NULL,
    notice   TEXT NOT NULL,
    at       BIGINT NOT NULL,
    PRIMARY KEY (plan, audience, agency, about)
);

-- The outbox: a notice on its way over one channel. due, until: the store's clock.
CREATE TABLE delivery (
    id         TEXT PRIMARY KEY,
    notice     TEXT NOT NULL,
    channel    TEXT NOT NULL, -- name of the configured channel, no secrets
    recipient  TEXT NOT NULL DEFAULT '', -- e-mail address
    message_id TEXT NOT NULL,
    state      TEXT NOT NULL DEFAULT 'waiting', -- waiting, sent, dead
    tries      BIGINT NOT NULL DEFAULT 0,
    due        BIGINT NOT NULL DEFAULT 0,
    owner      TEXT NOT NULL DEFAULT '',
    until      BIGINT NOT NULL DEFAULT 0,
    token      BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX delivery_due ON delivery (state, due);
CREATE INDEX delivery_notice ON delivery (notice);

-- What was done about a delivery: begun, sent, failed, dead. Append-only.
CREATE TABLE delivery_act (
    delivery TEXT NOT NULL,
    seq      BIGINT NOT NULL,
    kind     TEXT NOT NULL,
    at       BIGINT NOT NULL, -- machine clock
    node     TEXT NOT NULL,
    detail   TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (delivery, seq)
);

-- Whether and what those who were told answered. Append-only.
CREATE TABLE notice_answer (
    id     TEXT PRIMARY KEY,
    notice TEXT NOT NULL,
    at     BIGINT NOT NULL,
    actor  TEXT NOT NULL,
    words  TEXT NOT NULL
);
CREATE INDEX notice_answer_notice ON notice_answer (notice);
