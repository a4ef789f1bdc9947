-- What the list of items is in order by stands beside the words, so that a search walks the list, or sorts what it found, without a
-- look at each item. The table is written anew in that order: neighbours in the list are neighbours on disk.
ALTER TABLE item_text RENAME TO item_text_old;
CREATE TABLE item_text (
    item   TEXT NOT NULL,
    words  TEXT NOT NULL,
    masked BIGINT NOT NULL DEFAULT 0,
    at     BIGINT NOT NULL, -- item.at
    tsv    TSVECTOR NOT NULL GENERATED ALWAYS AS (array_to_tsvector(string_to_array(words, ' '))) STORED
);
INSERT INTO item_text (item, words, masked, at) SELECT t.item, t.words, t.masked, i.at FROM item_text_old t JOIN item i ON i.id = t.item ORDER BY i.at, t.item;
DROP TABLE item_text_old;
ALTER TABLE item_text ADD CONSTRAINT item_text_pkey PRIMARY KEY (item), ADD CONSTRAINT item_text_item_fkey FOREIGN KEY (item) REFERENCES item (id);
CREATE INDEX item_text_tsv ON item_text USING gin (tsv) WITH (gin_pending_list_limit = 16384);
CREATE INDEX item_text_at ON item_text (at, item);
ANALYZE item_text;
