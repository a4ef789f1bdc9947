-- What the list of items is in order by stands beside the words, so that a search walks the list, or sorts what it found, without a
-- look at each item. The table is written anew in that order: neighbours in the list are neighbours on disk.
-- The table is written anew beside the old one, with its indexes, while others go on reading and writing. Then they wait until
-- what they changed meanwhile is written too and the new one stands in the old one's place. The lock on item comes first: a
-- look writes items before their words.
SET LOCAL maintenance_work_mem = '128MB';
SET LOCAL work_mem = '64MB';
CREATE TABLE item_text_new (
    item   TEXT NOT NULL,
    words  TEXT NOT NULL,
    masked BIGINT NOT NULL DEFAULT 0,
    at     BIGINT NOT NULL, -- item.at
    tsv    TSVECTOR NOT NULL GENERATED ALWAYS AS (array_to_tsvector(string_to_array(words, ' '))) STORED
);
INSERT INTO item_text_new (item, words, masked, at) SELECT t.item, t.words, t.masked, i.at FROM item_text t JOIN item i ON i.id = t.item ORDER BY i.at, t.item;
ALTER TABLE item_text_new ADD CONSTRAINT item_text_new_pkey PRIMARY KEY (item);
CREATE INDEX item_text_new_tsv ON item_text_new USING gin (tsv) WITH (gin_pending_list_limit = 16384);
CREATE INDEX item_text_new_at ON item_text_new (at, item);
ANALYZE item_text_new;

LOCK TABLE item IN SHARE ROW EXCLUSIVE MODE;
LOCK TABLE item_text IN ACCESS EXCLUSIVE MODE;
DELETE FROM item_text_new n WHERE NOT EXISTS (SELECT 1 FROM item_text t WHERE t.item = n.item);
INSERT INTO item_text_new (item, words, masked, at) SELECT t.item, t.words, t.masked, i.at
    FROM item_text t JOIN item i ON i.id = t.item LEFT JOIN item_text_new n ON n.item = t.item
    WHERE n.item IS NULL OR n.masked <> t.masked OR n.words <> t.words OR n.at <> i.at
    ON CONFLICT (item) DO UPDATE SET words = excluded.words, masked = excluded.masked, at = excluded.at;
DROP TABLE item_text;
ALTER TABLE item_text_new RENAME TO item_text;
ALTER TABLE item_text RENAME CONSTRAINT item_text_new_pkey TO item_text_pkey;
ALTER INDEX item_text_new_tsv RENAME TO item_text_tsv;
ALTER INDEX item_text_new_at RENAME TO item_text_at;
ALTER TABLE item_text ADD CONSTRAINT item_text_item_fkey FOREIGN KEY (item) REFERENCES item (id);
