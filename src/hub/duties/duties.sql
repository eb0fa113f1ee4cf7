-- Duties to report: clocks by law and contract, what a report asks for. Times are microseconds UTC.

-- step 1: facts, clocks, items

CREATE TABLE case_duty_facts (
	incident_id BIGINT PRIMARY KEY REFERENCES incident (id),
	company_id BIGINT NOT NULL,
	known_us BIGINT NOT NULL,            -- when the firm came to know; what clocks count from
	-- yes no unknown, '' = not asked yet
	personal TEXT NOT NULL,
	sensitive TEXT NOT NULL,
	property TEXT NOT NULL,
	malicious TEXT NOT NULL,
	encrypted TEXT NOT NULL,
	mynumber TEXT NOT NULL,
	contractor TEXT NOT NULL,
	insured TEXT NOT NULL,
	sector TEXT NOT NULL,                -- '' none finance telecom medical infrastructure
	people BIGINT NOT NULL,              -- -1 = not known
	version BIGINT NOT NULL,
	changed_us BIGINT NOT NULL,
	changed_by BIGINT NOT NULL
);

CREATE TABLE case_duty (
	id @id,
	incident_id BIGINT NOT NULL REFERENCES incident (id),
	company_id BIGINT NOT NULL,
	rule TEXT NOT NULL,                  -- data/duty_rules.tsv
	rule_from_us BIGINT NOT NULL,        -- its valid_from_us
	needs TEXT NOT NULL,                 -- the facts that brought it
	known_us BIGINT NOT NULL,
	warn_us BIGINT NOT NULL,
	due_us BIGINT NOT NULL,              -- the last moment; 0 = promptly
	state TEXT NOT NULL,                 -- open made withdrawn
	warned BIGINT NOT NULL,              -- 0, 1 the warning was told, 2 that it is late
	made_us BIGINT NOT NULL,             -- when it was reported
	made_to TEXT NOT NULL,
	receipt TEXT NOT NULL,
	made_by BIGINT,                      -- who recorded it
	note TEXT NOT NULL,
	version BIGINT NOT NULL,
	changed_us BIGINT NOT NULL,
	UNIQUE (incident_id, rule)
);
CREATE INDEX case_duty_by_state ON case_duty (state, warn_us, company_id);

-- The nine items of a report, as far as they are known.
CREATE TABLE case_duty_item (
	incident_id BIGINT NOT NULL REFERENCES incident (id),
	item TEXT NOT NULL,
	company_id BIGINT NOT NULL,
	state TEXT NOT NULL,                 -- known unknown none (does not apply)
	body TEXT NOT NULL,
	version BIGINT NOT NULL,
	changed_us BIGINT NOT NULL,
	changed_by BIGINT NOT NULL,
	PRIMARY KEY (incident_id, item)
);

-- step 2: people are told by mail before a clock runs out

ALTER TABLE case_duty ADD COLUMN mail_us BIGINT NOT NULL DEFAULT 0;   -- when there is something to tell next
ALTER TABLE case_duty ADD COLUMN mail_rank BIGINT NOT NULL DEFAULT 0; -- of the most urgent that was told; data/duty_warnings.tsv
CREATE INDEX case_duty_by_mail ON case_duty (state, mail_us);

-- One row a person and threshold: what is queued goes out, also after a restart.
CREATE TABLE duty_mail (
	id @id,
	company_id BIGINT NOT NULL,
	duty_id BIGINT NOT NULL REFERENCES case_duty (id),
	warning TEXT NOT NULL,               -- id in data/duty_warnings.tsv
	due_us BIGINT NOT NULL,              -- of the clock when it was queued
	person_id BIGINT NOT NULL,           -- 0 = the desk's own address
	target TEXT NOT NULL,
	name TEXT NOT NULL,
	lang TEXT NOT NULL,
	state TEXT NOT NULL,                 -- queued sent failed dropped (the duty is done)
	error TEXT NOT NULL,
	attempts BIGINT NOT NULL,
	queued_us BIGINT NOT NULL,
	next_try_us BIGINT NOT NULL,
	sent_us BIGINT NOT NULL,
	UNIQUE (duty_id, warning, due_us, target)
);
CREATE INDEX duty_mail_by_state ON duty_mail (state, next_try_us);
