-- The trail is looked through by time, by person, by kind and by object, newest first.
CREATE INDEX event_at ON event (at, seq);
CREATE INDEX event_actor ON event (actor_kind, actor, at, seq);
CREATE INDEX event_kind ON event (kind, at, seq);
CREATE INDEX event_object ON event (subject, at, seq);

«event is append-only»

-- Who may read over the interface for programs. The token itself is kept nowhere.
CREATE TABLE api_token (
    id         TEXT PRIMARY KEY,
    hash       TEXT NOT NULL UNIQUE, -- SHA-256 of the token, hex
    shown      TEXT NOT NULL, -- its first characters, by which people know it
    name       TEXT NOT NULL,
    scopes     TEXT NOT NULL, -- JSON
    agencies   TEXT NOT NULL, -- JSON; empty: all
    made       BIGINT NOT NULL,
    maker      TEXT NOT NULL,
    expires    BIGINT NOT NULL,
    used       BIGINT NOT NULL DEFAULT 0, -- machine clock, to the minute
    revoked    BIGINT NOT NULL DEFAULT 0,
    revoker    TEXT NOT NULL DEFAULT ''
);

-- Whom changes of standings are told. The secret signs, so it is kept as it is.
CREATE TABLE webhook (
    id       TEXT PRIMARY KEY,
    plan     TEXT NOT NULL,
    name     TEXT NOT NULL,
    url      TEXT NOT NULL,
    secret   TEXT NOT NULL,
    results  TEXT NOT NULL, -- JSON; empty: all
    agencies TEXT NOT NULL, -- JSON; empty: all
    made     BIGINT NOT NULL,
    maker    TEXT NOT NULL,
    ended    BIGINT NOT NULL DEFAULT 0,
    ender    TEXT NOT NULL DEFAULT ''
);
CREATE INDEX webhook_plan ON webhook (plan, ended);

-- The outbox: one change on its way to one webhook. due, until: machine clock.
CREATE TABLE webhook_message (
    id      TEXT PRIMARY KEY,
    webhook TEXT NOT NULL,
    at      BIGINT NOT NULL, -- business clock of the evaluation
    body    TEXT NOT NULL, -- JSON as it is sent
    state   TEXT NOT NULL DEFAULT 'waiting', -- waiting, sent, dead
    tries   BIGINT NOT NULL DEFAULT 0,
    due     BIGINT NOT NULL DEFAULT 0,
    owner   TEXT NOT NULL DEFAULT '',
    until   BIGINT NOT NULL DEFAULT 0,
    token   BIGINT NOT NULL DEFAULT 0,
    settled BIGINT NOT NULL DEFAULT 0, -- when it arrived, or was given up
    detail  TEXT NOT NULL DEFAULT ''   -- of the last try that failed
);
CREATE INDEX webhook_message_due ON webhook_message (state, due);
CREATE INDEX webhook_message_of ON webhook_message (webhook, at);

-- That a closed row stays as it was closed although it would come out otherwise: for the very difference a person looked at. Append-only.
CREATE TABLE proposal_refusal (
    id      TEXT PRIMARY KEY, -- of the difference
    plan    TEXT NOT NULL,
    quota   TEXT NOT NULL,
    owner   TEXT NOT NULL,
    period  TEXT NOT NULL,
    at      BIGINT NOT NULL,
    actor   TEXT NOT NULL,
    reason  TEXT NOT NULL
);
CREATE INDEX proposal_refusal_plan ON proposal_refusal (plan, at);
