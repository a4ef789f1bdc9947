-- What a person handed in and looks at before it is stored: the declared details,
-- the kept file and scan, and, once it was stored, what it changed. Rows go when
-- their time has passed; what was stored of them stays where it is stored.
CREATE TABLE handed (
    id        TEXT PRIMARY KEY, -- drawn at random: not to be guessed
    plan      TEXT NOT NULL,
    person    TEXT NOT NULL, -- account, or session of a link: nobody else sees it
    body      TEXT NOT NULL, -- JSON; SQL never looks into it
    file      TEXT NOT NULL DEFAULT '', -- hex SHA-256
    scan      TEXT NOT NULL DEFAULT '',
    made      BIGINT NOT NULL, -- machine clock
    until     BIGINT NOT NULL,
    done      TEXT NOT NULL DEFAULT '' -- JSON of what was stored; '' while it waits
);
CREATE INDEX handed_until ON handed (until);
CREATE INDEX handed_file ON handed (file);
CREATE INDEX handed_scan ON handed (scan);
