/* SPDX-License-Identifier: Apache-2.0 */
/* What the pages of threads show: the models of its templates. */
#ifndef HUB_THREADS_THREADS_PAGES_H
#define HUB_THREADS_THREADS_PAGES_H

#include "hub/evidence/evidence.h"
#include "hub/threads/threads_store.h"
#include "net/tmpl.h"

struct thread_option {
	const char *value, *text;
	bool chosen;
};

struct thread_item {
	struct thread t;
	const char *kind_key, *who; /* WHO: organisation, else the person */
	const char *wait_key;       /* NULL = nobody waits */
	const char *light;
	bool late;
};

struct thread_list {
	struct thread_item *rows;
	size_t n_rows;
	const char *number; /* of the case, in its panel */
	bool may_open;
};

struct thread_attached {
	struct evidence_item i;
	const char *name, *url; /* URL: its page, for who works here; "" */
	bool there;
	struct thread_fetch *fetched;
	size_t n_fetched;
};

struct thread_line {
	struct thread_message m;
	const char *icon, *channel_key, *side; /* "out" "in" */
	const char *who;                       /* who said it, in words */
	bool late;                             /* recorded long after it happened */
	bool outside; /* it left the hub: reading shows by an answer alone */
	struct thread_seen *seen;
	size_t n_seen;
	struct thread_attached *files;
	size_t n_files;
};

/* Fields of the party, in the form for a new thread and in its own. */
struct thread_fields {
	const char *kind, *org_name, *person_name, *phone, *mail, *reference, *purpose, *told;
	struct thread_option *kinds, *orgs;
	size_t n_kinds, n_orgs;
	bool may_company, may_technician, may_analyst, may_specialist; /* who else reads it */
	bool is_own, is_new;
};

struct thread_new_page {
	const char *number, *case_title, *error;
	struct thread_fields f;
};

struct thread_page {
	struct thread_item i;
	struct thread_line *lines;
	size_t n_lines;
	struct thread_fields f;
	const char *phone_shown;
	const char *roles_said; /* who reads it, in words */
	bool is_party, may_work, may_mail, may_upload, drafted;
	struct thread_attached *choices; /* of the case, to attach */
	size_t n_choices;
	const char *case_url;
	const char *direction, *channel, *subject, *body, *due; /* of the form */
	const char *answer_by;                                  /* when the desk answers */
	const char *error;
};

#endif
