-- Members: companies, who may see them, whom to call, what was agreed.
-- Times are microseconds UTC; "for ever" is 9223372036854775807 (MEMBERS_FOREVER_US).

-- step 1: companies, relations, contacts, sites, contracts, consents

CREATE TABLE company (
	id @id,
	org_id BIGINT UNIQUE,                -- the organisation its own people sign in for
	name TEXT NOT NULL,
	kana TEXT NOT NULL,                  -- reading, katakana
	search TEXT NOT NULL,                -- name and reading, folded (fold_text)
	name_folded TEXT NOT NULL,
	corporate_number TEXT UNIQUE,        -- 13 digits (houjin bangou), NULL when unknown
	external_id TEXT UNIQUE,             -- the consortium's own member number
	prefecture BIGINT NOT NULL,          -- JIS X 0401, 1..47
	municipality TEXT NOT NULL,
	postal_code TEXT NOT NULL,           -- 7 digits or ''
	address TEXT NOT NULL,
	phone TEXT NOT NULL,                 -- E.164 or ''
	industry TEXT NOT NULL,              -- major group A..T (JSIC) or ''
	employees BIGINT NOT NULL,           -- 0 = unknown
	devices BIGINT NOT NULL,             -- 0 = unknown
	lang TEXT NOT NULL,                  -- ja or en
	note TEXT NOT NULL,
	created_us BIGINT NOT NULL,
	changed_us BIGINT NOT NULL,
	ended_us BIGINT NOT NULL             -- for ever while a member
);
CREATE INDEX company_by_kana ON company (kana, id);
CREATE INDEX company_by_phone ON company (phone);
CREATE INDEX company_by_name ON company (name_folded);
CREATE INDEX company_by_place ON company (prefecture, kana, id);

CREATE TABLE relation (
	id @id,
	company_id BIGINT NOT NULL REFERENCES company (id),
	org_id BIGINT NOT NULL,              -- organisation of accounts
	kind TEXT NOT NULL,                  -- self desk vendor it insurer
	valid_from_us BIGINT NOT NULL,
	valid_to_us BIGINT NOT NULL          -- not included; for ever when open
);
CREATE INDEX relation_by_org ON relation (org_id, company_id, valid_from_us, valid_to_us);
CREATE INDEX relation_by_company ON relation (company_id, kind);

CREATE TABLE contact (
	id @id,
	company_id BIGINT NOT NULL REFERENCES company (id),
	position BIGINT NOT NULL,            -- order to try in, from 1
	name TEXT NOT NULL,
	kana TEXT NOT NULL,
	role TEXT NOT NULL,                  -- as people say it: shop owner, accounts
	phone TEXT NOT NULL,                 -- E.164 or ''
	mail TEXT NOT NULL,
	channel TEXT NOT NULL,               -- mail or phone: what to try first
	hours TEXT NOT NULL,                 -- "Mo-Fr 09:00-18:00"; '' = always
	lang TEXT NOT NULL
);
CREATE INDEX contact_by_company ON contact (company_id, position);
CREATE INDEX contact_by_phone ON contact (phone);

CREATE TABLE site (
	id @id,
	company_id BIGINT NOT NULL REFERENCES company (id),
	name TEXT NOT NULL,
	prefecture BIGINT NOT NULL,
	municipality TEXT NOT NULL,
	postal_code TEXT NOT NULL,
	address TEXT NOT NULL,
	ended_us BIGINT NOT NULL
);
CREATE INDEX site_by_company ON site (company_id);

CREATE TABLE contract (
	id @id,
	company_id BIGINT NOT NULL REFERENCES company (id),
	class BIGINT NOT NULL,               -- 1 or 2
	type TEXT NOT NULL,                  -- network endpoint combined
	plan TEXT NOT NULL,
	fee_yen BIGINT NOT NULL,             -- a month, without tax
	devices BIGINT NOT NULL,
	valid_from_us BIGINT NOT NULL,
	valid_to_us BIGINT NOT NULL
);
CREATE INDEX contract_by_company ON contract (company_id, valid_from_us);

CREATE TABLE consent (
	id @id,
	company_id BIGINT NOT NULL REFERENCES company (id),
	site_id BIGINT REFERENCES site (id), -- NULL = all sites
	data_class TEXT NOT NULL,            -- header_only url dns file_hash payload_sample remote_access
	given_by TEXT NOT NULL,              -- the person of the company
	evidence TEXT NOT NULL,              -- how it was given: paper, call, mail, and where that lies
	valid_from_us BIGINT NOT NULL,
	valid_to_us BIGINT NOT NULL,
	revoked_us BIGINT NOT NULL,          -- 0 = not revoked
	recorded_by BIGINT NOT NULL          -- person
);
CREATE INDEX consent_by_company ON consent (company_id, data_class);

-- A file between its dry run and the word "import"; its maker alone sees it, for an hour.
CREATE TABLE import_draft (
	token TEXT PRIMARY KEY,
	person_id BIGINT NOT NULL,
	file_name TEXT NOT NULL,
	body @blob NOT NULL,
	created_us BIGINT NOT NULL
);
