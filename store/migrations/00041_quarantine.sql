-- Documents and jobs on which a stage of the program panicked: each once for what panicked, however often it does.
CREATE TABLE quarantine (
	id          TEXT PRIMARY KEY, -- hash of stage, kind, subject and version
	stage       TEXT NOT NULL, -- read, judge, compare, evaluate, chore
	kind        TEXT NOT NULL, -- what the subject is: source, page, host, revision, owner, chore
	subject     TEXT NOT NULL,
	version     TEXT NOT NULL, -- of what panicked
	item        TEXT NOT NULL,
	source      TEXT NOT NULL,
	url         TEXT NOT NULL,
	kept        TEXT NOT NULL, -- hash of the document's bytes, '' if there are none
	program     TEXT NOT NULL,
	words       TEXT NOT NULL, -- what the panic said, without a byte of the document
	frames      TEXT NOT NULL,
	first_at    BIGINT NOT NULL, -- business clock
	at          BIGINT NOT NULL, -- the last time; business clock
	machine     BIGINT NOT NULL, -- the last time; the store's clock
	times       BIGINT NOT NULL DEFAULT 1,
	state       TEXT NOT NULL DEFAULT 'open', -- open, released
	released_at BIGINT NOT NULL DEFAULT 0,
	released_by TEXT NOT NULL DEFAULT '' -- '' where it was over by itself
);
CREATE INDEX quarantine_state ON quarantine (state, stage);
CREATE INDEX quarantine_subject ON quarantine (kind, subject);
CREATE INDEX quarantine_kept ON quarantine (kept);
