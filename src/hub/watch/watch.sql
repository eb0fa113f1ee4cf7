-- Watch: findings become alerts, alerts are told to the company, silence has a reason and an end.
-- Times are microseconds UTC; 0 = not yet.

-- step 1: alerts, mutes, notices, roll-ups

-- One alert per company, device and story. While it is open its open_key is unique; when it ends the
-- key becomes NULL, and the same story may open another one.
CREATE TABLE alert (
	id @id,
	company_id BIGINT NOT NULL REFERENCES company (id),
	sensor_id BIGINT NOT NULL,
	detector TEXT NOT NULL,
	story TEXT NOT NULL,
	device_mac TEXT NOT NULL,            -- '' unknown
	device_address TEXT NOT NULL,
	device_name TEXT NOT NULL,           -- as known when it opened
	open_key TEXT UNIQUE,
	state TEXT NOT NULL,                 -- new accepted muted case closed
	severity BIGINT NOT NULL,            -- 0 info .. 4 critical, the highest so far
	confidence BIGINT NOT NULL,          -- thousandths, the highest so far
	findings BIGINT NOT NULL,
	things BIGINT NOT NULL,              -- connections, packets or names behind the findings
	first_us BIGINT NOT NULL,
	last_us BIGINT NOT NULL,
	opened_us BIGINT NOT NULL,           -- when the hub opened it
	changed_us BIGINT NOT NULL,
	peers TEXT NOT NULL,                 -- one a line
	names TEXT NOT NULL,                 -- one a line
	body @blob NOT NULL,                 -- the newest Finding of wire/otasuke.proto: the evidence
	mute_id BIGINT,
	case_id BIGINT,
	accepted_by BIGINT,
	accepted_us BIGINT NOT NULL,
	ended_by BIGINT,
	ended_us BIGINT NOT NULL,
	ended_why TEXT NOT NULL
);
-- For who sees many companies, and for who sees few.
CREATE INDEX alert_by_state ON alert (state, last_us, company_id, severity);
CREATE INDEX alert_by_company ON alert (company_id, state, last_us, severity);
CREATE INDEX alert_by_case ON alert (case_id);
CREATE INDEX alert_by_time ON alert (last_us, company_id);

-- What shall stay quiet, until when, and why. '' = any.
CREATE TABLE mute (
	id @id,
	company_id BIGINT NOT NULL REFERENCES company (id),
	detector TEXT NOT NULL,
	device_mac TEXT NOT NULL,
	peer TEXT NOT NULL,                  -- address or network
	port BIGINT NOT NULL,                -- of the peer; 0 = any
	name TEXT NOT NULL,                  -- domain; its sub-domains too
	until_us BIGINT NOT NULL,
	reason TEXT NOT NULL,
	made_by BIGINT NOT NULL,             -- person
	made_us BIGINT NOT NULL,
	ended_by BIGINT,
	ended_us BIGINT NOT NULL,            -- ended by hand
	hits BIGINT NOT NULL                 -- findings it kept quiet
);
CREATE INDEX mute_by_company ON mute (company_id, until_us);

-- What a mute has kept quiet on a sensor already, as the sensor last said.
CREATE TABLE mute_hit (
	mute_id BIGINT NOT NULL REFERENCES mute (id),
	sensor_id BIGINT NOT NULL,
	company_id BIGINT NOT NULL,
	hits BIGINT NOT NULL,
	last_us BIGINT NOT NULL,
	PRIMARY KEY (mute_id, sensor_id)
);

-- One attempt to tell a person of the company about an alert.
CREATE TABLE notice (
	id @id,
	company_id BIGINT NOT NULL REFERENCES company (id),
	alert_id BIGINT NOT NULL REFERENCES alert (id),
	contact_id BIGINT NOT NULL,
	contact_name TEXT NOT NULL,          -- as it was then
	target TEXT NOT NULL,                -- the mail address or telephone number used
	lang TEXT NOT NULL,
	state TEXT NOT NULL,                 -- queued sent read call called obsolete
	token_sha256 TEXT NOT NULL UNIQUE,   -- hex; the token itself is only in the mail
	queued_us BIGINT NOT NULL,
	next_try_us BIGINT NOT NULL,
	attempts BIGINT NOT NULL,
	error TEXT NOT NULL,                 -- why the last attempt failed
	sent_us BIGINT NOT NULL,
	opened_us BIGINT NOT NULL,           -- the link was opened (a mail filter may do that)
	read_us BIGINT NOT NULL,             -- the person pressed the button
	call_due_us BIGINT NOT NULL,         -- from then on it is a call to make
	called_us BIGINT NOT NULL,
	called_by BIGINT,
	outcome TEXT NOT NULL                -- reached not_reached
);
CREATE INDEX notice_by_state ON notice (state, next_try_us);
CREATE INDEX notice_by_alert ON notice (alert_id);
CREATE INDEX notice_by_company ON notice (company_id, state);

-- Traffic of a device, rolled up from five minutes to hours and days.
CREATE TABLE traffic_hour (
	company_id BIGINT NOT NULL,
	sensor_id BIGINT NOT NULL,
	mac TEXT NOT NULL,
	start_us BIGINT NOT NULL,
	bytes_in BIGINT NOT NULL,
	bytes_out BIGINT NOT NULL,
	packets BIGINT NOT NULL,
	flows BIGINT NOT NULL,
	flows_failed BIGINT NOT NULL,
	dns_queries BIGINT NOT NULL,
	dns_nxdomain BIGINT NOT NULL,
	peers BIGINT NOT NULL,               -- the most in five minutes
	PRIMARY KEY (company_id, start_us, sensor_id, mac)
);
CREATE INDEX traffic_hour_by_time ON traffic_hour (start_us);

CREATE TABLE traffic_day (
	company_id BIGINT NOT NULL,
	sensor_id BIGINT NOT NULL,
	mac TEXT NOT NULL,
	start_us BIGINT NOT NULL,            -- midnight of the region's zone
	bytes_in BIGINT NOT NULL,
	bytes_out BIGINT NOT NULL,
	packets BIGINT NOT NULL,
	flows BIGINT NOT NULL,
	flows_failed BIGINT NOT NULL,
	dns_queries BIGINT NOT NULL,
	dns_nxdomain BIGINT NOT NULL,
	peers BIGINT NOT NULL,
	PRIMARY KEY (company_id, start_us, sensor_id, mac)
);
CREATE INDEX traffic_day_by_time ON traffic_day (start_us);

-- Up to where each roll-up has come.
CREATE TABLE rollup (
	name TEXT PRIMARY KEY,               -- hour day
	done_us BIGINT NOT NULL
);
