-- Fleet: sensors, what they last said, what they watched, and what they found.

-- step 1: sensors, one-time codes, findings, devices, traffic, watched time

CREATE TABLE sensor (
	id @id,
	company_id BIGINT NOT NULL REFERENCES company (id),
	site_id BIGINT REFERENCES site (id),
	name TEXT NOT NULL,
	state TEXT NOT NULL,                 -- enrolled revoked
	light TEXT NOT NULL,                 -- green amber red grey, as last told to open pages
	cert_sha256 TEXT NOT NULL UNIQUE,    -- hex, of the DER certificate
	cert_expires_us BIGINT NOT NULL,
	version TEXT NOT NULL,
	hardware TEXT NOT NULL,
	enrolled_us BIGINT NOT NULL,
	revoked_us BIGINT NOT NULL,          -- 0 = not revoked
	revoked_why TEXT NOT NULL,
	heard_us BIGINT NOT NULL,            -- when anything last arrived; 0 = never
	beat_us BIGINT NOT NULL,             -- the sensor's clock in its newest heartbeat; 0 = none
	capture_up BIGINT NOT NULL,
	capture_text TEXT NOT NULL,
	uptime_s BIGINT NOT NULL,
	packets BIGINT NOT NULL,
	packets_dropped BIGINT NOT NULL,
	flows_dropped BIGINT NOT NULL,
	spool_bytes BIGINT NOT NULL,
	spool_quota BIGINT NOT NULL,
	spool_dropped BIGINT NOT NULL,
	rss_bytes BIGINT NOT NULL,
	problems TEXT NOT NULL,              -- one a line
	devices_left_out BIGINT NOT NULL,    -- beyond the limit of a company
	records BIGINT NOT NULL DEFAULT 0,   -- lines of other programs that it has read
	records_unknown BIGINT NOT NULL DEFAULT 0,
	records_dropped BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX sensor_by_company ON sensor (company_id, site_id);

CREATE TABLE enrol_code (
	id @id,
	company_id BIGINT NOT NULL REFERENCES company (id),
	site_id BIGINT REFERENCES site (id),
	code_sha256 TEXT NOT NULL UNIQUE,    -- hex; the code itself is shown once and kept nowhere
	sensor_name TEXT NOT NULL,
	made_by BIGINT NOT NULL,             -- person
	made_us BIGINT NOT NULL,
	expires_us BIGINT NOT NULL,
	used_us BIGINT NOT NULL,             -- 0 = not used
	sensor_id BIGINT                     -- what it made
);
CREATE INDEX enrol_code_by_company ON enrol_code (company_id);

-- What the hub has acknowledged to a sensor.
CREATE TABLE sensor_sequence (
	sensor_id BIGINT PRIMARY KEY REFERENCES sensor (id),
	company_id BIGINT NOT NULL,
	acknowledged BIGINT NOT NULL
);

CREATE TABLE finding (
	sensor_id BIGINT NOT NULL,
	sequence BIGINT NOT NULL,
	company_id BIGINT NOT NULL,
	detector TEXT NOT NULL,
	story TEXT NOT NULL,
	severity BIGINT NOT NULL,            -- 0 info .. 4 critical
	confidence BIGINT NOT NULL,          -- thousandths
	device_mac TEXT NOT NULL,            -- '' unknown
	device_address TEXT NOT NULL,
	first_us BIGINT NOT NULL,
	last_us BIGINT NOT NULL,
	received_us BIGINT NOT NULL,
	body @blob NOT NULL,                 -- the Finding of wire/otasuke.proto
	PRIMARY KEY (sensor_id, sequence)
);
CREATE INDEX finding_by_story ON finding (company_id, story, device_mac);

CREATE TABLE device (
	id @id,
	company_id BIGINT NOT NULL REFERENCES company (id),
	sensor_id BIGINT NOT NULL,
	mac TEXT NOT NULL,
	given_name TEXT NOT NULL,            -- what people call it; '' = nobody named it
	hostname TEXT NOT NULL,
	vendor TEXT NOT NULL,
	addresses TEXT NOT NULL,             -- blank-separated, newest first
	dhcp_fingerprint TEXT NOT NULL,
	dhcp_class TEXT NOT NULL,
	dhcp6_fingerprint TEXT NOT NULL,
	random_mac BIGINT NOT NULL,
	is_gateway BIGINT NOT NULL,
	devices_behind BIGINT NOT NULL,
	first_seen_us BIGINT NOT NULL,
	last_seen_us BIGINT NOT NULL,
	UNIQUE (company_id, mac)
);

-- Five minutes of one device, as the sensor told it; SEQUENCE is its record.
CREATE TABLE traffic (
	sensor_id BIGINT NOT NULL,
	sequence BIGINT NOT NULL,
	mac TEXT NOT NULL,
	address TEXT NOT NULL,
	company_id BIGINT NOT NULL,
	start_us BIGINT NOT NULL,
	length_us BIGINT NOT NULL,
	bytes_in BIGINT NOT NULL,
	bytes_out BIGINT NOT NULL,
	packets BIGINT NOT NULL,
	flows BIGINT NOT NULL,
	flows_failed BIGINT NOT NULL,
	dns_queries BIGINT NOT NULL,
	dns_nxdomain BIGINT NOT NULL,
	peers BIGINT NOT NULL,
	PRIMARY KEY (sensor_id, sequence, mac, address)
);
CREATE INDEX traffic_by_time ON traffic (start_us, company_id);

-- Heartbeats, thinned to five minutes: the worst or highest of each figure.
CREATE TABLE heartbeat (
	sensor_id BIGINT NOT NULL,
	start_us BIGINT NOT NULL,
	company_id BIGINT NOT NULL,
	beats_us BIGINT NOT NULL,            -- the newest heartbeat within
	capture_up BIGINT NOT NULL,
	packets BIGINT NOT NULL,
	packets_dropped BIGINT NOT NULL,
	spool_bytes BIGINT NOT NULL,
	rss_bytes BIGINT NOT NULL,
	PRIMARY KEY (sensor_id, start_us)
);

-- Time proven watched, merged: rows of one sensor never touch. What lies between is a gap.
CREATE TABLE watched (
	sensor_id BIGINT NOT NULL,
	from_us BIGINT NOT NULL,
	to_us BIGINT NOT NULL,
	company_id BIGINT NOT NULL,
	PRIMARY KEY (sensor_id, from_us)
);
CREATE INDEX watched_by_company ON watched (company_id, to_us);

-- Why a sensor said that its capture was down: the reason shown beside a gap.
CREATE TABLE capture_down (
	sensor_id BIGINT NOT NULL,
	from_us BIGINT NOT NULL,
	to_us BIGINT NOT NULL,
	company_id BIGINT NOT NULL,
	reason TEXT NOT NULL,
	PRIMARY KEY (sensor_id, from_us)
);

-- step 2: items for sensors, and the blobs that they name

-- The highest item number that a sensor was given, and the key by which it checks what the hub signs.
CREATE TABLE sensor_item (
	sensor_id BIGINT PRIMARY KEY REFERENCES sensor (id),
	company_id BIGINT NOT NULL,
	sequence BIGINT NOT NULL,
	item_key TEXT NOT NULL               -- hex; '' = enrolled before the hub signed anything
);

CREATE TABLE item (
	sensor_id BIGINT NOT NULL REFERENCES sensor (id),
	sequence BIGINT NOT NULL,
	company_id BIGINT NOT NULL,
	kind TEXT NOT NULL,
	replace_key TEXT NOT NULL,           -- '' = replaces nothing
	body @blob NOT NULL,
	blob_sha256 TEXT NOT NULL,           -- hex; '' = needs none
	blob_size BIGINT NOT NULL,
	made_us BIGINT NOT NULL,
	expires_us BIGINT NOT NULL,
	state TEXT NOT NULL,                 -- waiting delivered applied refused superseded expired
	newest BIGINT NOT NULL,              -- 1 until another of the same kind and replace key comes
	delivered_us BIGINT NOT NULL,        -- 0 = not yet
	done_us BIGINT NOT NULL,             -- applied or refused, by the sensor's clock; 0 = not yet
	reason TEXT NOT NULL,                -- why refused, in the sensor's words
	PRIMARY KEY (sensor_id, sequence)
);
CREATE INDEX item_by_state ON item (state, sensor_id);
CREATE INDEX item_by_blob ON item (blob_sha256);

-- Large contents, once each, by their hash; in parts, so that none is ever read as a whole.
CREATE TABLE parcel (
	sha256 TEXT PRIMARY KEY,
	size BIGINT NOT NULL,
	made_us BIGINT NOT NULL
);
CREATE TABLE parcel_part (
	sha256 TEXT NOT NULL REFERENCES parcel (sha256),
	at BIGINT NOT NULL,                  -- offset of its first byte
	body @blob NOT NULL,
	PRIMARY KEY (sha256, at)
);

-- step 3: orders to sensors, what they report of them, files that they bring

-- Traffic goes through the sensor and it can hold devices back; why not, although it is set up to.
ALTER TABLE sensor ADD COLUMN inline_box BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sensor ADD COLUMN inline_text TEXT NOT NULL DEFAULT '';
ALTER TABLE sensor ADD COLUMN isolated BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sensor ADD COLUMN blocked BIGINT NOT NULL DEFAULT 0;

-- An order that was given; ITEM is the sequence of what carried it.
CREATE TABLE fleet_order (
	sensor_id BIGINT NOT NULL REFERENCES sensor (id),
	item BIGINT NOT NULL,
	company_id BIGINT NOT NULL,
	order_id BIGINT NOT NULL,            -- of the feature that gave it
	type TEXT NOT NULL,
	made_us BIGINT NOT NULL,
	bytes_max BIGINT NOT NULL,           -- of a file that it brings
	file_sha256 TEXT NOT NULL,           -- hex; '' = none yet
	file_size BIGINT NOT NULL,
	file_state TEXT NOT NULL,            -- '' coming here taken gone
	file_us BIGINT NOT NULL,             -- when it was here
	PRIMARY KEY (sensor_id, item)
);
CREATE INDEX fleet_order_by_id ON fleet_order (sensor_id, order_id);
CREATE INDEX fleet_order_by_file ON fleet_order (file_state);

-- What sensors have reported, each once.
CREATE TABLE fleet_order_report (
	sensor_id BIGINT NOT NULL,
	item BIGINT NOT NULL,
	number BIGINT NOT NULL,
	company_id BIGINT NOT NULL,
	order_id BIGINT NOT NULL,
	state TEXT NOT NULL,
	reason TEXT NOT NULL,
	at_us BIGINT NOT NULL,
	received_us BIGINT NOT NULL,
	PRIMARY KEY (sensor_id, item, number)
);

-- step 4: what people of the company say of a device

ALTER TABLE device ADD COLUMN given_kind TEXT NOT NULL DEFAULT ''; -- fleet_device_kinds; '' = nobody said
ALTER TABLE device ADD COLUMN ours TEXT NOT NULL DEFAULT '';       -- yes no (nobody knows it) ''
