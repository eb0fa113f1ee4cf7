/* SPDX-License-Identifier: Apache-2.0 */
/* Texts of names and values: key=value, CEF, LEEF. */
#ifndef PROBE_RECORDS_PAIRS_H
#define PROBE_RECORDS_PAIRS_H

#include "base/err.h"
#include "probe/records/fields.h"

/* a=1 b="two words": the number of pairs. */
size_t pairs_plain(struct fields *f, struct str text);
/* ArcSight Common Event Format, from "CEF:" on: its head as "cef.vendor", "cef.product",
 * "cef.version", "cef.id", "cef.name", "cef.severity"; the rest as written. */
int pairs_cef(struct fields *f, struct str text, struct err *e);
/* Log Event Extended Format, from "LEEF:" on: "leef.vendor", "leef.product", "leef.version",
 * "leef.id". */
int pairs_leef(struct fields *f, struct str text, struct err *e);

#endif
