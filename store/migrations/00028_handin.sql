-- What agencies hand in: evidence, posts, their own plans, their reports. Rows
-- are never changed: a later row stands instead of an earlier one.
CREATE TABLE handin (
    id      TEXT PRIMARY KEY,
    plan    TEXT NOT NULL,
    kind    TEXT NOT NULL, -- proof, post, plan, report
    quota   TEXT NOT NULL,
    owner   TEXT NOT NULL,
    period  TEXT NOT NULL DEFAULT '',
    form    TEXT NOT NULL DEFAULT '',
    starts  BIGINT NOT NULL DEFAULT 0, -- day of what was done, or of the document
    at      BIGINT NOT NULL, -- business clock
    url     TEXT NOT NULL DEFAULT '',
    cost    BIGINT NOT NULL DEFAULT 0, -- đồng
    search  TEXT NOT NULL DEFAULT '', -- words without diacritics
    body    TEXT NOT NULL -- JSON; SQL never looks into it
);
CREATE INDEX handin_plan ON handin (plan, at);
CREATE INDEX handin_owner ON handin (plan, owner, quota);
CREATE INDEX handin_url ON handin (plan, url);

-- Files as they were sent.
CREATE TABLE handin_file (
    handin TEXT NOT NULL,
    n      BIGINT NOT NULL,
    hash   TEXT NOT NULL,
    name   TEXT NOT NULL,
    type   TEXT NOT NULL,
    size   BIGINT NOT NULL,
    PRIMARY KEY (handin, n)
);
CREATE INDEX handin_file_hash ON handin_file (hash);

-- How much of what: events, participants, copies, panels, posts.
CREATE TABLE handin_amount (
    handin TEXT NOT NULL,
    name   TEXT NOT NULL,
    n      BIGINT NOT NULL,
    PRIMARY KEY (handin, name)
);

-- Acts on a hand-in, append-only: the last one is how it stands.
CREATE TABLE handin_act (
    handin   TEXT NOT NULL,
    seq      BIGINT NOT NULL,
    kind     TEXT NOT NULL, -- handed, accepted, returned, withdrawn, replaced
    at       BIGINT NOT NULL, -- business clock
    actor    TEXT NOT NULL,
    reason   TEXT NOT NULL DEFAULT '',
    due      BIGINT NOT NULL DEFAULT 0,
    grade    TEXT NOT NULL DEFAULT '',
    decision TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (handin, seq)
);
