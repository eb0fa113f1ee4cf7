/* SPDX-License-Identifier: Apache-2.0 */
/* What a case's full record holds beside the case itself: evidence and who had it in hand,
 * countermeasures, orders, threads, duties, lines of cost; all in words of the reader's language.
 */
#ifndef HUB_EXPORTS_EXPORTS_RECORD_H
#define HUB_EXPORTS_EXPORTS_RECORD_H

#include "hub/exports/exports_case.h"

struct export_item {
	int64_t no, taken_us;
	const char *name, *note, *state_text, *where, *sha256; /* WHERE: hands, place, seal */
};
struct export_custody {
	int64_t no, at_us; /* NO: of the item */
	const char *kind_text, *result_text, *who, *hands, *why, *hash;
};
struct export_measure {
	int64_t from_us, until_us; /* 0 = for good */
	const char *what, *target;
};
struct export_order_line {
	int64_t made_us, done_us;
	const char *what, *target, *who, *consent_by, *state_text;
};
struct export_message {
	int64_t happened_us;
	const char *with, *way_text, *state_text, *who, *subject, *body;
};
struct export_duty {
	int64_t due_us, made_us; /* DUE_US 0 = promptly */
	const char *what, *to, *basis, *state_text, *made_to, *receipt;
};
struct export_nine { /* an item of a report */
	const char *label, *state_text, *body;
};
struct export_cost {
	int64_t at_us, minutes, yen;
	const char *category_text, *what;
};

struct export_record {
	struct export_item *items;
	size_t n_items;
	struct export_custody *custody;
	size_t n_custody;
	struct export_measure *measures;
	size_t n_measures;
	struct export_cost *costs;
	size_t n_costs;
	struct export_order_line *orders;
	size_t n_orders;
	const char **parties; /* a line each */
	size_t n_parties;
	struct export_message *messages;
	size_t n_messages;
	int64_t known_us; /* when the firm came to know; 0 = nobody has asked about duties */
	struct export_duty *duties;
	size_t n_duties;
	struct export_nine *nine; /* none where no report asks for them */
	size_t n_nine;
};

/* Of the case in C; what Q's user may not read is not in it. */
int exports_record_read(const struct export_ask *q, const struct export_case *c,
			struct export_record *out, struct err *e);
int exports_record_evidence(const struct export_ask *q, int64_t case_id, struct export_record *out,
			    struct err *e);

struct export_mark { /* of an indicator, by its id */
	int64_t id;
	enum tlp tlp;
};
int exports_record_marks(const struct export_ask *q, int64_t case_id, struct export_mark **out,
			 size_t *n_out, struct err *e);

#endif
