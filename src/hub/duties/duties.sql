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
