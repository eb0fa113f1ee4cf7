-- Related: what was seen in which company, who else to call, links, tags. Times are microseconds UTC.

-- step 1: sightings, traits of cases, calls to make, links, tags

-- A trait (a domain, an address, a fingerprint) by a keyed hash, and a company where findings met it
-- in the last 90 days. Written at most once a day and severity for each pair: DAYS counts days.
CREATE TABLE sighting (
	trait BIGINT NOT NULL,
	company_id BIGINT NOT NULL,
	kind BIGINT NOT NULL,                -- enum trait_kind
	first_us BIGINT NOT NULL,
	last_us BIGINT NOT NULL,
	last_day BIGINT NOT NULL,            -- days since 1970
	days BIGINT NOT NULL,
	severity BIGINT NOT NULL,            -- the highest
	detector TEXT NOT NULL,              -- of the newest
	device TEXT NOT NULL,                -- what kind of device, for the newest; '' unknown
	PRIMARY KEY (trait, company_id)
);
CREATE INDEX sighting_by_day ON sighting (last_day);

-- The key of the hash; one row.
CREATE TABLE sighting_key (
	id BIGINT PRIMARY KEY,
	secret @blob NOT NULL
);

-- What a case names.
CREATE TABLE case_trait (
	id @id,
	incident_id BIGINT NOT NULL REFERENCES incident (id),
	company_id BIGINT NOT NULL,
	trait BIGINT NOT NULL,
	kind BIGINT NOT NULL,
	value TEXT NOT NULL,                 -- as people read it
	spread BIGINT NOT NULL,              -- companies that saw it, when last counted
	UNIQUE (incident_id, trait)
);
CREATE INDEX case_trait_by_trait ON case_trait (trait, incident_id);

-- How far the job has read incident_indicator and incident_device.
CREATE TABLE case_trait_mark (
	name TEXT PRIMARY KEY,               -- indicator device
	last_id BIGINT NOT NULL
);

-- Another company that met what a case names, and whether somebody called there.
CREATE TABLE who_else (
	id @id,
	incident_id BIGINT NOT NULL REFERENCES incident (id),
	company_id BIGINT NOT NULL REFERENCES company (id), -- the other one
	trait BIGINT NOT NULL,
	state TEXT NOT NULL,                 -- new called not_needed
	made_us BIGINT NOT NULL,
	done_by BIGINT,
	done_us BIGINT NOT NULL,
	why TEXT NOT NULL,                   -- not needed, because
	new_case_id BIGINT,                  -- opened by the call
	UNIQUE (incident_id, company_id)
);
CREATE INDEX who_else_by_state ON who_else (state, made_us);
CREATE INDEX who_else_by_company ON who_else (company_id);

-- Two cases that have to do with each other; they stay apart.
CREATE TABLE case_tie (
	id @id,
	company_id BIGINT NOT NULL,          -- of INCIDENT_ID
	incident_id BIGINT NOT NULL REFERENCES incident (id),
	other_company_id BIGINT NOT NULL,
	other_id BIGINT NOT NULL REFERENCES incident (id),
	kind TEXT NOT NULL,                  -- related duplicate_of caused_by same_campaign
	note TEXT NOT NULL,
	made_by BIGINT NOT NULL,
	made_us BIGINT NOT NULL,
	UNIQUE (incident_id, other_id, kind)
);
CREATE INDEX case_tie_by_other ON case_tie (other_id);

CREATE TABLE case_tag (
	id @id,
	incident_id BIGINT NOT NULL REFERENCES incident (id),
	company_id BIGINT NOT NULL,
	tag TEXT NOT NULL,
	made_by BIGINT NOT NULL,
	made_us BIGINT NOT NULL,
	UNIQUE (incident_id, tag)
);
