-- Which items say the same. compared is the revision whose text was compared last,
-- words the id of that text: equal for equal texts, 0 where there is too little of it.
ALTER TABLE item ADD COLUMN compared TEXT NOT NULL DEFAULT '';
ALTER TABLE item ADD COLUMN words BIGINT NOT NULL DEFAULT 0;
CREATE INDEX item_uncompared ON item (seen, id) WHERE revision <> compared;
CREATE INDEX item_words ON item (words) WHERE words <> 0;

-- A text, with a revision that has it. marks are those of copy_mark, '' once they are dropped.
CREATE TABLE copy_text (
    words    BIGINT PRIMARY KEY,
    revision TEXT NOT NULL,
    seen     BIGINT NOT NULL,
    marks    TEXT NOT NULL
);
CREATE INDEX copy_text_seen ON copy_text (seen) WHERE marks <> '';
-- Marks by which texts that may be copies find each other.
CREATE TABLE copy_mark (
    mark  BIGINT NOT NULL,
    words BIGINT NOT NULL,
    PRIMARY KEY (mark, words)
);
-- Texts that are near copies, each pair both ways.
CREATE TABLE copy_near (
    words BIGINT NOT NULL,
    other BIGINT NOT NULL,
    PRIMARY KEY (words, other)
);
-- How an item that has copies stands to them; those that have none are not here.
CREATE TABLE item_copy (
    item     TEXT PRIMARY KEY REFERENCES item (id),
    grp      TEXT NOT NULL, -- the item that is first
    relation TEXT NOT NULL, -- original, exact, near
    shown    TEXT NOT NULL, -- the item it is shown beside
    certain  BOOLEAN NOT NULL, -- the first is known to be the first
    others   BIGINT NOT NULL
);
CREATE INDEX item_copy_grp ON item_copy (grp);
-- The row behind which writers of groups queue.
CREATE TABLE copy_turn (
    id BIGINT PRIMARY KEY,
    n  BIGINT NOT NULL
);
INSERT INTO copy_turn (id, n) VALUES (1, 0);

-- Pages of articles that are read again: some days after they were read first, and
-- when their listing says other words of them.
CREATE TABLE reread (
    item   TEXT PRIMARY KEY REFERENCES item (id),
    source TEXT NOT NULL,
    host   TEXT NOT NULL,
    url    TEXT NOT NULL,
    due    BIGINT NOT NULL, -- on the machine's clock
    said   TEXT NOT NULL,   -- hash of the listing's title and lead, '' before they were seen again
    n      BIGINT NOT NULL  -- how often it was read again
);
CREATE INDEX reread_due ON reread (due);
