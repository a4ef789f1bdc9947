-- Parts of the plan's files as persons set them: they lie over the files. Append-only.
CREATE TABLE plan_entry (
    id         TEXT PRIMARY KEY,
    scope      TEXT NOT NULL, -- a province, or one plan of it
    kind       TEXT NOT NULL, -- source, agency, column, windows, holidays
    name       TEXT NOT NULL, -- which one
    body       TEXT NOT NULL, -- JSON; SQL never looks into it
    base       TEXT NOT NULL DEFAULT '', -- what the file said then, likewise
    valid_from BIGINT NOT NULL,
    at         BIGINT NOT NULL, -- business clock
    actor      TEXT NOT NULL,
    basis      TEXT NOT NULL
);
CREATE INDEX plan_entry_scope ON plan_entry (scope, at);
