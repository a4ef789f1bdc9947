-- What was drafted of a reporting period on the morning after its cut-off: once a plan and period. Nothing of it is sent.
CREATE TABLE session_draft (
    plan   TEXT NOT NULL,
    period TEXT NOT NULL,
    at     BIGINT NOT NULL, -- business clock
    body   TEXT NOT NULL, -- JSON; SQL never looks into it
    PRIMARY KEY (plan, period)
);
-- By which decision scores are given, as the body that gives them entered it; the latest holds. Append-only.
CREATE TABLE score_basis (
    id     TEXT PRIMARY KEY,
    plan   TEXT NOT NULL,
    number TEXT NOT NULL, -- of the decision
    day    BIGINT NOT NULL,
    words  TEXT NOT NULL, -- what it says
    at     BIGINT NOT NULL, -- business clock
    actor  TEXT NOT NULL
);
CREATE INDEX score_basis_plan ON score_basis (plan, at);
