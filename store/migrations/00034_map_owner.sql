-- Whose sender a map of columns is: of those of other agencies a person who is confined to some changes none. Of a map with a
-- channel that is known from the plan; of one stored before this, only who is confined to nobody changes it.
-- +goose Up
ALTER TABLE import_map ADD COLUMN agency TEXT NOT NULL DEFAULT '';
