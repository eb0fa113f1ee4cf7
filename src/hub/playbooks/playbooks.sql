-- Playbooks: what is to be asked, said and done in a case of a kind. Times are microseconds UTC.

-- step 1: editions, the one in force, and what hangs on a case

-- Every playbook that was ever in force, as it was written: cases point at it.
CREATE TABLE playbook_edition (
	id @id,
	kind TEXT NOT NULL,
	version TEXT NOT NULL,
	date_us BIGINT NOT NULL,
	source TEXT NOT NULL,
	digest TEXT NOT NULL UNIQUE,         -- SHA-256 of BODY, hex
	body TEXT NOT NULL,                  -- playbook_text.h
	added_us BIGINT NOT NULL
);

CREATE TABLE playbook_current (
	kind TEXT PRIMARY KEY,
	edition_id BIGINT NOT NULL REFERENCES playbook_edition (id),
	origin TEXT NOT NULL,                -- program folder
	error TEXT NOT NULL,                 -- why the file of the folder is not in force; '' = it is, or there is none
	changed_us BIGINT NOT NULL
);

CREATE TABLE case_playbook (
	incident_id BIGINT PRIMARY KEY REFERENCES incident (id),
	company_id BIGINT NOT NULL,
	edition_id BIGINT NOT NULL REFERENCES playbook_edition (id),
	attached_us BIGINT NOT NULL,
	-- Sums of case_task, written in the transaction that changes a task.
	n_open BIGINT NOT NULL,
	n_done BIGINT NOT NULL,
	next_due_us BIGINT NOT NULL          -- of the open ones; 0 = none has a time
);

-- Every answer that was given, in order; the last that is applied counts.
CREATE TABLE case_answer (
	id @id,
	incident_id BIGINT NOT NULL REFERENCES incident (id),
	company_id BIGINT NOT NULL,
	question TEXT NOT NULL,
	answer TEXT NOT NULL,
	applied BIGINT NOT NULL,             -- 0: somebody had answered otherwise meanwhile
	person_id BIGINT NOT NULL,
	at_us BIGINT NOT NULL
);
CREATE INDEX case_answer_by_incident ON case_answer (incident_id, id);

CREATE TABLE case_task (
	id @id,
	incident_id BIGINT NOT NULL REFERENCES incident (id),
	company_id BIGINT NOT NULL,
	task TEXT NOT NULL,                  -- id within the playbook; '' = somebody's own
	text_ja TEXT NOT NULL,
	text_en TEXT NOT NULL,
	why_ja TEXT NOT NULL,
	why_en TEXT NOT NULL,
	role TEXT NOT NULL,                  -- desk technician company analyst
	owner_id BIGINT,                     -- person; NULL = anybody of the role
	due_us BIGINT NOT NULL,              -- 0 = no time
	state TEXT NOT NULL,                 -- open done not_needed
	auto BIGINT NOT NULL,                -- 1: an answer or another kind made it not needed
	because TEXT NOT NULL,               -- "question=choice" that brought it; ''
	note TEXT NOT NULL,                  -- what came of it, or why it is not needed
	version BIGINT NOT NULL,
	added_us BIGINT NOT NULL,
	added_by BIGINT NOT NULL,
	changed_us BIGINT NOT NULL,
	changed_by BIGINT NOT NULL
);
CREATE INDEX case_task_by_incident ON case_task (incident_id, id);

-- step 2: counting somebody's tasks and finding late cases read an index alone

DROP INDEX case_task_by_incident;
CREATE INDEX case_task_by_incident ON case_task (incident_id, state, role, owner_id, due_us);
CREATE INDEX case_playbook_due ON case_playbook (next_due_us, incident_id) WHERE next_due_us > 0;
