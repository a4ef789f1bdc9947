-- What a register's row says beside what has a column of its own, as JSON: of an
-- item inside a programme, of a loudspeaker's bulletin.
ALTER TABLE register_row ADD COLUMN detail TEXT NOT NULL DEFAULT '';

-- Items inside a programme are rows of their station's list: this never held any.
DROP TABLE segment;
