-- What lists of documents, columns of questions and announced schedules tell.

-- What a list says of a document, each time that it says something else.
CREATE TABLE document (
    item      TEXT NOT NULL REFERENCES item (id),
    seen      BIGINT NOT NULL,
    number    TEXT NOT NULL,
    signed_at BIGINT NOT NULL, -- 0: not said
    issuer    TEXT NOT NULL,
    PRIMARY KEY (item, seen)
);

-- A question of a column; its id is that of the same question in a register,
-- where the number, or the words and the day, are the same.
CREATE TABLE question (
    id     TEXT PRIMARY KEY,
    source TEXT NOT NULL,
    agency TEXT NOT NULL,
    number TEXT NOT NULL,
    title  TEXT NOT NULL,
    url    TEXT NOT NULL,
    seen   BIGINT NOT NULL
);
CREATE INDEX question_agency ON question (agency, seen);
-- What was seen of it, from when until when; the latest is how it stands.
CREATE TABLE question_state (
    question    TEXT NOT NULL REFERENCES question (id),
    seen        BIGINT NOT NULL,
    until_at    BIGINT NOT NULL, -- last seen so
    state       TEXT NOT NULL, -- answered, waiting, '' not told
    asked_at    BIGINT NOT NULL,
    answered_at BIGINT NOT NULL,
    kept        TEXT NOT NULL,
    PRIMARY KEY (question, seen)
);

-- What a station announces that it will broadcast, as its page said from when
-- on, and when the page no longer said so (0: it still does).
CREATE TABLE planned (
    id        TEXT NOT NULL,
    seen      BIGINT NOT NULL,
    gone      BIGINT NOT NULL DEFAULT 0,
    source    TEXT NOT NULL,
    channel   TEXT NOT NULL,
    day_at    BIGINT NOT NULL, -- the broadcasting day it stands under
    start_at  BIGINT NOT NULL,
    duration  BIGINT NOT NULL, -- microseconds, 0: not known
    programme TEXT NOT NULL,
    col       TEXT NOT NULL,
    run       TEXT NOT NULL, -- first, repeat, '' not said
    live      BOOLEAN NOT NULL,
    printed   TEXT NOT NULL,
    kept      TEXT NOT NULL,
    PRIMARY KEY (id, seen)
);
CREATE INDEX planned_start ON planned (start_at, channel);
CREATE INDEX planned_day ON planned (source, gone, day_at);
