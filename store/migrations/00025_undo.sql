-- A person's word can be taken back, and the next question is found without listing all of them.

-- What was answered at one go: copies of one text. Later ones sort after earlier ones.
ALTER TABLE review ADD COLUMN batch TEXT NOT NULL DEFAULT '';
CREATE INDEX review_batch ON review (actor, batch);
CREATE INDEX review_actor ON review (actor, at);

-- A review that was taken back stays, and counts no more from then on.
CREATE TABLE review_undone (
    review TEXT PRIMARY KEY REFERENCES review (id),
    at     BIGINT NOT NULL, -- business clock, not before the review
    actor  TEXT NOT NULL
);

-- How far the score of the verdict in force is from the middle: the least certain are asked about first.
ALTER TABLE item ADD COLUMN doubt DOUBLE PRECISION NOT NULL DEFAULT 0.5;
UPDATE item SET doubt = COALESCE((SELECT ABS(v.score - 0.5) FROM verdict v WHERE v.revision = item.revision AND v.classifier = item.judged), 0)
    WHERE outcome = 'review' OR review <> '';
CREATE INDEX item_doubt ON item (doubt, at DESC, id) WHERE outcome = 'review';

-- Gains are of the last evaluation; the next one writes them with how urgent they are.
DELETE FROM gain;
ALTER TABLE gain ADD COLUMN urgency BIGINT NOT NULL DEFAULT 0; -- lower is asked about first
CREATE INDEX gain_item ON gain (plan, item);
