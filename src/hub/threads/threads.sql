-- Threads: what is written and said about a case, one for each side. Times are microseconds UTC;
-- 0 = not yet.

-- step 1: threads, messages, who read them, what was attached

CREATE TABLE thread (
	id @id,
	company_id BIGINT NOT NULL REFERENCES company (id),
	incident_id BIGINT NOT NULL REFERENCES incident (id),
	kind TEXT NOT NULL,                  -- company isp police insurer consortium vendor bank host other
	org_id BIGINT,                       -- organisation of the hub whose people take part
	org_name TEXT NOT NULL,
	person_name TEXT NOT NULL,
	phone TEXT NOT NULL,                 -- E.164 or ''
	mail TEXT NOT NULL,
	reference TEXT NOT NULL,             -- the party's own number for it
	purpose TEXT NOT NULL,
	told TEXT NOT NULL,                  -- what they were told, in a few words
	roles BIGINT NOT NULL,               -- who may read it (hub.h)
	token TEXT NOT NULL UNIQUE,          -- in the subject of its mails
	done_us BIGINT NOT NULL,
	waiting TEXT NOT NULL,               -- us them ''
	waiting_us BIGINT NOT NULL,
	due_us BIGINT NOT NULL,
	show_us BIGINT NOT NULL,             -- from then on it stands on the first page; 0 = not
	messages BIGINT NOT NULL,
	last_us BIGINT NOT NULL,
	made_by BIGINT NOT NULL,
	made_us BIGINT NOT NULL
);
CREATE INDEX thread_by_incident ON thread (incident_id);
CREATE INDEX thread_by_company ON thread (company_id, kind, last_us);
CREATE INDEX thread_by_show ON thread (show_us, company_id);
CREATE INDEX thread_by_time ON thread (done_us, last_us);

CREATE TABLE thread_message (
	id @id,
	thread_id BIGINT NOT NULL REFERENCES thread (id),
	company_id BIGINT NOT NULL,
	direction TEXT NOT NULL,             -- out in
	channel TEXT NOT NULL,               -- phone mail paper portal
	subject TEXT NOT NULL,
	body TEXT NOT NULL,
	person_id BIGINT NOT NULL,           -- who recorded it
	happened_us BIGINT NOT NULL,
	recorded_us BIGINT NOT NULL,
	state TEXT NOT NULL,                 -- done queued failed
	next_try_us BIGINT NOT NULL,
	attempts BIGINT NOT NULL,
	error TEXT NOT NULL,                 -- why the last attempt failed
	sent_us BIGINT NOT NULL
);
CREATE INDEX thread_message_by_thread ON thread_message (thread_id, happened_us);
CREATE INDEX thread_message_by_state ON thread_message (state, next_try_us);

CREATE TABLE thread_seen (
	message_id BIGINT NOT NULL REFERENCES thread_message (id),
	person_id BIGINT NOT NULL,
	company_id BIGINT NOT NULL,
	seen_us BIGINT NOT NULL,
	PRIMARY KEY (message_id, person_id)
);

CREATE TABLE thread_file (
	message_id BIGINT NOT NULL REFERENCES thread_message (id),
	evidence_id BIGINT NOT NULL,
	company_id BIGINT NOT NULL,
	PRIMARY KEY (message_id, evidence_id)
);

-- step 2: who fetched what was attached

CREATE TABLE thread_fetched (
	message_id BIGINT NOT NULL REFERENCES thread_message (id),
	evidence_id BIGINT NOT NULL,
	person_id BIGINT NOT NULL,
	company_id BIGINT NOT NULL,
	at_us BIGINT NOT NULL,
	PRIMARY KEY (message_id, evidence_id, person_id)
);
