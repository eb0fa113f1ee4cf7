-- Intel: what others publish as harmful, who says so, where it was met, and what was found wrong in it.
-- Times are microseconds UTC; 0 = not yet. Kinds of indicators: enum indicator_kind (wire/indicator).

-- step 1: feeds, indicators, hits, verdicts, bundles

CREATE TABLE intel_feed (
	id @id,
	name TEXT NOT NULL UNIQUE,
	role TEXT NOT NULL,                  -- bad, good: lists of what is known to be harmless
	way TEXT NOT NULL,                   -- upload folder url hand built_in
	place TEXT NOT NULL,                 -- folder or address; ''
	source TEXT NOT NULL,                -- who publishes it
	licence TEXT NOT NULL,               -- what may be done with it
	format TEXT NOT NULL,                -- '' = looks by itself
	tlp TEXT NOT NULL,                   -- clear green amber amber+strict red
	confidence BIGINT NOT NULL,          -- percent
	enabled BIGINT NOT NULL,
	every_s BIGINT NOT NULL,             -- folder, url: how often
	made_by BIGINT NOT NULL,
	made_us BIGINT NOT NULL,
	indicators BIGINT NOT NULL,
	bad_lines BIGINT NOT NULL,           -- of the last import
	imported_us BIGINT NOT NULL,         -- the last import that went well
	tried_us BIGINT NOT NULL,            -- the last attempt to fetch
	due_us BIGINT NOT NULL,              -- the next one
	etag TEXT NOT NULL,
	modified TEXT NOT NULL,
	digest TEXT NOT NULL,                -- SHA-256 of what was imported last
	error_code BIGINT NOT NULL,          -- why the last attempt failed (base/err.h); 0 = it did not
	error TEXT NOT NULL                  -- the same in words
);

-- One row for each feed that names it.
CREATE TABLE intel_indicator (
	id @id,
	feed_id BIGINT NOT NULL,
	kind BIGINT NOT NULL,
	value TEXT NOT NULL,                 -- normal form
	label TEXT NOT NULL,
	tlp TEXT NOT NULL,                   -- '' = as its feed; own entries say it each
	since_us BIGINT NOT NULL,
	UNIQUE (value, kind, feed_id)
);
CREATE INDEX intel_indicator_by_feed ON intel_indicator (feed_id, id);

-- A feed of known-good things is kept as it came.
CREATE TABLE intel_good_file (
	id @id,
	feed_id BIGINT NOT NULL REFERENCES intel_feed (id),
	name TEXT NOT NULL,
	entries BIGINT NOT NULL,
	body @blob NOT NULL,
	UNIQUE (feed_id, name)
);

-- Files of people who looked at what an import would do.
CREATE TABLE intel_draft (
	token TEXT PRIMARY KEY,
	feed_id BIGINT NOT NULL,
	person_id BIGINT NOT NULL,
	file_name TEXT NOT NULL,
	created_us BIGINT NOT NULL,
	body @blob NOT NULL
);

-- What a company's device did with an indicator of a feed: findings of known_bad that name it.
CREATE TABLE intel_hit (
	feed_id BIGINT NOT NULL,
	value TEXT NOT NULL,
	kind BIGINT NOT NULL,
	company_id BIGINT NOT NULL REFERENCES company (id),
	device_mac TEXT NOT NULL,
	findings BIGINT NOT NULL,
	first_us BIGINT NOT NULL,
	last_us BIGINT NOT NULL,
	PRIMARY KEY (feed_id, value, kind, company_id, device_mac)
);
CREATE INDEX intel_hit_by_value ON intel_hit (value, kind, company_id);

-- "This indicator is wrong."
CREATE TABLE intel_verdict (
	id @id,
	company_id BIGINT NOT NULL REFERENCES company (id), -- where it was met
	region BIGINT NOT NULL,              -- 1 = wrong for everybody, 0 = for that company alone
	kind BIGINT NOT NULL,
	value TEXT NOT NULL,
	reason TEXT NOT NULL,
	alert_id BIGINT NOT NULL,
	made_by BIGINT NOT NULL,
	made_us BIGINT NOT NULL,
	ended_by BIGINT,
	ended_us BIGINT NOT NULL
);
CREATE INDEX intel_verdict_by_value ON intel_verdict (value, kind, company_id);
CREATE INDEX intel_verdict_by_company ON intel_verdict (company_id, ended_us);

CREATE TABLE intel_bundle (
	id @id,                              -- its number
	sha256 TEXT NOT NULL,                -- of its bytes, in hex: the name of the blob
	digest TEXT NOT NULL,                -- of its content, whenever it was made
	bytes BIGINT NOT NULL,
	indicators BIGINT NOT NULL,
	held BIGINT NOT NULL,
	made_us BIGINT NOT NULL
);
CREATE TABLE intel_bundle_kind (
	bundle_id BIGINT NOT NULL REFERENCES intel_bundle (id),
	kind BIGINT NOT NULL,
	n BIGINT NOT NULL,
	PRIMARY KEY (bundle_id, kind)
);

-- The bundle that each sensor was last given, and the company's exceptions with it.
CREATE TABLE intel_sent (
	sensor_id BIGINT PRIMARY KEY REFERENCES sensor (id),
	company_id BIGINT NOT NULL,
	bundle_id BIGINT NOT NULL,
	digest TEXT NOT NULL,                -- of the item's body
	sent_us BIGINT NOT NULL,
	expires_us BIGINT NOT NULL
);

-- What the newest bundle leaves out.
CREATE TABLE intel_held (
	feed_id BIGINT NOT NULL,
	kind BIGINT NOT NULL,
	value TEXT NOT NULL,
	why TEXT NOT NULL,                   -- good verdict
	PRIMARY KEY (feed_id, value, kind)
);

CREATE TABLE intel_state (
	name TEXT PRIMARY KEY,               -- changed packed
	at_us BIGINT NOT NULL
);
