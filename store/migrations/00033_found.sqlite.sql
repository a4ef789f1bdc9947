-- What the list of items is in order by stands beside the words, so that a search walks the list, or sorts what it found, without a
-- look at each item. The index of words is written anew only when words change.
ALTER TABLE item_text ADD COLUMN at BIGINT NOT NULL DEFAULT 0; -- item.at
DROP TRIGGER item_text_update;
UPDATE item_text SET at = (SELECT i.at FROM item i WHERE i.id = item_text.item);
CREATE TRIGGER item_text_update AFTER UPDATE OF words ON item_text BEGIN
    INSERT INTO item_fts (item_fts, rowid, words) VALUES ('delete', old.n, old.words);
    INSERT INTO item_fts (rowid, words) VALUES (new.n, new.words);
END;
CREATE INDEX item_text_at ON item_text (at, item);
