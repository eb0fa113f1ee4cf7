/* SPDX-License-Identifier: Apache-2.0 */
/* The kinds of files that leave the hub, and what writes each of them. */
#ifndef HUB_EXPORTS_EXPORTS_JOB_H
#define HUB_EXPORTS_EXPORTS_JOB_H

#include "hub/exports/exports_case.h"

struct export_job {
	const struct export_ask *ask;
	const struct export_kind *kind;
	const struct export_case *cases;
	size_t n;
	int64_t now_us;
};

enum {
	EXPORT_ONE = 1,    /* of one case */
	EXPORT_MANY = 2,   /* of many by a filter */
	EXPORT_NAMES = 4,  /* names are left out unless chosen */
	EXPORT_NO_JA3 = 8, /* it has no place for fingerprints of TLS */
	EXPORT_LIGHT = 16, /* of the case alone */
};

struct export_kind {
	const char *id;     /* stable; texts "export.kind.<id>", ".for", ".what" */
	const char *type;   /* of the answer */
	const char *suffix; /* of the file's name */
	unsigned roles, flags;
	enum export_for to;
	size_t cases_max; /* of EXPORT_MANY */
	int (*write)(const struct export_job *j, struct buf *out, struct err *e);
};
const struct export_kind *exports_kinds(size_t *n_out);
const struct export_kind *exports_kind_find(const char *id); /* NULL */

/* Who says it: name and id of the consortium. */
const char *exports_from(const struct export_job *j);
/* The domain name under which people reach the hub: no other hub numbers cases under it. */
const char *exports_host(const struct export_job *j);
int exports_stix(const struct export_job *j, struct buf *out, struct err *e);
int exports_misp(const struct export_job *j, struct buf *out, struct err *e);
int exports_veris(const struct export_job *j, struct buf *out, struct err *e);
int exports_iodef(const struct export_job *j, struct buf *out, struct err *e);
int exports_csv_cases(const struct export_job *j, struct buf *out, struct err *e);
int exports_csv_actions(const struct export_job *j, struct buf *out, struct err *e);
int exports_csv_indicators(const struct export_job *j, struct buf *out, struct err *e);
int exports_report_pdf(const struct export_job *j, struct buf *out, struct err *e);
int exports_report_html(const struct export_job *j, struct buf *out, struct err *e);

#endif
