-- Full-text search over folded words.
CREATE TABLE item_text (
    item  TEXT PRIMARY KEY REFERENCES item (id),
    words TEXT NOT NULL,
    tsv   TSVECTOR NOT NULL GENERATED ALWAYS AS (to_tsvector('simple'::regconfig, words)) STORED
);
CREATE INDEX item_text_tsv ON item_text USING gin (tsv);
