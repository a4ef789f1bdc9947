-- What keeping one's distance and knowing a source's own rhythm need.

-- robots.txt as remembered, one for each site of a leased host: the bare host and its www
-- twin, http and https, have one each.
CREATE TABLE robots (
    host   TEXT NOT NULL REFERENCES host (name),
    site   TEXT NOT NULL, -- scheme and host
    status BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    body   TEXT NOT NULL,
    PRIMARY KEY (host, site)
);
ALTER TABLE host DROP COLUMN robots_status;
ALTER TABLE host DROP COLUMN robots_at;
ALTER TABLE host DROP COLUMN robots_body;

-- Until then nobody asks the host anything, whoever wants it: it said so (Retry-After), or
-- its spacing has not passed.
ALTER TABLE host ADD COLUMN rest BIGINT NOT NULL DEFAULT 0;
