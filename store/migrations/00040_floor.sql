-- The least schema version that a program must know to work with this database: a program that knows less than the schema
-- has, but no less than this, still works with it while others are replaced by newer ones, one after another.
CREATE TABLE schema_floor (
	one   BIGINT PRIMARY KEY CHECK (one = 1),
	floor BIGINT NOT NULL
);
INSERT INTO schema_floor (one, floor) VALUES (1, 40);
