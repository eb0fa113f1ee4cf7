-- Exports and imports: what left the hub, for whom and why; what came in from elsewhere.

-- step 1: exports told of, things imported, files that wait for the word "import"

CREATE TABLE export_log (
	id @id,
	company_id BIGINT NOT NULL REFERENCES company (id),
	incident_id BIGINT,                  -- NULL: several cases of the company in one file
	kind TEXT NOT NULL,                  -- exports_kinds.c
	cases BIGINT NOT NULL,               -- of the company, in this file
	named BIGINT NOT NULL,               -- 1: names of company and people were in it
	hidden BIGINT NOT NULL,              -- things that were left out
	sent_to TEXT NOT NULL,               -- a person's words
	purpose TEXT NOT NULL,
	person_id BIGINT NOT NULL,
	org_id BIGINT NOT NULL,              -- for which organisation
	at_us BIGINT NOT NULL
);
CREATE INDEX export_log_by_company ON export_log (company_id, at_us);
CREATE INDEX export_log_by_incident ON export_log (incident_id, at_us);

CREATE TABLE import_key (
	id @id,
	company_id BIGINT NOT NULL REFERENCES company (id),
	incident_id BIGINT NOT NULL REFERENCES incident (id),
	system TEXT NOT NULL,                -- thehive iris history
	source TEXT NOT NULL,
	source_ref TEXT NOT NULL,
	person_id BIGINT NOT NULL,
	at_us BIGINT NOT NULL,
	UNIQUE (system, source, source_ref, company_id)
);
CREATE INDEX import_key_by_incident ON import_key (incident_id);

-- What other systems call our companies: learnt from calls that say both.
CREATE TABLE import_customer (
	system TEXT NOT NULL,
	source TEXT NOT NULL,
	customer TEXT NOT NULL,
	company_id BIGINT NOT NULL REFERENCES company (id),
	PRIMARY KEY (system, source, customer)
);

CREATE TABLE import_history_draft (
	token TEXT PRIMARY KEY,
	person_id BIGINT NOT NULL,
	file_name TEXT NOT NULL,
	body @blob NOT NULL,
	created_us BIGINT NOT NULL
);
