-- What people do about the papers of a period, append-only: notes to sections, what may go out. Of each section the last note
-- stands; one without text takes it out.
CREATE TABLE paper_act (
    plan    TEXT NOT NULL,
    period  TEXT NOT NULL,
    paper   TEXT NOT NULL, -- bang-theo-doi, cong-van, bao-cao
    n       BIGINT NOT NULL,
    kind    TEXT NOT NULL, -- note, shown
    section TEXT NOT NULL DEFAULT '',
    body    TEXT NOT NULL, -- of shown: JSON
    at      BIGINT NOT NULL, -- business clock
    actor   TEXT NOT NULL,
    PRIMARY KEY (plan, period, paper, n)
);

-- Papers that have a number: each for one revision of a closed period, once and for ever.
CREATE TABLE paper_issue (
    plan      TEXT NOT NULL,
    period    TEXT NOT NULL,
    paper     TEXT NOT NULL,
    revision  BIGINT NOT NULL,
    dataset   TEXT NOT NULL,
    acts      BIGINT NOT NULL, -- the last act that is in it
    number    TEXT NOT NULL,
    day       BIGINT NOT NULL,
    file_hash TEXT NOT NULL, -- the signed paper
    file_name TEXT NOT NULL,
    at        BIGINT NOT NULL, -- business clock
    actor     TEXT NOT NULL,
    PRIMARY KEY (plan, period, paper, revision)
);
CREATE INDEX paper_issue_file ON paper_issue (file_hash);

-- Its files as they were made when it was issued.
CREATE TABLE paper_file (
    plan     TEXT NOT NULL,
    period   TEXT NOT NULL,
    paper    TEXT NOT NULL,
    revision BIGINT NOT NULL,
    format   TEXT NOT NULL,
    hash     TEXT NOT NULL,
    size     BIGINT NOT NULL,
    PRIMARY KEY (plan, period, paper, revision, format)
);
CREATE INDEX paper_file_hash ON paper_file (hash);
