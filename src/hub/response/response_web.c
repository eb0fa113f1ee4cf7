/* SPDX-License-Identifier: Apache-2.0 */
/* Remote response: its routes, panels, job and configuration. Pages: one file a subject
 * (response_web.h). */
#include "hub/response/response_web.h"

#include "base/mem.h"
#include "hub/response/response_fill.h"
#include "hub/response/response_order.h"
#include "hub/response/response_screen.h"
#include "hub/response/response_steps.h"
#include "hub/response_sql.h"

enum { READERS = CASES_READERS, WORKERS = CASES_WORKERS };

static int response_start(struct hub *h, struct err *e)
{
	int r = response_screen_check(&response_conf, e);

	if (r < 0)
		return r;
	h->response = mem_new(sizeof(*h->response));
	h->response->hub = h;
	const struct fleet_consumer consumer = { .name = "response",
						 .take = response_report_take,
						 .done = response_report_done,
						 .sent = response_report_sent,
						 .upload = response_report_upload,
						 .arg = h->response };
	fleet_on_findings(h, &consumer);
	return 0;
}

static void response_stop(struct hub *h)
{
	mem_cleanup(&h->response);
}

static const struct route routes[] = {
	{ "GET", "/cases/{number}/consents", READERS, response_consents_show, 0 },
	{ "GET", "/cases/{number}/consents/new", WORKERS, response_consent_form, 0 },
	{ "POST", "/cases/{number}/consents", WORKERS, response_consent_save, 0 },
	{ "POST", "/cases/{number}/consents/{id}/revoke", WORKERS | ROLE_COMPANY,
	  response_consent_end, 0 },
	{ "POST", "/cases/{number}/asks", WORKERS, response_ask_save, 0 },
	{ "POST", "/cases/{number}/asks/{id}/withdraw", WORKERS, response_ask_back, 0 },
	{ "POST", "/asks/{id}/answer", ROLE_COMPANY, response_ask_reply, 0 },
	{ "GET", "/cases/{number}/orders", READERS, response_orders_of_case, 0 },
	{ "GET", "/cases/{number}/orders/new", WORKERS, response_order_form, 0 },
	{ "POST", "/cases/{number}/orders", WORKERS, response_order_save, 0 },
	{ "GET", "/orders", READERS, response_orders_list, 0 },
	{ "GET", "/orders/{id}", READERS, response_order_show, 0 },
	{ "POST", "/orders/{id}/end", WORKERS, response_order_stop, 0 },
	{ "GET", "/orders/{id}/file", WORKERS, response_order_file, 0 },
	{ "GET", "/steps", WORKERS, response_steps_list, 0 },
	{ "GET", "/steps/{procedure}", WORKERS, response_steps_show, 0 },
	{ "GET", "/cases/{number}/steps/{procedure}", WORKERS, response_steps_of_case, 0 },
	{ "POST", "/cases/{number}/steps/{procedure}", WORKERS, response_steps_save, 0 },
	{ "GET", "/cases/{number}/screens", READERS, response_screens_list, 0 },
	{ "POST", "/cases/{number}/screens", WORKERS, response_screen_start, 0 },
	{ "GET", "/screens/{id}", READERS, response_screen_show, 0 },
	{ "POST", "/screens/{id}/end", WORKERS, response_screen_end, 0 },
	{ "GET", "/screens/{id}/log", WORKERS, response_screen_log, 0 },
};

static const struct job jobs[] = {
	{ "orders", 5000, response_sweep },
	{ "recordings", 3000, response_handover },
	{ "asks", 10 * 1000, response_ask_job },
};

static const struct conf_row conf[] = {
	{ "response.meshcentral_url", CONF_TEXT, 0, 500, "",
	  offsetof(struct response_conf, meshcentral_url),
	  "address of a device in MeshCentral, with {device} and {company}; empty = not used" },
	{ "response.rustdesk_url", CONF_TEXT, 0, 500, "",
	  offsetof(struct response_conf, rustdesk_url), "the same in the web client of RustDesk" },
};

static const struct menu_item menu[] = { { "/orders", "response.menu", "remote", WORKERS, 35 } };

static const struct panel panels[] = {
	{ "case.main", READERS, response_panel_remote },   /* no text */
	{ "case.side", READERS, response_panel_consents }, /* no text */
	{ "company.top", READERS, response_panel_held },
	{ "company.main", READERS, response_panel_own_consents },
	{ "devices.top", READERS, response_panel_held },
	{ "portal.home", ROLE_COMPANY, response_panel_held },
	{ "portal.top", ROLE_COMPANY, response_panel_asks },  /* no text */
	{ "portal.case", ROLE_COMPANY, response_panel_asks }, /* no text */
	{ "home.main", WORKERS, response_panel_home },
	{ "home.main", ROLE_COMPANY, response_panel_own_held },
};

/* What was ordered and done goes along with a case that becomes a part of another. */
static const struct case_mover movers[] = {
	{ .table = "sensor_order" },
	{ .table = "screen_session" },
	{ .table = "consent_ask" },
};

const struct hub_feature response_feature = {
	.name = "response",
	.schema = response_sql,
	.routes = routes,
	.n_routes = ARRAY_LEN(routes),
	.jobs = jobs,
	.n_jobs = ARRAY_LEN(jobs),
	.conf = conf,
	.n_conf = ARRAY_LEN(conf),
	.conf_target = &response_conf,
	.menu = menu,
	.n_menu = ARRAY_LEN(menu),
	.panels = panels,
	.n_panels = ARRAY_LEN(panels),
	.movers = movers,
	.n_movers = ARRAY_LEN(movers),
	.fill = response_fill,
	.start = response_start,
	.stop = response_stop,
};
