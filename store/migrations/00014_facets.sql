-- What a text tells of beside its topics, with the words that say so: a list, '' in
-- verdicts given before texts were looked through for it.
ALTER TABLE verdict ADD COLUMN facets TEXT NOT NULL DEFAULT '';
