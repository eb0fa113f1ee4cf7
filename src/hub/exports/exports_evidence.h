/* SPDX-License-Identifier: Apache-2.0 */
/* What the feature evidence knows of a case, for exports. With that feature exports_evidence.c is
 * built, without it exports_no_evidence.c. */
#ifndef HUB_EXPORTS_EXPORTS_EVIDENCE_H
#define HUB_EXPORTS_EXPORTS_EVIDENCE_H

#include "hub/exports/exports_case.h"

struct export_mark { /* of an indicator, by its id */
	int64_t id;
	enum tlp tlp;
};
int exports_evidence_marks(const struct export_ask *q, int64_t case_id, struct export_mark **out,
			   size_t *n_out, struct err *e);
/* Things with their hashes, countermeasures, lines of time and cost. */
int exports_evidence_read(const struct export_ask *q, struct export_case *c, struct err *e);

#endif
