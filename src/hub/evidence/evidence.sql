-- Evidence: files and things of a case, who had them in hand, countermeasures, time and cost. Times
-- are microseconds UTC; 0 = not yet.

-- step 1: files, items, custody, countermeasures, costs

-- Bytes that are kept, by what they are. The same bytes are kept once, whoever brought them.
CREATE TABLE evidence_blob (
	sha256 TEXT PRIMARY KEY,             -- and name of the file
	size_bytes BIGINT NOT NULL,
	stored_us BIGINT NOT NULL,
	checked_us BIGINT NOT NULL,          -- last hashed again
	result TEXT NOT NULL,                -- of that: '' matches differs missing
	packets TEXT NOT NULL,               -- table of its packets: '' none, wanted, done, failed
	packets_note TEXT NOT NULL           -- why it failed
);
CREATE INDEX evidence_blob_by_check ON evidence_blob (checked_us);
CREATE INDEX evidence_blob_by_packets ON evidence_blob (packets);

CREATE TABLE evidence_item (
	id @id,
	incident_id BIGINT NOT NULL REFERENCES incident (id),
	company_id BIGINT NOT NULL,
	no BIGINT NOT NULL,                  -- 1, 2, ... of its company: it may go to another case
	kind TEXT NOT NULL,                  -- file computer disk phone paper other
	name TEXT NOT NULL,                  -- as its giver calls it: data, never a path
	note TEXT NOT NULL,
	source TEXT NOT NULL,                -- upload portal sensor mail hand
	state TEXT NOT NULL,                 -- kept held returned destroyed
	sha256 TEXT NOT NULL,                -- '' = not known
	size_bytes BIGINT NOT NULL,          -- -1 = not a file
	media TEXT NOT NULL,                 -- packets, ''
	dangerous BIGINT NOT NULL,
	holder TEXT NOT NULL,
	seal TEXT NOT NULL,
	place TEXT NOT NULL,
	taken_us BIGINT NOT NULL,
	added_us BIGINT NOT NULL,
	added_by BIGINT,                     -- NULL = the hub
	checked_us BIGINT NOT NULL,
	result TEXT NOT NULL,                -- '' matches differs missing
	n_custody BIGINT NOT NULL,           -- lines of its chain
	head_hash TEXT NOT NULL,             -- of the newest one
	UNIQUE (company_id, no)
);
CREATE INDEX evidence_item_by_incident ON evidence_item (incident_id, no);
CREATE INDEX evidence_item_by_hash ON evidence_item (sha256, state);
CREATE INDEX evidence_item_by_result ON evidence_item (result, company_id);

-- Who had it in hand. Rows are only ever added; each one's hash covers it and the one before.
CREATE TABLE evidence_custody (
	id @id,
	item_id BIGINT NOT NULL REFERENCES evidence_item (id),
	company_id BIGINT NOT NULL,
	seq BIGINT NOT NULL,
	kind TEXT NOT NULL,                  -- received viewed downloaded handed returned destroyed verified noted
	at_us BIGINT NOT NULL,
	recorded_us BIGINT NOT NULL,
	person_id BIGINT,                    -- who recorded it; NULL = the hub
	person_name TEXT NOT NULL,           -- as it was then
	from_text TEXT NOT NULL,
	to_text TEXT NOT NULL,
	why TEXT NOT NULL,
	seal TEXT NOT NULL,
	sha256 TEXT NOT NULL,
	result TEXT NOT NULL,
	prev_hash TEXT NOT NULL,
	hash TEXT NOT NULL,
	UNIQUE (item_id, seq)
);

CREATE TABLE evidence_measure (
	id @id,
	incident_id BIGINT NOT NULL REFERENCES incident (id),
	company_id BIGINT NOT NULL,
	kind TEXT NOT NULL,                  -- firewall block password mute isolate patch other
	what TEXT NOT NULL,
	target TEXT NOT NULL,
	person_id BIGINT,
	from_us BIGINT NOT NULL,
	until_us BIGINT NOT NULL,            -- 0 = for good
	ended_us BIGINT NOT NULL,
	ended_by BIGINT,
	ended_why TEXT NOT NULL,
	version BIGINT NOT NULL
);
CREATE INDEX evidence_measure_by_incident ON evidence_measure (incident_id);
CREATE INDEX evidence_measure_by_end ON evidence_measure (ended_us, until_us, company_id);

-- Time and cost beside the actions; a line is never changed, only voided.
CREATE TABLE evidence_cost (
	id @id,
	incident_id BIGINT NOT NULL REFERENCES incident (id),
	company_id BIGINT NOT NULL,
	at_us BIGINT NOT NULL,
	category TEXT NOT NULL,              -- labour travel parts forensics restoration lost_business notification legal other
	what TEXT NOT NULL,
	who TEXT NOT NULL,
	quantity_milli BIGINT NOT NULL,
	unit TEXT NOT NULL,
	unit_yen BIGINT NOT NULL,
	yen BIGINT NOT NULL,
	minutes BIGINT NOT NULL,
	billable BIGINT NOT NULL,
	claimable BIGINT NOT NULL,
	item_id BIGINT,                      -- the receipt
	recorded_us BIGINT NOT NULL,
	recorded_by BIGINT,
	voided_us BIGINT NOT NULL,
	voided_by BIGINT,
	voided_why TEXT NOT NULL
);
CREATE INDEX evidence_cost_by_incident ON evidence_cost (incident_id);

-- step 2: how far a file may go; countermeasures that follow an order

ALTER TABLE evidence_item ADD COLUMN tlp TEXT NOT NULL DEFAULT 'amber'; -- clear green amber amber+strict red
ALTER TABLE evidence_measure ADD COLUMN ref_id BIGINT NOT NULL DEFAULT 0; -- of the order that it is; 0 = by hand
CREATE INDEX evidence_measure_by_ref ON evidence_measure (ref_id);
