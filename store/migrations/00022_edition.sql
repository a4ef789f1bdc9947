-- How often what is stored of an evaluation was changed: who keeps a copy of it
-- made from one edition knows by this that there is another.
ALTER TABLE evaluation ADD COLUMN edition BIGINT NOT NULL DEFAULT 0;
