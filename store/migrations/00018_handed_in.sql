-- What senders hand in beside logs, and how their tables are to be read.

-- How the tables of a sender are headed, where no header says it.
CREATE TABLE import_map (
    sender TEXT NOT NULL, -- folded: «Đài PT-TH» and «đài pt-th» are one
    form   TEXT NOT NULL, -- airings, schedule, uploads
    name   TEXT NOT NULL, -- the sender as written
    body   TEXT NOT NULL, -- JSON; SQL never looks into it
    at     BIGINT NOT NULL,
    PRIMARY KEY (sender, form)
);

-- What a channel put on the network, as a feed or a list of its uploads says
-- from when on: grade C, never a transmission of its own.
CREATE TABLE upload (
    id       TEXT NOT NULL,
    seen     BIGINT NOT NULL,
    source   TEXT NOT NULL,
    channel  TEXT NOT NULL,
    at       BIGINT NOT NULL, -- the day or moment that it is dated with
    dated    TEXT NOT NULL,   -- day, minute, second: how much of it was said
    title    TEXT NOT NULL,
    col      TEXT NOT NULL,
    url      TEXT NOT NULL,
    duration BIGINT NOT NULL, -- microseconds, 0: not said
    kept     TEXT NOT NULL,
    PRIMARY KEY (id, seen)
);
CREATE INDEX upload_at ON upload (at, channel);
CREATE INDEX upload_kept ON upload (kept);
CREATE INDEX planned_kept ON planned (kept); -- a guide that was handed in is held by what it says

-- A scan that the rows of a log point to, and who typed the rows.
ALTER TABLE log_file ADD COLUMN proof TEXT NOT NULL DEFAULT ''; -- hex SHA-256 of the scan
ALTER TABLE log_file ADD COLUMN typed_by TEXT NOT NULL DEFAULT '';
CREATE INDEX log_file_proof ON log_file (proof);
