-- step 1: organisations, people, memberships
CREATE TABLE organisation (
	id @id,
	kind TEXT NOT NULL,
	name TEXT NOT NULL,
	kana TEXT NOT NULL,
	phone TEXT NOT NULL,
	mail TEXT NOT NULL,
	member_company_id BIGINT,
	active BIGINT NOT NULL,
	created_us BIGINT NOT NULL
);
CREATE INDEX organisation_kind ON organisation (kind, name);
CREATE UNIQUE INDEX organisation_member_company ON organisation (member_company_id);

CREATE TABLE person (
	id @id,
	login TEXT NOT NULL UNIQUE,
	name TEXT NOT NULL,
	kana TEXT NOT NULL,
	mail TEXT NOT NULL,
	phone TEXT NOT NULL,
	lang TEXT NOT NULL,
	password TEXT NOT NULL,
	password_until_us BIGINT NOT NULL,
	totp_secret TEXT NOT NULL,
	totp_on BIGINT NOT NULL,
	totp_last_step BIGINT NOT NULL,
	active BIGINT NOT NULL,
	created_us BIGINT NOT NULL
);

CREATE TABLE membership (
	person_id BIGINT NOT NULL REFERENCES person (id),
	org_id BIGINT NOT NULL REFERENCES organisation (id),
	roles BIGINT NOT NULL,
	PRIMARY KEY (person_id, org_id)
);
CREATE INDEX membership_org ON membership (org_id);

-- step 2: logging in
CREATE TABLE session (
	id @id,
	token_hash TEXT NOT NULL UNIQUE,
	csrf TEXT NOT NULL,
	person_id BIGINT NOT NULL REFERENCES person (id),
	created_us BIGINT NOT NULL,
	seen_us BIGINT NOT NULL,
	expires_us BIGINT NOT NULL,
	mfa BIGINT NOT NULL,
	address TEXT NOT NULL,
	agent TEXT NOT NULL
);
CREATE INDEX session_person ON session (person_id);
CREATE INDEX session_expires ON session (expires_us);

CREATE TABLE recovery_code (
	person_id BIGINT NOT NULL REFERENCES person (id),
	code_hash TEXT NOT NULL,
	used_us BIGINT NOT NULL,
	PRIMARY KEY (person_id, code_hash)
);

CREATE TABLE login_attempt (
	bucket TEXT PRIMARY KEY,
	tokens_milli BIGINT NOT NULL,
	updated_us BIGINT NOT NULL
);

-- step 3: the audit log, a chain of hashes
CREATE TABLE audit (
	id BIGINT PRIMARY KEY,
	at_us BIGINT NOT NULL,
	person_id BIGINT NOT NULL,
	org_id BIGINT NOT NULL,
	action TEXT NOT NULL,
	entity TEXT NOT NULL,
	entity_id BIGINT NOT NULL,
	about_company_id BIGINT,
	detail TEXT NOT NULL,
	prev_hash TEXT NOT NULL,
	hash TEXT NOT NULL
);
CREATE INDEX audit_entity ON audit (entity, id);
CREATE INDEX audit_person ON audit (person_id, id);
CREATE INDEX audit_company ON audit (about_company_id);

CREATE TABLE audit_head (
	one BIGINT PRIMARY KEY,
	id BIGINT NOT NULL,
	hash TEXT NOT NULL
);
INSERT INTO audit_head (one, id, hash) VALUES (1, 0, '');

-- step 4: who looked at what of a company
CREATE TABLE seen (
	company_id BIGINT NOT NULL,          -- table company comes later
	hour_us BIGINT NOT NULL,
	person_id BIGINT NOT NULL,
	org_id BIGINT NOT NULL,              -- whose person it was then
	entity TEXT NOT NULL,                -- case alert device sensor company thread file export
	entity_id BIGINT NOT NULL,
	label TEXT NOT NULL,                 -- what people call it: number, name
	first_us BIGINT NOT NULL,
	last_us BIGINT NOT NULL,
	times BIGINT NOT NULL,
	PRIMARY KEY (company_id, hour_us, person_id, entity, entity_id)
);

-- step 5: tokens with which programs ask in a person's name
CREATE TABLE api_token (
	id @id,
	token_hash TEXT NOT NULL UNIQUE,     -- SHA-256; the token itself is shown once and not kept
	person_id BIGINT NOT NULL REFERENCES person (id),
	name TEXT NOT NULL,                  -- what it is for, in the person's words
	reads BIGINT NOT NULL,               -- 1: may look, never change
	created_us BIGINT NOT NULL,
	expires_us BIGINT NOT NULL,
	used_us BIGINT NOT NULL,             -- to the minute; 0 = never
	used_from TEXT NOT NULL,
	ended_us BIGINT NOT NULL             -- taken back; 0 = not
);
CREATE INDEX api_token_person ON api_token (person_id);

-- step 6: what is too old is found without reading the rest
CREATE INDEX seen_by_hour ON seen (hour_us);
