-- Sources of several pages: what an ordinary visit left unread, and where an
-- archive walk stands.

ALTER TABLE source_state ADD COLUMN rest TEXT NOT NULL DEFAULT ''; -- the crawler's note of a sitemap index's files

CREATE TABLE walk (
    source   TEXT PRIMARY KEY,
    since_at BIGINT NOT NULL, -- how far back was asked for
    until_at BIGINT NOT NULL, -- pieces of this moment or later were not asked for; 0: all
    started  BIGINT NOT NULL, -- business clock
    at       BIGINT NOT NULL, -- of the last page; business clock
    pages    BIGINT NOT NULL, -- read so far
    items    BIGINT NOT NULL, -- first seen on them
    oldest   BIGINT NOT NULL, -- down to which the list was read; 0: its dates do not tell
    share    DOUBLE PRECISION NOT NULL, -- of the way that is done, 0 to 1
    state    TEXT NOT NULL,   -- open, reached, or why it ended
    body     TEXT NOT NULL    -- the crawler's own note: the page to ask for next
);
