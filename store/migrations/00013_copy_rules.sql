-- The version of the rules by which texts were compared. Where the program has others,
-- all are compared anew. Those of before this was noted are the first.
ALTER TABLE copy_turn ADD COLUMN rules TEXT NOT NULL DEFAULT 'copies-1';
