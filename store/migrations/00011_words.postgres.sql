-- Search words are cut, folded and told apart before they come here: the server need not
-- parse them again, which was half of what storing an item cost. Its list of entries not
-- merged yet may grow to 16 MB: merging few at a time was most of the other half.
UPDATE item_text SET words = COALESCE((SELECT string_agg(DISTINCT w, ' ') FROM unnest(string_to_array(words, ' ')) w WHERE octet_length(w) BETWEEN 1 AND 256), '')
    WHERE words ~ '[^ ]{100}' OR words ~ '(^ |  | $)';
ALTER TABLE item_text DROP COLUMN tsv;
ALTER TABLE item_text ADD COLUMN tsv TSVECTOR NOT NULL GENERATED ALWAYS AS (array_to_tsvector(string_to_array(words, ' '))) STORED;
CREATE INDEX item_text_tsv ON item_text USING gin (tsv) WITH (gin_pending_list_limit = 16384);
