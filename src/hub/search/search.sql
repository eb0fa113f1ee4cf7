-- Search: what can be found, and where its characters stand. Times are microseconds UTC.

-- step 1: documents, their postings, what has to be read again

-- One thing that can be found: a case, a company. Its text is what a person may find it by.
CREATE TABLE search_doc (
	id @id,
	kind TEXT NOT NULL,                  -- of a search_source
	ref_id BIGINT NOT NULL,
	company_id BIGINT NOT NULL,
	roles BIGINT NOT NULL,               -- who may find it, beside the scope
	at_us BIGINT NOT NULL,               -- results are sorted by it, newest first
	label TEXT NOT NULL,                 -- its number, if it has one
	title TEXT NOT NULL,
	url TEXT NOT NULL,
	body TEXT NOT NULL,                  -- as people wrote it; folded when it is compared
	UNIQUE (kind, ref_id)
);

-- Where a gram occurs: the documents of one month, newest first (search_post.h). It holds numbers
-- of documents only: each is fetched with the scope of who asks.
CREATE TABLE search_post (
	gram BIGINT NOT NULL,
	month BIGINT NOT NULL,               -- years * 12 + month, UTC
	n BIGINT NOT NULL,
	list @blob NOT NULL,
	PRIMARY KEY (gram, month)
);

-- What was changed and is to be read again, in the transaction that changed it.
CREATE TABLE search_due (
	kind TEXT NOT NULL,
	ref_id BIGINT NOT NULL,
	since_us BIGINT NOT NULL,
	PRIMARY KEY (kind, ref_id)
);
