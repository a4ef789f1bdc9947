-- Who may use the desk. What changed when and by whom is in the event table.
CREATE TABLE account (
    id       TEXT PRIMARY KEY,
    login    TEXT NOT NULL UNIQUE, -- lower case
    name     TEXT NOT NULL,
    role     TEXT NOT NULL,
    agencies TEXT NOT NULL DEFAULT '', -- JSON; whom a scoped role is confined to
    password TEXT NOT NULL DEFAULT '', -- argon2id in PHC form, '' for none
    subject  TEXT, -- issuer and subject of an identity provider
    renew    BIGINT NOT NULL DEFAULT 0, -- 1: the password has to be changed first
    made     BIGINT NOT NULL,
    ended    BIGINT NOT NULL DEFAULT 0, -- machine clock; 0: in use
    version  BIGINT NOT NULL DEFAULT 1 -- grows with every change: who saw an older one is refused
);
CREATE UNIQUE INDEX account_subject ON account (subject);

-- Sessions; the token itself is only in the person's browser. Machine clock.
CREATE TABLE session (
    id      TEXT PRIMARY KEY, -- SHA-256 of the token
    account TEXT NOT NULL,
    way     TEXT NOT NULL, -- password, oidc, sample
    began   BIGINT NOT NULL,
    seen    BIGINT NOT NULL,
    ended   BIGINT NOT NULL DEFAULT 0,
    cover   TEXT NOT NULL DEFAULT '', -- whose duties are done in it: a cover's id
    address TEXT NOT NULL DEFAULT '',
    agent   TEXT NOT NULL DEFAULT ''
);
CREATE INDEX session_account ON session (account, ended);

-- Who does whose duties while they are away.
CREATE TABLE account_cover (
    id      TEXT PRIMARY KEY,
    account TEXT NOT NULL, -- who does
    away    TEXT NOT NULL, -- whose
    since   BIGINT NOT NULL, -- business clock
    until   BIGINT NOT NULL,
    reason  TEXT NOT NULL DEFAULT '',
    ended   BIGINT NOT NULL DEFAULT 0 -- business clock, when it was taken back
);
CREATE INDEX account_cover_account ON account_cover (account);

-- Failed logins, by login, by address, and by both. Machine clock.
CREATE TABLE login_failure (
    key  TEXT PRIMARY KEY,
    n    BIGINT NOT NULL,
    last BIGINT NOT NULL
);

-- Links by which an agency hands in what belongs to one period, without an account.
CREATE TABLE access_link (
    id      TEXT PRIMARY KEY, -- SHA-256 of the token
    plan    TEXT NOT NULL,
    agency  TEXT NOT NULL,
    period  TEXT NOT NULL,
    made    BIGINT NOT NULL, -- business clock
    maker   TEXT NOT NULL,
    until   BIGINT NOT NULL,
    used    BIGINT NOT NULL DEFAULT 0, -- when it was opened last
    uses    BIGINT NOT NULL DEFAULT 0,
    ended   BIGINT NOT NULL DEFAULT 0 -- when it was taken back
);
CREATE INDEX access_link_period ON access_link (plan, period, agency);
