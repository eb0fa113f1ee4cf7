/* SPDX-License-Identifier: Apache-2.0 */
/* Alerts of other systems: TheHive's and DFIR-IRIS' shapes in JSON become a case. */
#ifndef HUB_EXPORTS_EXPORTS_ALERT_H
#define HUB_EXPORTS_EXPORTS_ALERT_H

#include "base/arena.h"
#include "base/str.h"
#include "hub/exports/exports_case.h"

enum {
	OUTSIDE_BYTES_MAX = 1024 * 1024,
	OUTSIDE_THINGS_MAX = 300, /* observables; as many assets */
	OUTSIDE_TITLE_CHARS = 200,
	OUTSIDE_TEXT_CHARS = 3500,
	OUTSIDE_NAME_CHARS = 200,
};

struct outside_thing {
	const char *type, *value, *note; /* TYPE: a case's ("domain"), "" = no indicator */
	enum tlp tlp;
};
struct outside_asset {
	const char *name, *address;
};

/* Texts are in the arena, clean and cut to their limits; none is NULL. */
struct outside_alert {
	const char *system; /* "thehive" "iris" */
	const char *source, *source_ref, *title, *text, *type;
	const char *customer; /* what they call the company; "" = they do not say */
	int severity;         /* of a case, 0 .. 4 */
	int64_t happened_us;  /* 0 = not said */
	enum tlp tlp;
	struct outside_thing *things;
	size_t n_things;
	struct outside_asset *assets;
	size_t n_assets;
	size_t n_cut; /* things and assets beyond the limit */
};

/* -EFORMAT when it is no JSON object, -EINVAL with the name of the field that is missing or wrong.
 */
int outside_thehive(struct str json, struct arena *a, struct outside_alert *out, struct err *e);
int outside_iris(struct str json, struct arena *a, struct outside_alert *out, struct err *e);

struct outside_result {
	int64_t incident_id, company_id;
	const char *number;
	bool created; /* false: it came in before */
};
/* COMPANY: as members_find takes it, NULL = by the customer that the alert names. Opens a case of
 * source "alert"; the same (source, source_ref) of a company again gives the same case and changes
 * nothing. */
int outside_import(struct hub *h, const struct user *u, const struct outside_alert *alert,
		   const char *company, int64_t now_us, struct arena *a, struct outside_result *out,
		   struct err *e);

#endif
