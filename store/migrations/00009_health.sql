-- What keeping one's distance and knowing a source's own rhythm need.

-- The long one comes first: what follows locks the sources against everybody until the end.
-- Entries that a source listed for the first time, by local day of publication (days since 1970).
CREATE TABLE source_day (
    source TEXT NOT NULL,
    day    BIGINT NOT NULL,
    n      BIGINT NOT NULL,
    PRIMARY KEY (source, day)
);
INSERT INTO source_day (source, day, n)
    SELECT l.source, (i.at + 25200000000) / 86400000000, COUNT(*) FROM listing l JOIN item i ON i.id = l.item
    GROUP BY l.source, (i.at + 25200000000) / 86400000000;

-- robots.txt as remembered, one for each site of a leased host: the bare host and its www
-- twin, http and https, have one each.
CREATE TABLE robots (
    host   TEXT NOT NULL REFERENCES host (name),
    site   TEXT NOT NULL, -- scheme and host
    status BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    body   TEXT NOT NULL,
    PRIMARY KEY (host, site)
);
ALTER TABLE host DROP COLUMN robots_status;
ALTER TABLE host DROP COLUMN robots_at;
ALTER TABLE host DROP COLUMN robots_body;

-- Until then nobody asks the host anything, whoever wants it: it said so (Retry-After), or
-- its spacing has not passed.
ALTER TABLE host ADD COLUMN rest BIGINT NOT NULL DEFAULT 0;

-- When the source publishes, as the crawler notes it, and how long it waits at present.
ALTER TABLE source_state ADD COLUMN rhythm TEXT NOT NULL DEFAULT '';
ALTER TABLE source_state ADD COLUMN wait BIGINT NOT NULL DEFAULT 0; -- 0 after a visit that saw nothing

-- What the last lists showed, for the doubts about them.
ALTER TABLE source_state ADD COLUMN listed BIGINT NOT NULL DEFAULT 0;
ALTER TABLE source_state ADD COLUMN usual BIGINT NOT NULL DEFAULT 0; -- the most of late, in hundredths, fading
ALTER TABLE source_state ADD COLUMN changed BIGINT NOT NULL DEFAULT 0; -- changed lists in a row that showed nothing new
ALTER TABLE source_state ADD COLUMN new_at BIGINT NOT NULL DEFAULT 0;
