/* SPDX-License-Identifier: Apache-2.0 */
/* A case as exports see it: everything of it in one place, without what may not leave. The writers
 * of formats take it from here and nowhere else. */
#ifndef HUB_EXPORTS_EXPORTS_CASE_H
#define HUB_EXPORTS_EXPORTS_CASE_H

#include "hub/cases/cases.h"
#include "hub/exports/exports.h"
#include "hub/members/members.h"
#include "hub/watch/watch.h"
#include "wire/indicator/indicator.h"

/* TLP 2.0 (FIRST), from open to closed. */
enum tlp {
	EXPORT_TLP_CLEAR,
	EXPORT_TLP_GREEN,
	EXPORT_TLP_AMBER,
	EXPORT_TLP_STRICT,
	EXPORT_TLP_RED
};
const char *exports_tlp_name(enum tlp t);  /* "amber+strict" */
enum tlp exports_tlp_of(const char *name); /* what is none of them is amber */

enum export_for {
	FOR_COMPANY, /* whom it happened to: a client of the consortium */
	FOR_DESK,    /* the consortium and its insurer */
	FOR_OTHERS,
};
/* The most closed mark that such a reader may see. */
enum tlp exports_tlp_limit(enum export_for f);

struct export_indicator {
	enum indicator_kind kind;
	const char *value; /* normal form; of a url as it was typed */
	const char *hash;  /* "MD5" "SHA-1" "SHA-256" of a file; NULL */
	const char *type_text, *note;
	bool v6;
	enum tlp tlp;
};

struct export_line { /* of the story */
	const char *kind, *text, *body, *who;
	int64_t happened_us, recorded_us;
	int64_t minutes, cost_yen; /* -1 = no action */
};

struct export_device {
	struct case_device d;
	const char *state_text;
};

struct export_consent {
	struct case_consent k;
	const char *what_text, *how_text, *until_text;
};

/* What is left out: how many of what, and why. */
struct export_hidden {
	int64_t n;
	const char *key; /* text with {0} = N */
};
enum { EXPORT_HIDDEN_MAX = 8 };

struct export_record; /* exports_record.h */

struct export_case {
	struct incident c;
	struct company company;
	bool named;
	const char *title; /* of the case, or its kind when nobody is named */
	const char *kind_text, *state_text, *severity_text, *prefecture, *industry;
	struct export_line *lines;
	size_t n_lines;
	struct export_device *devices;
	size_t n_devices;
	struct export_indicator *indicators;
	size_t n_indicators;
	struct export_consent *consents;
	size_t n_consents;
	const struct export_record *record; /* for desk and insurer only, else NULL */
	struct watch_card *cards;           /* of its alerts */
	size_t n_cards;
	struct export_hidden hidden[EXPORT_HIDDEN_MAX];
	size_t n_hidden;
	enum tlp tlp; /* of the whole: the most closed mark in it, AMBER at least */
};

struct export_ask { /* who asks, and for whom */
	struct hub *hub;
	struct txn *t;
	const struct scope *scope;
	const struct user *user; /* NULL: without what only some people may read */
	int64_t now_us;
	enum lang lang;
	struct arena *arena;
	enum export_for to;
	bool named;
	unsigned roles; /* of whom it is for: some lines of the story are not for all */
	bool no_ja3;    /* the format has no place for it */
	bool light;     /* the case alone, without what hangs on it */
};
/* Reads the case C (from cases_get or a list). Texts in the arena. */
int exports_case_read(const struct export_ask *q, const struct incident *c, struct export_case *out,
		      struct err *e);
int64_t exports_case_hidden(const struct export_case *c); /* sum */

#endif
