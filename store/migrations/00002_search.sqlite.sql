-- Full-text search over folded words, kept in step by triggers. n is a key of its own:
-- an implicit rowid may be renumbered by VACUUM.
CREATE TABLE item_text (
    n     INTEGER PRIMARY KEY,
    item  TEXT NOT NULL UNIQUE REFERENCES item (id),
    words TEXT NOT NULL
);
CREATE VIRTUAL TABLE item_fts USING fts5 (words, content = 'item_text', content_rowid = 'n', tokenize = 'unicode61 remove_diacritics 0');
CREATE TRIGGER item_text_insert AFTER INSERT ON item_text BEGIN
    INSERT INTO item_fts (rowid, words) VALUES (new.n, new.words);
END;
CREATE TRIGGER item_text_delete AFTER DELETE ON item_text BEGIN
    INSERT INTO item_fts (item_fts, rowid, words) VALUES ('delete', old.n, old.words);
END;
CREATE TRIGGER item_text_update AFTER UPDATE ON item_text BEGIN
    INSERT INTO item_fts (item_fts, rowid, words) VALUES ('delete', old.n, old.words);
    INSERT INTO item_fts (rowid, words) VALUES (new.n, new.words);
END;
