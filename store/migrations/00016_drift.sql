-- Share of the syllables of headline and lead that the classifier does not know; under 0: not told.
ALTER TABLE verdict ADD COLUMN unknown DOUBLE PRECISION NOT NULL DEFAULT -1;

-- How the classifier's answers about a source are of late, against its own history.
CREATE TABLE source_drift (
    source TEXT PRIMARY KEY,
    at     BIGINT NOT NULL,
    body   TEXT NOT NULL
);
