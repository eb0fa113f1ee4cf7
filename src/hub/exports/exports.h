/* SPDX-License-Identifier: Apache-2.0 */
/* Exports: a case as a report and in the formats that others read; imports of alerts and of past
 * cases. What later features need of them. Formats: doc/exports.md. */
#ifndef HUB_EXPORTS_EXPORTS_H
#define HUB_EXPORTS_EXPORTS_H

#include <stddef.h>
#include <stdint.h>

#include "hub/hub.h"

extern const struct hub_feature exports_feature;

/* One file that left the hub, as the company may know of it: who saw what of ours. */
struct export_told {
	int64_t id, incident_id, cases, hidden, at_us;
	const char *kind;   /* "export.kind.<kind>" is its text */
	const char *number; /* of the case; "" when several */
	bool named;
	const char *to, *purpose, *person_name, *org_name;
};
enum { EXPORT_TOLD_MAX = 500 };
/* Of a company, or of one of its cases (INCIDENT_ID not 0); newest first. Texts in A. */
int exports_told(struct txn *t, const struct scope *s, int64_t company_id, int64_t incident_id,
		 struct arena *a, struct export_told **out, size_t *n_out, struct err *e);

#endif
