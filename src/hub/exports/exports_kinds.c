/* SPDX-License-Identifier: Apache-2.0 */
/* The kinds of files that leave the hub: who may make them and for whom they are. */
#include <string.h>

#include "base/mem.h"
#include "hub/exports/exports_job.h"

enum {
	WORKERS = CASES_WORKERS,
	CLAIMS = CASES_WORKERS | ROLE_INSURER,
	READERS = CASES_READERS,
	FILES_MAX = 500,
	ROWS_MAX = 5000,
};

static const struct export_kind kinds[] = {
	{ "company_pdf", "application/pdf", ".pdf", READERS, EXPORT_ONE, FOR_COMPANY, 1,
	  exports_report_pdf },
	{ "company_html", "text/html; charset=utf-8", ".html", READERS, EXPORT_ONE, FOR_COMPANY, 1,
	  exports_report_html },
	{ "full_pdf", "application/pdf", "-full.pdf", CLAIMS, EXPORT_ONE, FOR_DESK, 1,
	  exports_report_pdf },
	{ "full_html", "text/html; charset=utf-8", "-full.html", CLAIMS, EXPORT_ONE, FOR_DESK, 1,
	  exports_report_html },
	{ "actions_csv", "text/csv; charset=utf-8", "-actions.csv", CLAIMS,
	  EXPORT_ONE | EXPORT_MANY, FOR_DESK, FILES_MAX, exports_csv_actions },
	{ "cases_csv", "text/csv; charset=utf-8", "-cases.csv", CLAIMS, EXPORT_MANY | EXPORT_LIGHT,
	  FOR_DESK, ROWS_MAX, exports_csv_cases },
	{ "indicators_csv", "text/csv; charset=utf-8", "-indicators.csv", WORKERS,
	  EXPORT_ONE | EXPORT_MANY | EXPORT_NAMES, FOR_OTHERS, FILES_MAX, exports_csv_indicators },
	{ "stix", "application/stix+json; charset=utf-8", ".stix.json", WORKERS,
	  EXPORT_ONE | EXPORT_MANY | EXPORT_NAMES | EXPORT_NO_JA3, FOR_OTHERS, FILES_MAX,
	  exports_stix },
	{ "misp", "application/json", ".misp.json", WORKERS, EXPORT_ONE | EXPORT_NAMES, FOR_OTHERS,
	  1, exports_misp },
	{ "veris", "application/json", ".veris.json", WORKERS,
	  EXPORT_ONE | EXPORT_MANY | EXPORT_NAMES, FOR_OTHERS, FILES_MAX, exports_veris },
	{ "iodef", "application/xml", ".iodef.xml", WORKERS,
	  EXPORT_ONE | EXPORT_NAMES | EXPORT_NO_JA3, FOR_OTHERS, 1, exports_iodef },
};

const struct export_kind *exports_kinds(size_t *n_out)
{
	*n_out = ARRAY_LEN(kinds);
	return kinds;
}

const struct export_kind *exports_kind_find(const char *id)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (strcmp(kinds[i].id, id) == 0)
			return &kinds[i];
	return NULL;
}

const char *exports_from(const struct export_job *j)
{
	const char *name = j->ask->hub->conf.region_name;

	return name && name[0] ? name : "otasuke";
}

const char *exports_host(const struct export_job *j)
{
	const char *at = strstr(j->ask->hub->conf.public_url, "://");
	const size_t n = at ? strspn(at + 3, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
					     "0123456789-.")
			    : 0;

	return n ? arena_strndup(j->ask->arena, at + 3, n) : "localhost";
}
