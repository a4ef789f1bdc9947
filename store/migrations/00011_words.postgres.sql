-- Search words are cut, folded and told apart before they come here: the server need not
-- parse them again, which was half of what storing an item cost. Its list of entries not
-- merged yet may grow to 16 MB: merging few at a time was most of the other half.
-- The table is written anew beside the old one, with its indexes, while others go on reading and writing. Then they wait until
-- what they changed meanwhile is written too and the new one stands in the old one's place. The lock on item comes first: a
-- look writes items before their words.
SET LOCAL maintenance_work_mem = '128MB';
SET LOCAL work_mem = '64MB';
CREATE TABLE item_text_new (
    item   TEXT NOT NULL,
    words  TEXT NOT NULL,
    masked BIGINT NOT NULL DEFAULT 0,
    tsv    TSVECTOR NOT NULL GENERATED ALWAYS AS (array_to_tsvector(string_to_array(words, ' '))) STORED
);
INSERT INTO item_text_new (item, words, masked) SELECT t.item, CASE WHEN t.words ~ '[^ ]{100}' OR t.words ~ '(^ |  | $)' THEN COALESCE((SELECT string_agg(DISTINCT w, ' ') FROM unnest(string_to_array(t.words, ' ')) w WHERE octet_length(w) BETWEEN 1 AND 256), '') ELSE t.words END, t.masked FROM item_text t;
ALTER TABLE item_text_new ADD CONSTRAINT item_text_new_pkey PRIMARY KEY (item);
CREATE INDEX item_text_new_tsv ON item_text_new USING gin (tsv) WITH (gin_pending_list_limit = 16384);
ANALYZE item_text_new;

LOCK TABLE item IN SHARE ROW EXCLUSIVE MODE;
LOCK TABLE item_text IN ACCESS EXCLUSIVE MODE;
DELETE FROM item_text_new n WHERE NOT EXISTS (SELECT 1 FROM item_text t WHERE t.item = n.item);
INSERT INTO item_text_new (item, words, masked) SELECT t.item, CASE WHEN t.words ~ '[^ ]{100}' OR t.words ~ '(^ |  | $)' THEN COALESCE((SELECT string_agg(DISTINCT w, ' ') FROM unnest(string_to_array(t.words, ' ')) w WHERE octet_length(w) BETWEEN 1 AND 256), '') ELSE t.words END, t.masked
    FROM item_text t LEFT JOIN item_text_new n ON n.item = t.item
    WHERE n.item IS NULL OR n.masked <> t.masked OR n.words <> t.words AND n.words <> CASE WHEN t.words ~ '[^ ]{100}' OR t.words ~ '(^ |  | $)' THEN COALESCE((SELECT string_agg(DISTINCT w, ' ') FROM unnest(string_to_array(t.words, ' ')) w WHERE octet_length(w) BETWEEN 1 AND 256), '') ELSE t.words END
    ON CONFLICT (item) DO UPDATE SET words = excluded.words, masked = excluded.masked;
DROP TABLE item_text;
ALTER TABLE item_text_new RENAME TO item_text;
ALTER TABLE item_text RENAME CONSTRAINT item_text_new_pkey TO item_text_pkey;
ALTER INDEX item_text_new_tsv RENAME TO item_text_tsv;
ALTER TABLE item_text ADD CONSTRAINT item_text_item_fkey FOREIGN KEY (item) REFERENCES item (id);
