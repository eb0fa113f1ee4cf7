-- Outbox: who is told of what happens, and what of it has not arrived yet.

-- step 1: receivers and what is on its way to them
CREATE TABLE hook (
	id @id,
	org_id BIGINT NOT NULL REFERENCES organisation (id),  -- told of what this organisation may see
	name TEXT NOT NULL,
	url TEXT NOT NULL,
	secret TEXT NOT NULL,                -- whsec_..., the receiver checks signatures with it
	kinds TEXT NOT NULL,                 -- beginnings of events, a blank between them
	active BIGINT NOT NULL,
	made_by BIGINT NOT NULL,
	made_us BIGINT NOT NULL,
	fails BIGINT NOT NULL,               -- in a row
	next_try_us BIGINT NOT NULL,
	ok_us BIGINT NOT NULL,
	error TEXT NOT NULL
);
CREATE TABLE outbox (
	id @id,
	hook_id BIGINT NOT NULL REFERENCES hook (id),
	event TEXT NOT NULL,                 -- the receiver knows by it what it has had already
	kind TEXT NOT NULL,                  -- incident.close
	company_id BIGINT NOT NULL REFERENCES company (id),
	body TEXT NOT NULL,
	state TEXT NOT NULL,                 -- queued sent dead dropped
	made_us BIGINT NOT NULL,
	tries BIGINT NOT NULL,
	tried_us BIGINT NOT NULL,
	error TEXT NOT NULL,
	UNIQUE (hook_id, event)
);
CREATE INDEX outbox_by_state ON outbox (state, hook_id, id);
-- How far the journal has been read.
CREATE TABLE outbox_mark (
	name TEXT PRIMARY KEY,
	at BIGINT NOT NULL
);
