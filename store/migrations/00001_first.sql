-- The first schema. One text for both engines: «serial» stands for the engine's own
-- counting key. Times are BIGINT microseconds UTC, 0 meaning none; lists and maps are
-- JSON text that SQL never looks into.

-- A leased row: one web host, or a configured group of them.
CREATE TABLE host (
    name          TEXT PRIMARY KEY,
    due           BIGINT NOT NULL,
    not_before    BIGINT NOT NULL DEFAULT 0, -- it asked to be left alone, or does not answer
    owner         TEXT NOT NULL DEFAULT '',
    token         BIGINT NOT NULL DEFAULT 0,
    until         BIGINT NOT NULL DEFAULT 0,
    robots_status BIGINT NOT NULL DEFAULT 0,
    robots_at     BIGINT NOT NULL DEFAULT 0,
    robots_body   TEXT NOT NULL DEFAULT ''
);
CREATE INDEX host_due ON host (due, name);

CREATE TABLE source_state (
    source        TEXT PRIMARY KEY,
    host          TEXT NOT NULL REFERENCES host (name),
    active        BOOLEAN NOT NULL,
    due           BIGINT NOT NULL,
    visited       BOOLEAN NOT NULL DEFAULT FALSE,
    etag          TEXT NOT NULL DEFAULT '',
    last_modified TEXT NOT NULL DEFAULT '',
    body_hash     TEXT NOT NULL DEFAULT '',
    mark          TEXT NOT NULL DEFAULT '', -- the crawler's own note, handed back at the next visit
    last_full     BIGINT NOT NULL DEFAULT 0,
    fails         BIGINT NOT NULL DEFAULT 0,
    outcome       TEXT NOT NULL DEFAULT '',
    detail        TEXT NOT NULL DEFAULT '',
    last_visit    BIGINT NOT NULL DEFAULT 0,
    last_ok       BIGINT NOT NULL DEFAULT 0,
    blind_since   BIGINT NOT NULL DEFAULT 0,
    took          BIGINT NOT NULL DEFAULT 0,
    items         BIGINT NOT NULL DEFAULT 0,
    covered_from  BIGINT NOT NULL DEFAULT 0,
    covered_to    BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX source_state_host ON source_state (host, due);

-- Raw visits, pruned after 90 days. The id begins with the day.
CREATE TABLE visit (
    id        TEXT PRIMARY KEY,
    source    TEXT NOT NULL,
    at        BIGINT NOT NULL,
    outcome   TEXT NOT NULL,
    detail    TEXT NOT NULL,
    status    BIGINT NOT NULL,
    took      BIGINT NOT NULL,
    bytes     BIGINT NOT NULL,
    body_hash TEXT NOT NULL,
    is_full   BOOLEAN NOT NULL,
    kept      TEXT NOT NULL
);
CREATE INDEX visit_source ON visit (source, at);

-- Counts that outlive the visits: by local day, and since the beginning.
CREATE TABLE visit_day (
    source  TEXT NOT NULL,
    day     TEXT NOT NULL,
    outcome TEXT NOT NULL,
    n       BIGINT NOT NULL,
    PRIMARY KEY (source, day, outcome)
);
CREATE TABLE visit_count (
    source  TEXT NOT NULL,
    outcome TEXT NOT NULL,
    n       BIGINT NOT NULL,
    PRIMARY KEY (source, outcome)
);

-- Published time covered: merged spans that neither touch nor overlap.
CREATE TABLE coverage (
    source  TEXT NOT NULL,
    from_at BIGINT NOT NULL,
    to_at   BIGINT NOT NULL,
    how     TEXT NOT NULL,
    PRIMARY KEY (source, from_at)
);
-- What each visit covered and when it was learnt, so that coverage can be told as it
-- was known at an earlier time. Pruning folds the rows of a day into one per span.
CREATE TABLE coverage_log (
    source  TEXT NOT NULL,
    visit   TEXT NOT NULL,
    from_at BIGINT NOT NULL,
    to_at   BIGINT NOT NULL,
    how     TEXT NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (source, visit, from_at)
);

CREATE TABLE kept (
    sha256       TEXT PRIMARY KEY,
    url          TEXT NOT NULL,
    status       BIGINT NOT NULL,
    header       TEXT NOT NULL,
    at           BIGINT NOT NULL,
    content_type TEXT NOT NULL,
    size         BIGINT NOT NULL
);

CREATE TABLE item (
    id                TEXT PRIMARY KEY,
    canon             TEXT NOT NULL,
    source            TEXT NOT NULL,
    agency            TEXT NOT NULL,
    url               TEXT NOT NULL,
    title             TEXT NOT NULL,
    lead              TEXT NOT NULL,
    section           TEXT NOT NULL,
    col               TEXT NOT NULL,
    byline            TEXT NOT NULL,
    credit            TEXT NOT NULL,
    claimed_at        BIGINT NOT NULL,
    claimed_precision TEXT NOT NULL,
    claimed_text      TEXT NOT NULL,
    claimed_found     TEXT NOT NULL,
    claimed_zone      BOOLEAN NOT NULL,
    claimed_known     BIGINT NOT NULL, -- when the claim was recorded
    at                BIGINT NOT NULL, -- what decides its period: claimed_at, else seen
    seen              BIGINT NOT NULL,
    verified          BIGINT NOT NULL,
    first_visit       TEXT NOT NULL,
    page_state        BIGINT NOT NULL, -- 0 no page wanted, 1 awaited, 2 done
    revision          TEXT NOT NULL DEFAULT '',
    judged            TEXT NOT NULL DEFAULT '', -- classifier of the verdict in force on the current revision
    review            TEXT NOT NULL DEFAULT '', -- the review in force
    decided           TEXT NOT NULL DEFAULT '', -- who made it
    outcome           TEXT NOT NULL DEFAULT 'unjudged' -- reform, other, review, unjudged
);
CREATE INDEX item_at ON item (at, id);
CREATE INDEX item_agency ON item (agency, at);
CREATE INDEX item_source ON item (source, at);
CREATE INDEX item_outcome ON item (outcome, at);
CREATE INDEX item_unjudged ON item (judged, seen, id) WHERE revision <> '';

CREATE TABLE item_alias (
    alias TEXT PRIMARY KEY,
    item  TEXT NOT NULL REFERENCES item (id)
);

-- Which sources listed an item: lists of one source join where they share entries.
CREATE TABLE listing (
    source TEXT NOT NULL,
    item   TEXT NOT NULL REFERENCES item (id),
    seen   BIGINT NOT NULL,
    PRIMARY KEY (source, item)
);

CREATE TABLE await (
    item   TEXT PRIMARY KEY REFERENCES item (id),
    source TEXT NOT NULL,
    host   TEXT NOT NULL REFERENCES host (name),
    url    TEXT NOT NULL,
    tries  BIGINT NOT NULL,
    due    BIGINT NOT NULL,
    at     BIGINT NOT NULL
);
CREATE INDEX await_host ON await (host, due);

-- Texts of an item. The id begins with the day; body comes last, out of the way of the rest.
CREATE TABLE revision (
    id        TEXT PRIMARY KEY,
    item      TEXT NOT NULL REFERENCES item (id),
    hash      TEXT NOT NULL,
    from_kind TEXT NOT NULL, -- entry, page
    seen      BIGINT NOT NULL,
    kept      TEXT NOT NULL,
    title     TEXT NOT NULL,
    section   TEXT NOT NULL,
    byline    TEXT NOT NULL,
    credit    TEXT NOT NULL,
    lead      TEXT NOT NULL,
    body      TEXT NOT NULL
);
CREATE INDEX revision_item ON revision (item, hash);

CREATE TABLE verdict (
    revision   TEXT NOT NULL REFERENCES revision (id),
    classifier TEXT NOT NULL,
    at         BIGINT NOT NULL,
    reform     BOOLEAN NOT NULL,
    score      DOUBLE PRECISION NOT NULL,
    review     BOOLEAN NOT NULL,
    topics     TEXT NOT NULL,
    cues       TEXT NOT NULL,
    PRIMARY KEY (revision, classifier)
);

-- A person's verdict on an item. Append-only; the latest wins.
CREATE TABLE review (
    id     TEXT PRIMARY KEY,
    item   TEXT NOT NULL REFERENCES item (id),
    at     BIGINT NOT NULL,
    actor  TEXT NOT NULL,
    reform BOOLEAN NOT NULL,
    topics TEXT NOT NULL,
    note   TEXT NOT NULL
);
CREATE INDEX review_item ON review (item, at);

CREATE TABLE programme (
    id     TEXT PRIMARY KEY,
    agency TEXT NOT NULL,
    name   TEXT NOT NULL,
    col    TEXT NOT NULL
);
CREATE TABLE episode (
    id        TEXT PRIMARY KEY,
    programme TEXT NOT NULL REFERENCES programme (id),
    title     TEXT NOT NULL
);
-- One file of a channel's log, and what its sender declared of it.
CREATE TABLE log_file (
    hash   TEXT PRIMARY KEY,
    name   TEXT NOT NULL,
    agency TEXT NOT NULL,
    sender TEXT NOT NULL,
    n      BIGINT NOT NULL,
    at     BIGINT NOT NULL
);
CREATE TABLE receipt (
    id        TEXT PRIMARY KEY,
    channel   TEXT NOT NULL,
    from_at   BIGINT NOT NULL,
    to_at     BIGINT NOT NULL,
    sender    TEXT NOT NULL,
    file_hash TEXT NOT NULL REFERENCES log_file (hash),
    file_name TEXT NOT NULL,
    at        BIGINT NOT NULL,
    n         BIGINT NOT NULL
);
CREATE TABLE airing (
    id            TEXT PRIMARY KEY,
    file_hash     TEXT NOT NULL REFERENCES log_file (hash),
    row_no        BIGINT NOT NULL,
    agency        TEXT NOT NULL,
    channel       TEXT NOT NULL,
    medium        TEXT NOT NULL,
    programme     TEXT NOT NULL REFERENCES programme (id),
    episode       TEXT NOT NULL REFERENCES episode (id),
    name          TEXT NOT NULL, -- of the programme, as logged
    title         TEXT NOT NULL,
    col           TEXT NOT NULL,
    start_at      BIGINT NOT NULL,
    duration      BIGINT NOT NULL,
    first_run     BOOLEAN NOT NULL,
    grade         TEXT NOT NULL,
    recorded      BIGINT NOT NULL,
    superseded_by TEXT NOT NULL DEFAULT '', -- hash of the later file
    superseded_at BIGINT NOT NULL DEFAULT 0,
    UNIQUE (file_hash, row_no)
);
CREATE INDEX airing_start ON airing (channel, start_at);
-- An item inside an episode.
CREATE TABLE segment (
    id       TEXT PRIMARY KEY,
    episode  TEXT NOT NULL REFERENCES episode (id),
    n        BIGINT NOT NULL,
    title    TEXT NOT NULL,
    item     TEXT NOT NULL,
    start_at BIGINT NOT NULL,
    duration BIGINT NOT NULL
);

CREATE TABLE plan_version (
    version TEXT PRIMARY KEY,
    plan    TEXT NOT NULL,
    body    TEXT NOT NULL,
    at      BIGINT NOT NULL
);
CREATE TABLE plan_override (
    id         TEXT PRIMARY KEY,
    plan       TEXT NOT NULL,
    quota      TEXT NOT NULL,
    field      TEXT NOT NULL,
    body       TEXT NOT NULL,
    valid_from BIGINT NOT NULL,
    at         BIGINT NOT NULL,
    actor      TEXT NOT NULL,
    basis      TEXT NOT NULL
);

-- A person's act on a standing or a credit. Append-only.
CREATE TABLE decision (
    id       TEXT PRIMARY KEY,
    kind     TEXT NOT NULL,
    plan     TEXT NOT NULL,
    quota    TEXT NOT NULL,
    owner    TEXT NOT NULL,
    period   TEXT NOT NULL,
    evidence TEXT NOT NULL,
    at       BIGINT NOT NULL,
    actor    TEXT NOT NULL,
    reason   TEXT NOT NULL,
    document TEXT NOT NULL,
    date_at  BIGINT NOT NULL
);
CREATE INDEX decision_plan ON decision (plan, at);

-- The last evaluation of each plan: n keeps its order, hash tells what changed.
CREATE TABLE evaluation (
    plan    TEXT PRIMARY KEY,
    version TEXT NOT NULL,
    now_at  BIGINT NOT NULL,
    ran_at  BIGINT NOT NULL
);
CREATE TABLE standing (
    plan   TEXT NOT NULL,
    quota  TEXT NOT NULL,
    owner  TEXT NOT NULL,
    period TEXT NOT NULL,
    n      BIGINT NOT NULL,
    hash   TEXT NOT NULL,
    body   TEXT NOT NULL,
    PRIMARY KEY (plan, quota, owner, period)
);
CREATE TABLE credit (
    plan     TEXT NOT NULL,
    quota    TEXT NOT NULL,
    owner    TEXT NOT NULL,
    period   TEXT NOT NULL,
    evidence TEXT NOT NULL,
    n        BIGINT NOT NULL,
    hash     TEXT NOT NULL,
    body     TEXT NOT NULL,
    PRIMARY KEY (plan, quota, owner, period, evidence)
);
CREATE TABLE rejection (
    plan     TEXT NOT NULL,
    quota    TEXT NOT NULL,
    owner    TEXT NOT NULL,
    period   TEXT NOT NULL,
    evidence TEXT NOT NULL,
    n        BIGINT NOT NULL,
    hash     TEXT NOT NULL,
    body     TEXT NOT NULL,
    PRIMARY KEY (plan, quota, owner, period, evidence)
);

-- The audit log: each row's hash covers the row and the hash before it.
CREATE TABLE event (
    seq          BIGINT PRIMARY KEY,
    id           TEXT NOT NULL UNIQUE,
    at           BIGINT NOT NULL,
    actor_kind   TEXT NOT NULL,
    actor        TEXT NOT NULL,
    kind         TEXT NOT NULL,
    subject      TEXT NOT NULL,
    state_before TEXT NOT NULL,
    state_after  TEXT NOT NULL,
    prev         TEXT NOT NULL,
    hash         TEXT NOT NULL
);
CREATE INDEX event_subject ON event (kind, subject, seq);

CREATE TABLE change (
    seq  «serial»,
    at   BIGINT NOT NULL,
    kind TEXT NOT NULL,
    key  TEXT NOT NULL
);
CREATE INDEX change_at ON change (at);

-- Singletons, leased by name.
CREATE TABLE chore (
    name  TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    until BIGINT NOT NULL
);
