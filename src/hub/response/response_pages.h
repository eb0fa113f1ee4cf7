/* SPDX-License-Identifier: Apache-2.0 */
/* What the pages of remote response show: the models of its templates. */
#ifndef HUB_RESPONSE_RESPONSE_PAGES_H
#define HUB_RESPONSE_RESPONSE_PAGES_H

#include "hub/members/members.h"
#include "hub/response/response.h"
#include "net/tmpl.h"

struct consent_item {
	struct case_consent k;
	const char *uses;      /* in words */
	const char *how_key;   /* "response.how.call" */
	const char *state_key; /* "response.consent.valid" */
	const char *until_key; /* "response.until.case"; "" when UNTIL_US says it */
	const char **lines;    /* what was read out */
	size_t n_lines;
	bool valid, may_revoke;
};

struct consent_panel {      /* on a case or a company */
	const char *number; /* of the case; "" on a company's page */
	struct consent_item *rows;
	size_t n_rows;
	bool may_work, of_company;
};

struct consent_choice {
	const char *value, *text_key, *words_key;
	bool chosen;
};

struct consent_form {
	struct incident c;
	struct consent_choice *uses, *hows, *untils;
	size_t n_uses, n_hows, n_untils;
	struct contact *contacts;
	size_t n_contacts;
	const char *given_by, *role, *error;
};

struct consents_page {
	struct incident c;
	struct consent_item *rows;
	size_t n_rows;
	bool may_work;
};

#endif
