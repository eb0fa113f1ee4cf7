/* SPDX-License-Identifier: Apache-2.0 */
/* What the pages of members show: the models of its templates. */
#ifndef HUB_MEMBERS_MEMBERS_PAGES_H
#define HUB_MEMBERS_MEMBERS_PAGES_H

#include <stdlib.h> /* for the templates */
#include <string.h>

#include "hub/members/members.h"
#include "hub/hub.h"
#include "hub/members/members_import.h"
#include "hub/members/members_rules.h"
#include "net/tmpl.h"

struct members_option {
	const char *value, *label;
};

/* One field of a form, whatever it is for. */
struct members_field {
	const char *name;                 /* of the input; its id is "f-" and this */
	const char *label_key, *hint_key; /* HINT_KEY NULL = none */
	const char *type;                 /* text tel email number date textarea select */
	const char *value;                /* as typed or as stored */
	const char *error;                /* NULL = fine */
	const struct members_option *options;
	size_t n_options;
	bool required, narrow;
};

struct members_form_page {
	const char *title_key, *title_arg; /* heading */
	const char *crumb_url, *crumb;     /* "" = none */
	const char *action, *submit_key, *back_url;
	const char *remove_url; /* a form beside it that removes the thing; NULL = none */
	const char *error;      /* of the rule; NULL = none */
	struct members_field *fields;
	size_t n_fields, n_errors;
};

struct members_item { /* a row of the list */
	struct company c;
	const char *prefecture, *industry;
	struct html light; /* panel "company.state": the state */
	struct html cells; /* panel "company.cells": further cells */
};

struct members_list_page {
	struct members_item *rows;
	size_t n_rows;
	int64_t total, first, last;
	const char *search, *industry;
	int prefecture;
	bool ended, may_edit, filtered;
	const struct members_option *prefectures, *industries;
	size_t n_prefectures, n_industries;
	struct html heads; /* panel "company.heads": headings of the further cells */
	const char *prev_url, *next_url;
};

struct members_contact_row {
	struct contact k;
	const char *phone_shown;
	bool open; /* may be called now */
};

struct members_company_page {
	struct company c;
	const char *prefecture, *industry, *phone_shown, *postal_shown, *meti, *mic;
	struct members_contact_row *contacts;
	size_t n_contacts;
	struct relation *relations;
	size_t n_relations;
	struct site *sites;
	size_t n_sites;
	struct contract *contracts;
	size_t n_contracts;
	struct consent *consents;
	size_t n_consents;
	struct html top, main, side; /* panels of later features */
	int64_t now_us;
	bool may_edit, is_member;
};

struct members_column_row { /* what a file may hold */
	const char *key, *heading;
	bool required;
};

struct members_import_page {
	const struct import_report *report; /* NULL = nothing read yet */
	const struct import_row *rows;      /* those that are shown */
	size_t n_rows;
	bool only_errors; /* too many to show them all */
	const char *file_name, *token;
	const char *error; /* NULL = none */
	const struct members_column_row *columns;
	size_t n_columns;
	bool done;
};

struct members_home_page {
	struct company c;
	struct html light; /* panel "company.alarm", else "company.light" */
	const char *desk_phone, *desk_phone_shown, *desk_name, *desk_mail;
};

/* Text keys of stored words. */
const char *members_view_relation_key(const char *kind);
const char *members_view_contract_key(const char *type);
const char *members_view_consent_key(const char *data_class);

/* Choices for a select; the first is "all" or "please choose" under FIRST_KEY (NULL = none). */
const struct members_option *members_view_prefectures(struct call *c, const char *first_key,
						      size_t *n_out);
const struct members_option *members_view_industries(struct call *c, const char *first_key,
						     size_t *n_out);
const char *members_view_phone(struct call *c, const char *e164);
const char *members_view_postal(struct call *c, const char *postal_code);

#endif
