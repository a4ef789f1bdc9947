-- How the article pages of sources are read: what each showed, whether they can still
-- be trusted, and what was odd about a piece.

-- The newest page reads of a source, one an item; by their fields a changed layout is told.
CREATE TABLE page_read (
    source  TEXT NOT NULL,
    item    TEXT NOT NULL,
    version TEXT NOT NULL, -- of the rule's article selectors
    at      BIGINT NOT NULL,
    fields  BIGINT NOT NULL,
    PRIMARY KEY (source, item)
);
CREATE INDEX page_read_at ON page_read (source, at);

-- Sources whose article pages are not trusted: until a good page is read.
CREATE TABLE source_layout (
    source TEXT PRIMARY KEY,
    since  BIGINT NOT NULL,
    detail TEXT NOT NULL
);

-- What a person should see beside a piece: codes, as a list.
CREATE TABLE item_note (
    item  TEXT PRIMARY KEY REFERENCES item (id),
    at    BIGINT NOT NULL,
    notes TEXT NOT NULL
);
