/* SPDX-License-Identifier: Apache-2.0 */
/* Remote response: its routes, panels and jobs. Pages: one file a subject (response_web.h). */
#include "hub/response/response_web.h"

#include "base/mem.h"
#include "hub/response/response.h"

enum { READERS = CASES_READERS, WORKERS = CASES_WORKERS };

static const struct route routes[] = {
	{ "GET", "/cases/{number}/consents", READERS, response_consents_show, 0 },
	{ "GET", "/cases/{number}/consents/new", WORKERS, response_consent_form, 0 },
	{ "POST", "/cases/{number}/consents", WORKERS, response_consent_save, 0 },
	{ "POST", "/cases/{number}/consents/{id}/revoke", WORKERS | ROLE_COMPANY,
	  response_consent_end, 0 },
};

static const struct panel panels[] = {
	{ "case.side", READERS, response_panel_consents }, /* no text */
	{ "company.main", READERS, response_panel_own_consents },
};

const struct hub_feature response_feature = {
	.name = "response",
	.routes = routes,
	.n_routes = ARRAY_LEN(routes),
	.panels = panels,
	.n_panels = ARRAY_LEN(panels),
};
