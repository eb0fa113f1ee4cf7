-- Remote response. Times are microseconds UTC, of the hub unless it says otherwise; 0 = not yet.

-- step 1: orders to sensors, sessions on screens

CREATE TABLE sensor_order (
	id @id,
	company_id BIGINT NOT NULL REFERENCES company (id),
	incident_id BIGINT NOT NULL REFERENCES incident (id),
	sensor_id BIGINT NOT NULL REFERENCES sensor (id),
	type TEXT NOT NULL,                  -- order_type_name(): test list_devices capture isolate ...
	mac TEXT NOT NULL,                   -- of the device; '' = none
	network TEXT NOT NULL,               -- block, unblock
	port BIGINT NOT NULL,
	protocol BIGINT NOT NULL,
	target TEXT NOT NULL,                -- as people know it: device, destination or sensor
	seconds BIGINT NOT NULL,             -- capture: at most
	bytes BIGINT NOT NULL,
	until_us BIGINT NOT NULL,            -- isolate, block: ends by itself then
	expires_us BIGINT NOT NULL,          -- not begun after
	consent_id BIGINT,                   -- incident_consent; NULL = none is needed
	undoes BIGINT,                       -- the order that this one ends
	token TEXT NOT NULL UNIQUE,          -- of the form: a double click is one order
	made_by BIGINT,                      -- person; NULL = the hub
	made_us BIGINT NOT NULL,
	sent_us BIGINT NOT NULL,             -- the sensor has it
	heard_us BIGINT NOT NULL,            -- its first report
	done_us BIGINT NOT NULL,             -- its last
	sensor_us BIGINT NOT NULL,           -- the same by the sensor's clock
	state TEXT NOT NULL,                 -- waiting sent running done refused failed expired cancelled
	reason TEXT NOT NULL,                -- why not: a word of wire/order.h or of response_order.h
	detail TEXT NOT NULL,                -- the sensor's own words
	report_no BIGINT NOT NULL,           -- the newest report that was counted
	in_effect BIGINT NOT NULL,           -- 1 while a device is isolated or a destination blocked
	ended_us BIGINT NOT NULL,            -- of the effect
	figures TEXT NOT NULL,               -- what was measured: lines of name, tab, value
	devices BIGINT NOT NULL,             -- how many it listed
	file_sha256 TEXT NOT NULL,           -- of a capture; '' = none
	file_size BIGINT NOT NULL,
	file_us BIGINT NOT NULL,             -- when it came up
	evidence_id BIGINT                   -- where it is kept then
);
CREATE INDEX sensor_order_by_incident ON sensor_order (incident_id, id);
CREATE INDEX sensor_order_by_company ON sensor_order (company_id, id);
CREATE INDEX sensor_order_by_state ON sensor_order (state, made_us);
CREATE INDEX sensor_order_in_effect ON sensor_order (in_effect, until_us);
CREATE INDEX sensor_order_by_consent ON sensor_order (consent_id);

-- Somebody works on a screen, through another program.
CREATE TABLE screen_session (
	id @id,
	company_id BIGINT NOT NULL REFERENCES company (id),
	incident_id BIGINT NOT NULL REFERENCES incident (id),
	tool TEXT NOT NULL,                  -- meshcentral rustdesk
	device TEXT NOT NULL,                -- as that program knows it
	consent_id BIGINT NOT NULL,
	person_id BIGINT NOT NULL,
	started_us BIGINT NOT NULL,
	ended_us BIGINT NOT NULL,
	minutes BIGINT NOT NULL,
	did TEXT NOT NULL,
	log_name TEXT NOT NULL,
	log TEXT NOT NULL                    -- of that program, as text
);
CREATE INDEX screen_session_by_incident ON screen_session (incident_id, id);

-- step 2: recordings that are not evidence yet are found at once

CREATE INDEX sensor_order_by_file ON sensor_order (evidence_id, file_us);

-- step 3: the company is asked for a consent; the log of a tool, as it was read

CREATE TABLE consent_ask (
	id @id,
	company_id BIGINT NOT NULL REFERENCES company (id),
	incident_id BIGINT NOT NULL REFERENCES incident (id),
	what TEXT NOT NULL,                  -- cases_consent_uses(), a blank between
	until TEXT NOT NULL,                 -- cases_consent_untils(): how long it shall hold
	devices TEXT NOT NULL,               -- which, in words; '' = not said
	why TEXT NOT NULL,
	asked_by BIGINT NOT NULL,
	asked_us BIGINT NOT NULL,
	expires_us BIGINT NOT NULL,          -- not answered by then: over
	state TEXT NOT NULL,                 -- open given refused withdrawn expired
	answered_by BIGINT NOT NULL,         -- person; 0 = the hub or nobody
	answered_name TEXT NOT NULL,
	answered_us BIGINT NOT NULL,
	said TEXT NOT NULL,
	consent_id BIGINT NOT NULL           -- incident_consent; 0 = none
);
CREATE INDEX consent_ask_by_incident ON consent_ask (incident_id, id);
CREATE INDEX consent_ask_by_company ON consent_ask (company_id, state);
CREATE INDEX consent_ask_by_state ON consent_ask (state, expires_us);

CREATE TABLE consent_ask_mail (
	id @id,
	ask_id BIGINT NOT NULL REFERENCES consent_ask (id),
	company_id BIGINT NOT NULL,
	name TEXT NOT NULL,
	mail TEXT NOT NULL,
	lang TEXT NOT NULL,                  -- ja en
	state TEXT NOT NULL,                 -- queued sent failed
	attempts BIGINT NOT NULL,
	next_us BIGINT NOT NULL,
	error TEXT NOT NULL
);
CREATE INDEX consent_ask_mail_by_state ON consent_ask_mail (state, next_us);
CREATE INDEX consent_ask_mail_by_ask ON consent_ask_mail (ask_id);
ALTER TABLE screen_session ADD COLUMN evidence_id BIGINT NOT NULL DEFAULT 0; -- the log as it came
