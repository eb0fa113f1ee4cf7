-- Cases: one incident from its first sign to its lesson. Times are microseconds UTC; 0 = not yet.

-- step 1: incidents, their story, actions, devices, indicators, consents

CREATE TABLE incident (
	id @id,
	number TEXT NOT NULL UNIQUE,         -- IW-2026-000123: region, year, serial
	company_id BIGINT NOT NULL REFERENCES company (id),
	prefecture BIGINT NOT NULL,          -- of the company when it was opened
	kind TEXT NOT NULL,                  -- category: cases_kinds()
	title TEXT NOT NULL,                 -- one sentence
	source TEXT NOT NULL,                -- alert phone mail paper
	state TEXT NOT NULL,                 -- open contained recovered closed (NIST SP 800-61, 3)
	was TEXT NOT NULL,                   -- the state before; set by the statement that changes it
	severity BIGINT NOT NULL,            -- 0 .. 4
	owner_id BIGINT,                     -- person
	contact_name TEXT NOT NULL,          -- who called
	contact_phone TEXT NOT NULL,         -- E.164 or ''
	happened_us BIGINT NOT NULL,         -- when it began, as known
	opened_us BIGINT NOT NULL,           -- when it was taken up (paper: the real time)
	recorded_us BIGINT NOT NULL,         -- when it was typed in
	opened_by BIGINT NOT NULL,
	changed_us BIGINT NOT NULL,
	closed_us BIGINT NOT NULL,
	closed_by BIGINT,
	cause TEXT NOT NULL,
	lesson TEXT NOT NULL,
	-- Sums of incident_action, written in the transaction that writes the action: lists and
	-- statistics read the incident alone.
	n_phone BIGINT NOT NULL,
	n_remote BIGINT NOT NULL,
	n_visit BIGINT NOT NULL,
	minutes BIGINT NOT NULL,
	cost_yen BIGINT NOT NULL
);
-- For who sees many companies, and for who sees few.
CREATE INDEX incident_by_state ON incident (state, opened_us, company_id);
CREATE INDEX incident_by_company ON incident (company_id, state, opened_us);
-- What the statistics read of an incident stands in the index.
CREATE INDEX incident_by_time ON incident (opened_us, company_id, kind, prefecture,
	n_phone, n_remote, n_visit, minutes, cost_yen);

-- How many incidents of a company are in a state: pages count without reading them.
CREATE TABLE incident_tally (
	company_id BIGINT NOT NULL REFERENCES company (id),
	state TEXT NOT NULL,
	n BIGINT NOT NULL,
	PRIMARY KEY (company_id, state)
);

-- The next serial of a region and year.
CREATE TABLE incident_serial (
	region TEXT NOT NULL,
	year BIGINT NOT NULL,
	last_no BIGINT NOT NULL,
	PRIMARY KEY (region, year)
);

-- The story: what happened, in the order in which it happened.
CREATE TABLE incident_entry (
	id @id,
	incident_id BIGINT NOT NULL REFERENCES incident (id),
	company_id BIGINT NOT NULL,
	kind TEXT NOT NULL,                  -- packet alert phone mail remote visit money note state consent person
	happened_us BIGINT NOT NULL,
	recorded_us BIGINT NOT NULL,
	person_id BIGINT,                    -- who recorded it; NULL = the hub
	body TEXT NOT NULL,                  -- a person's words; '' when TEXT_KEY says it
	text_key TEXT NOT NULL,              -- catalogue key for what the hub says
	text_arg TEXT NOT NULL,
	ref_id BIGINT                        -- action, alert or consent behind it
);
CREATE INDEX incident_entry_by_incident ON incident_entry (incident_id, happened_us);

-- What was done, by whom, how long and for how much.
CREATE TABLE incident_action (
	id @id,
	incident_id BIGINT NOT NULL REFERENCES incident (id),
	company_id BIGINT NOT NULL,
	channel TEXT NOT NULL,               -- phone remote visit
	person_id BIGINT NOT NULL,           -- who did it
	started_us BIGINT NOT NULL,
	minutes BIGINT NOT NULL,
	cost_yen BIGINT NOT NULL,
	body TEXT NOT NULL,
	recorded_us BIGINT NOT NULL,
	recorded_by BIGINT NOT NULL
);
CREATE INDEX incident_action_by_incident ON incident_action (incident_id);

CREATE TABLE incident_device (
	id @id,
	incident_id BIGINT NOT NULL REFERENCES incident (id),
	company_id BIGINT NOT NULL,
	mac TEXT NOT NULL,
	address TEXT NOT NULL,
	name TEXT NOT NULL,
	state TEXT NOT NULL,                 -- suspected compromised clean
	added_us BIGINT NOT NULL,
	UNIQUE (incident_id, mac, address)
);

CREATE TABLE incident_indicator (
	id @id,
	incident_id BIGINT NOT NULL REFERENCES incident (id),
	company_id BIGINT NOT NULL,
	type TEXT NOT NULL,                  -- domain address url hash ja3
	value TEXT NOT NULL,
	note TEXT NOT NULL,
	added_us BIGINT NOT NULL,
	UNIQUE (incident_id, type, value)
);
CREATE INDEX incident_indicator_by_value ON incident_indicator (value);

CREATE TABLE incident_consent (
	id @id,
	incident_id BIGINT NOT NULL REFERENCES incident (id),
	company_id BIGINT NOT NULL,
	what TEXT NOT NULL,                  -- remote_access visit evidence
	given_by TEXT NOT NULL,
	how TEXT NOT NULL,                   -- call mail paper
	given_us BIGINT NOT NULL,
	revoked_us BIGINT NOT NULL,
	recorded_by BIGINT NOT NULL
);
CREATE INDEX incident_consent_by_incident ON incident_consent (incident_id);

-- step 2: consents say until when they hold, who gave them and what was read out

ALTER TABLE incident_consent ADD COLUMN role TEXT NOT NULL DEFAULT '';     -- of who gave it
ALTER TABLE incident_consent ADD COLUMN until TEXT NOT NULL DEFAULT '';    -- today day week case; '' = not recorded
ALTER TABLE incident_consent ADD COLUMN until_us BIGINT NOT NULL DEFAULT 0; -- 0 = until the case closes
ALTER TABLE incident_consent ADD COLUMN words TEXT NOT NULL DEFAULT '';    -- read out by the operator
ALTER TABLE incident_consent ADD COLUMN revoked_by BIGINT;                 -- person
CREATE INDEX incident_consent_by_company ON incident_consent (company_id, given_us);

-- step 3: lines of the story that are not for every reader of the case

-- The roles that may read it (hub.h); 0 = all who read the case.
ALTER TABLE incident_entry ADD COLUMN roles BIGINT NOT NULL DEFAULT 0;

-- step 4: merged and split cases; what was corrected stays readable

ALTER TABLE incident ADD COLUMN merged_into BIGINT NOT NULL DEFAULT 0; -- incident; 0 = none
ALTER TABLE incident ADD COLUMN version BIGINT NOT NULL DEFAULT 1;     -- of what is edited by hand
-- The case that a row came from; NULL = this one.
ALTER TABLE incident_entry ADD COLUMN origin_id BIGINT;
ALTER TABLE incident_device ADD COLUMN origin_id BIGINT;
ALTER TABLE incident_indicator ADD COLUMN origin_id BIGINT;
ALTER TABLE incident_consent ADD COLUMN origin_id BIGINT;
CREATE INDEX incident_by_merged ON incident (merged_into);
-- The statistics leave merged incidents out (state 'merged'), and still read the index alone.
DROP INDEX incident_by_time;
CREATE INDEX incident_by_time ON incident (opened_us, company_id, kind, prefecture,
	n_phone, n_remote, n_visit, minutes, cost_yen, state);

CREATE TABLE incident_merge (
	id @id,
	company_id BIGINT NOT NULL REFERENCES company (id),
	kind TEXT NOT NULL,                  -- merge split
	from_id BIGINT NOT NULL REFERENCES incident (id),
	into_id BIGINT NOT NULL REFERENCES incident (id),
	was_state TEXT NOT NULL,             -- of FROM_ID, when it was merged
	note TEXT NOT NULL,
	made_by BIGINT NOT NULL,             -- person
	made_us BIGINT NOT NULL,
	undone_by BIGINT,
	undone_us BIGINT NOT NULL            -- 0 = it holds
);
CREATE INDEX incident_merge_by_from ON incident_merge (from_id);
CREATE INDEX incident_merge_by_into ON incident_merge (into_id);

-- Which rows went along, so that a merge can be undone.
CREATE TABLE incident_moved (
	merge_id BIGINT NOT NULL REFERENCES incident_merge (id),
	company_id BIGINT NOT NULL,
	tbl TEXT NOT NULL,                   -- struct case_mover
	row_id BIGINT NOT NULL,
	PRIMARY KEY (merge_id, tbl, row_id)
);

-- What was written before it was corrected.
CREATE TABLE incident_was (
	id @id,
	incident_id BIGINT NOT NULL REFERENCES incident (id),
	company_id BIGINT NOT NULL,
	entry_id BIGINT,                     -- NULL: of the incident itself
	field TEXT NOT NULL,
	old_text TEXT NOT NULL,
	new_text TEXT NOT NULL,
	person_id BIGINT NOT NULL,
	changed_us BIGINT NOT NULL
);
CREATE INDEX incident_was_by_incident ON incident_was (incident_id, changed_us);

-- step 5: the states of a device have a history; indicators say how far they may go

-- States: suspected compromised contained clean rebuilt.
CREATE TABLE incident_device_state (
	id @id,
	device_id BIGINT NOT NULL REFERENCES incident_device (id),
	company_id BIGINT NOT NULL,
	state TEXT NOT NULL,
	why TEXT NOT NULL,
	at_us BIGINT NOT NULL,
	person_id BIGINT                     -- NULL = the hub
);
CREATE INDEX incident_device_state_by_device ON incident_device_state (device_id, id);

-- TLP 2.0 (FIRST): clear green amber amber+strict red.
ALTER TABLE incident_indicator ADD COLUMN tlp TEXT NOT NULL DEFAULT 'amber';

-- step 6: what a merge raised comes back when it is undone

-- Of INTO_ID before the merge; -1 = not noted.
ALTER TABLE incident_merge ADD COLUMN into_severity BIGINT NOT NULL DEFAULT -1;
ALTER TABLE incident_merge ADD COLUMN into_happened_us BIGINT NOT NULL DEFAULT -1;
