-- In which order people are asked, and what they found of what nobody was asked.

-- What a person's word on a piece that waits would change, as of the last evaluation.
CREATE TABLE gain (
    plan   TEXT NOT NULL,
    quota  TEXT NOT NULL,
    owner  TEXT NOT NULL,
    period TEXT NOT NULL,
    item   TEXT NOT NULL,
    hash   TEXT NOT NULL,
    body   TEXT NOT NULL,
    PRIMARY KEY (plan, quota, owner, period, item)
);
CREATE INDEX gain_owner ON gain (plan, owner);

-- A person who answers on an item of the sample is not shown what the machine said.
ALTER TABLE review ADD COLUMN audit BOOLEAN NOT NULL DEFAULT FALSE;

-- The sample: what a version of the classifier decided alone, drawn by hash as it did.
CREATE TABLE audit (
    item       TEXT NOT NULL REFERENCES item (id),
    classifier TEXT NOT NULL,
    at         BIGINT NOT NULL, -- when it was drawn
    reform     BOOLEAN NOT NULL, -- what the machine decided
    PRIMARY KEY (item, classifier)
);
CREATE INDEX audit_classifier ON audit (classifier, item);
