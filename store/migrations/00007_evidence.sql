-- How long kept bytes stay, and what became of them. A row outlives its bytes.
ALTER TABLE kept ADD COLUMN class TEXT NOT NULL DEFAULT ''; -- list, page, personal, evidence; '' of those kept before there were classes
ALTER TABLE kept ADD COLUMN since BIGINT NOT NULL DEFAULT 0; -- when they were last kept, or found to be held
ALTER TABLE kept ADD COLUMN going BIGINT NOT NULL DEFAULT 0; -- when their deletion began
ALTER TABLE kept ADD COLUMN gone BIGINT NOT NULL DEFAULT 0; -- when they were deleted
ALTER TABLE kept ADD COLUMN term BIGINT NOT NULL DEFAULT 0; -- the days after which they were
UPDATE kept SET since = at;
CREATE INDEX kept_class ON kept (class, since, sha256);
CREATE INDEX revision_kept ON revision (kept);

-- What closed periods refer to, taken out of their rows; '' marks a closing that was looked through.
CREATE TABLE kept_closing (
    closing TEXT NOT NULL REFERENCES closing (id),
    sha256  TEXT NOT NULL,
    PRIMARY KEY (closing, sha256)
);
CREATE INDEX kept_closing_sha256 ON kept_closing (sha256);

-- By which masker an item's search words were made.
ALTER TABLE item_text ADD COLUMN masked BIGINT NOT NULL DEFAULT 0;
