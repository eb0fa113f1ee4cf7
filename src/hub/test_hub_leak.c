/* SPDX-License-Identifier: Apache-2.0 */
/* The leak test: every route, as every role, against a company that is not theirs. Nothing of it
 * may show, not even that it exists: the answer for a foreign id is the answer for an id that
 * nobody has. A route without a row here fails the test; so does a row without a route. */
#include <ctype.h>
#include <string.h>

#include "base/mem.h"
#include "base/test.h"
#include "hub/accounts/accounts_login.h"
#include "hub/cases/cases.h"
#include "hub/evidence/evidence.h"
#include "hub/fleet/fleet_ingest_store.h"
#include "hub/fleet/fleet_store.h"
#include "hub/hub_core.h"
#include "hub/intel/intel_hit.h"
#include "hub/intel/intel_rules.h"
#include "hub/intel/intel_work.h"
#include "hub/members/members_rules.h"
#include "hub/response/response_order.h"
#include "hub/response/response_screen.h"
#include "hub/test_hub.h"
#include "hub/threads/threads.h"
#include "hub/watch/watch_fold.h"
#include "hub/watch/watch_mute.h"
#include "hub/watch/watch_notice.h"
#include "hub/watch/watch_store.h"

#define MARK "ZQXM" /* in every text of the foreign company */

/* PATH and FORM name the foreign company's things by @letter (struct foreign). */
struct leak_row {
	const char *method, *pattern;
	const char *path; /* NULL: nothing of a company is behind this route; WHY says so */
	const char *form; /* of a POST */
	const char *why;
	bool control; /* the company's own desk sees MARK here */
};

#define NOTHING(method, pattern, why)                                                              \
	{                                                                                          \
		method, pattern, NULL, NULL, why, false                                            \
	}
#define GET(pattern, path)                                                                         \
	{                                                                                          \
		"GET", pattern, path, NULL, NULL, false                                            \
	}
#define SEEN(pattern, path)                                                                        \
	{                                                                                          \
		"GET", pattern, path, NULL, NULL, true                                             \
	}
#define POST(pattern, path, form)                                                                  \
	{                                                                                          \
		"POST", pattern, path, form, NULL, false                                           \
	}

/* clang-format off */
static const struct leak_row rows[] = {
	SEEN("/", "/"),
	NOTHING("GET", "/live", "test_hub_live"),
	NOTHING("GET", "/health", "says only that the database answers"),
	NOTHING("GET", "/assets/{name}", "files of the program"),
	NOTHING("GET", "/admin/check", "only on the administrator's socket"),
	NOTHING("POST", "/admin/backup", "only on the administrator's socket"),

	NOTHING("GET", "/login", "nobody is known"),
	NOTHING("POST", "/login", "nobody is known"),
	NOTHING("POST", "/lang", "sets a language"),
	NOTHING("POST", "/logout", "one's own session"),
	NOTHING("GET", "/login/totp", "one's own session"),
	NOTHING("POST", "/login/totp", "one's own session"),
	GET("/account", "/account"),
	NOTHING("GET", "/account/password", "one's own password"),
	NOTHING("POST", "/account/password", "one's own password"),
	NOTHING("GET", "/account/totp", "one's own second factor"),
	NOTHING("POST", "/account/totp", "one's own second factor"),
	NOTHING("POST", "/account/totp/later", "one's own second factor"),
	NOTHING("POST", "/account/totp-off", "one's own second factor"),
	NOTHING("GET", "/account/tokens", "one's own tokens"),
	NOTHING("POST", "/account/tokens", "one's own tokens"),
	POST("/account/tokens/{id}/end", "/account/tokens/1/end", ""),
	POST("/account/sessions/{id}/end", "/account/sessions/@s/end", ""),
	NOTHING("POST", "/account/sessions/end", "one's own sessions"),
	SEEN("/people", "/people?all=1"),
	GET("/people/new", "/people/new?org=@o"),
	POST("/people", "/people", "login=leak.leak&name=x&role=company&org=@o"),
	SEEN("/people/{id}", "/people/@p"),
	POST("/people/{id}", "/people/@p", "name=x&role=company&active=1"),
	POST("/people/{id}/reset", "/people/@p/reset", ""),
	SEEN("/organisations", "/organisations"),
	GET("/organisations/new", "/organisations/new"),
	NOTHING("POST", "/organisations", "makes an organisation that is nobody's company"),
	SEEN("/organisations/{id}", "/organisations/@o"),
	POST("/organisations/{id}", "/organisations/@o", "name=x&active=1"),
	SEEN("/audit", "/audit"),
	GET("/audit", "/audit?entity=company&check=1"),

	SEEN("/members", "/members"),
	GET("/members", "/members?q=" MARK),
	SEEN("/members.csv", "/members.csv"),
	GET("/members/new", "/members/new"),
	NOTHING("POST", "/members", "makes a company of one's own"),
	GET("/members/import", "/members/import"),
	NOTHING("POST", "/members/import", "makes companies of one's own"),
	POST("/members/import/confirm", "/members/import/confirm", "token=none"),
	SEEN("/members/{id}", "/members/@c"),
	SEEN("/members/{id}/edit", "/members/@c/edit"),
	POST("/members/{id}/edit", "/members/@c/edit", "name=x&kana=x&prefecture=3"),
	POST("/members/{id}/end", "/members/@c/end", ""),
	SEEN("/members/{id}/contacts/{contact}", "/members/@c/contacts/@t"),
	POST("/members/{id}/contacts/{contact}", "/members/@c/contacts/@t", "name=x&channel=mail&mail=a@b.example"),
	POST("/members/{id}/contacts/{contact}/remove", "/members/@c/contacts/@t/remove", ""),
	GET("/members/{id}/relations/new", "/members/@c/relations/new"),
	POST("/members/{id}/relations/new", "/members/@c/relations/new", "org=1&kind=desk&from=2026-11-01"),
	POST("/members/{id}/relations/{relation}/end", "/members/@c/relations/1/end", "to=2026-11-23"),
	GET("/members/{id}/sites/new", "/members/@c/sites/new"),
	POST("/members/{id}/sites/new", "/members/@c/sites/new", "name=x&prefecture=3"),
	GET("/members/{id}/contracts/new", "/members/@c/contracts/new"),
	POST("/members/{id}/contracts/new", "/members/@c/contracts/new",
	     "plan=x&class=1&type=network&fee=9000&devices=1&from=2026-11-01"),
	POST("/members/{id}/contracts/{contract}/end", "/members/@c/contracts/1/end", "to=2026-11-23"),
	GET("/members/{id}/consents/new", "/members/@c/consents/new"),
	POST("/members/{id}/consents/new", "/members/@c/consents/new", "class=url&given_by=x&evidence=x"),
	POST("/members/{id}/consents/{consent}/revoke", "/members/@c/consents/1/revoke", ""),

	SEEN("/fleet", "/fleet"),
	GET("/fleet", "/fleet?q=" MARK),
	POST("/fleet/codes", "/fleet/codes", "company=@c&name=x"),
	SEEN("/fleet/{id}", "/fleet/@e"),
	POST("/fleet/{id}/revoke", "/fleet/@e/revoke", "why=x"),
	POST("/fleet/{id}/name", "/fleet/@e/name", "name=x"),
	GET("/members/{id}/codes", "/members/@c/codes"),
	POST("/members/{id}/codes", "/members/@c/codes", "name=x"),
	SEEN("/members/{id}/devices", "/members/@c/devices"),
	POST("/members/{id}/devices/{device}", "/members/@c/devices/@d", "name=x"),

	SEEN("/intel", "/intel"),
	GET("/intel/find", "/intel/find?q=bad.example"),
	SEEN("/intel/one", "/intel/one?kind=domain&value=bad.example"),
	SEEN("/intel/held", "/intel/held"),
	NOTHING("GET", "/intel/own/new", "an empty form"),
	NOTHING("POST", "/intel/own", "the region's list belongs to no company"),
	NOTHING("POST", "/intel/own/remove", "the region's list belongs to no company"),
	POST("/intel/verdicts/{id}/end", "/intel/verdicts/@v/end", ""),
	NOTHING("GET", "/intel/feeds/new", "an empty form"),
	NOTHING("POST", "/intel/feeds", "lists belong to no company"),
	SEEN("/intel/feeds/{id}", "/intel/feeds/1"),
	NOTHING("GET", "/intel/feeds/{id}/edit", "lists belong to no company"),
	NOTHING("POST", "/intel/feeds/{id}/edit", "lists belong to no company"),
	NOTHING("POST", "/intel/feeds/{id}/check", "lists belong to no company"),
	NOTHING("POST", "/intel/feeds/{id}/import", "lists belong to no company; the draft is the person's"),
	NOTHING("POST", "/intel/feeds/{id}/fetch", "lists belong to no company"),
	NOTHING("POST", "/intel/feeds/{id}/empty", "lists belong to no company"),
	NOTHING("POST", "/intel/feeds/{id}/remove", "lists belong to no company"),

	SEEN("/alerts", "/alerts"),
	GET("/alerts", "/alerts?company=@c"),
	SEEN("/alerts.csv", "/alerts.csv"),
	SEEN("/alerts/{id}", "/alerts/@a"),
	POST("/alerts/{id}/accept", "/alerts/@a/accept", ""),
	POST("/alerts/{id}/close", "/alerts/@a/close", "why=x"),
	GET("/alerts/{id}/mute", "/alerts/@a/mute"),
	POST("/alerts/{id}/mute", "/alerts/@a/mute", "detector=1&days=7&reason=x&do=mute"),
	POST("/alerts/{id}/wrong", "/alerts/@a/wrong", "for=region&reason=x"),
	POST("/alerts/{id}/ours", "/alerts/@a/ours", "what=device"),
	SEEN("/mutes", "/mutes"),
	POST("/mutes/{id}/end", "/mutes/@m/end", ""),
	POST("/notices/{id}/called", "/notices/@n/called", "outcome=reached"),
	NOTHING("GET", "/r/{token}", "the token is the capability; its hash alone is kept"),
	NOTHING("POST", "/r/{token}", "the token is the capability; its hash alone is kept"),

	SEEN("/cases", "/cases"),
	GET("/cases", "/cases?company=@c"),
	GET("/cases", "/cases?q=" MARK),
	SEEN("/cases.csv", "/cases.csv"),
	SEEN("/search", "/search?q=" MARK),
	GET("/cases/new", "/cases/new?company=@c"),
	GET("/cases/new", "/cases/new?alert=@a"),
	GET("/cases/new/companies", "/cases/new/companies?q=" MARK),
	POST("/cases", "/cases", "company=@c&kind=ransomware&title=x&source=phone&severity=2&words=x"),
	POST("/cases", "/cases", "alert=@a&company=@c&kind=ransomware&title=x&source=alert&severity=2&words=x"),
	SEEN("/cases/{number}", "/cases/@k"),
	SEEN("/cases/{number}/sheet", "/cases/@k/sheet"),
	POST("/cases/{number}/actions", "/cases/@k/actions", "channel=phone&body=x&minutes=1&cost=1"),
	POST("/cases/{number}/notes", "/cases/@k/notes", "body=x"),
	POST("/cases/{number}/take", "/cases/@k/take", ""),
	POST("/cases/{number}/state", "/cases/@k/state", "state=contained"),
	POST("/cases/{number}/kind", "/cases/@k/kind", "kind=ransomware"),
	POST("/cases/{number}/devices", "/cases/@k/devices", "name=x"),
	POST("/cases/{number}/indicators", "/cases/@k/indicators", "type=domain&value=x.example"),
	POST("/cases/{number}/close", "/cases/@k/close", "cause=x&lesson=x"),
	POST("/cases/{number}/reopen", "/cases/@k/reopen", "why=x"),

	SEEN("/cases/{number}/edit", "/cases/@k/edit"),
	POST("/cases/{number}/edit", "/cases/@k/edit", "version=1&title=x"),
	GET("/cases/{number}/entries/{id}", "/cases/@k/entries/1"),
	POST("/cases/{number}/entries/{id}", "/cases/@k/entries/1", "old=x&body=y"),

	/* related */
	SEEN("/cases/{number}/related", "/cases/@k/related"),
	POST("/cases/{number}/merge", "/cases/@k/merge", "into=@k"),
	POST("/cases/{number}/unmerge", "/cases/@k/unmerge", ""),
	POST("/cases/{number}/split", "/cases/@k/split", "title=x&kind=ransomware&entry=1"),
	POST("/cases/{number}/ties", "/cases/@k/ties", "other=@k&kind=related"),
	POST("/cases/{number}/ties/{id}/remove", "/cases/@k/ties/1/remove", ""),
	POST("/cases/{number}/tags", "/cases/@k/tags", "tag=x"),
	POST("/cases/{number}/tags/remove", "/cases/@k/tags/remove", "tag=x"),
	POST("/cases/{number}/calls/{company}", "/cases/@k/calls/@c", ""),
	POST("/cases/{number}/calls/{company}/not-needed", "/cases/@k/calls/@c/not-needed", "why=x"),
	GET("/related/seen", "/related/seen?kind=domain&value=bad.example"),
	NOTHING("POST", "/cases/bulk", "answers for each row; test_related asks for foreign ones"),
	NOTHING("POST", "/alerts/bulk", "answers for each row; test_related asks for foreign ones"),

	/* playbooks */
	NOTHING("GET", "/playbooks", "of no company"),
	NOTHING("GET", "/playbooks/{kind}", "of no company"),
	NOTHING("GET", "/playbooks/{kind}/text", "of no company"),
	SEEN("/tasks", "/tasks"),
	SEEN("/cases/{number}/tasks", "/cases/@k/tasks"),
	POST("/cases/{number}/tasks", "/cases/@k/tasks", "text=x&role=desk"),
	POST("/cases/{number}/tasks/done", "/cases/@k/tasks/done", "upto=1795395600000000"),
	SEEN("/cases/{number}/tasks/{id}", "/cases/@k/tasks/1"),
	POST("/cases/{number}/tasks/{id}", "/cases/@k/tasks/1", "version=1&state=done"),
	POST("/cases/{number}/tasks/{id}/owner", "/cases/@k/tasks/1/owner", "version=1&role=desk"),
	POST("/cases/{number}/answers", "/cases/@k/answers", "question=backup&answer=yes"),
	POST("/cases/{number}/playbook", "/cases/@k/playbook", ""),

	/* duties */
	GET("/duties", "/duties"),
	GET("/cases/{number}/duties", "/cases/@k/duties"),
	POST("/cases/{number}/duties", "/cases/@k/duties", "known=2026-11-23T09%3A00&personal=yes&version=0"),
	POST("/cases/{number}/duties/items", "/cases/@k/duties/items", "item=overview&state=known&body=x"),
	POST("/cases/{number}/duties/{id}/made", "/cases/@k/duties/1/made", "version=1&to=x"),
	POST("/cases/{number}/duties/{id}/unmade", "/cases/@k/duties/1/unmade", "version=1"),
	SEEN("/cases/{number}/report/{form}", "/cases/@k/report/ransomware"),
	SEEN("/cases/{number}/report/{form}/csv", "/cases/@k/report/ransomware/csv"),

	/* playbooks */

	/* evidence */
	SEEN("/cases/{number}/evidence", "/cases/@k/evidence"),
	POST("/cases/{number}/evidence", "/cases/@k/evidence", "note=x"),
	POST("/cases/{number}/things", "/cases/@k/things", "kind=disk&name=x"),
	SEEN("/cases/{number}/evidence/{no}", "/cases/@k/evidence/1"),
	SEEN("/cases/{number}/evidence/{no}/sheet", "/cases/@k/evidence/1/sheet"),
	GET("/cases/{number}/evidence/{no}/custody.csv", "/cases/@k/evidence/1/custody.csv"),
	POST("/cases/{number}/evidence/{no}/custody", "/cases/@k/evidence/1/custody", "kind=noted&why=x"),
	POST("/cases/{number}/evidence/{no}/tlp", "/cases/@k/evidence/1/tlp", "tlp=amber"),
	POST("/cases/{number}/evidence/{no}/verify", "/cases/@k/evidence/1/verify", ""),
	POST("/cases/{number}/evidence/{no}/destroy", "/cases/@k/evidence/1/destroy", "why=x"),
	GET("/cases/{number}/evidence/{no}/download", "/cases/@k/evidence/1/download"),
	POST("/cases/{number}/evidence/{no}/download", "/cases/@k/evidence/1/download", "why=x"),
	GET("/cases/{number}/evidence/{no}/packets", "/cases/@k/evidence/1/packets"),
	POST("/cases/{number}/devices/{id}", "/cases/@k/devices/1", "was=suspected&state=clean&why=x"),
	POST("/cases/{number}/indicators/{id}", "/cases/@k/indicators/1", "tlp=clear"),
	POST("/cases/{number}/measures", "/cases/@k/measures", "kind=block&what=x"),
	POST("/cases/{number}/measures/{id}/end", "/cases/@k/measures/1/end", "version=1&why=x"),
	POST("/cases/{number}/measures/{id}/until", "/cases/@k/measures/1/until", "version=1"),
	POST("/cases/{number}/costs", "/cases/@k/costs", "category=parts&what=x&minutes=1"),
	POST("/cases/{number}/costs/{id}/void", "/cases/@k/costs/1/void", "why=x"),
	SEEN("/cases/{number}/costs.csv", "/cases/@k/costs.csv"),

	/* related */

	/* threads */
	SEEN("/threads", "/threads"),
	SEEN("/threads/{id}", "/threads/@h"),
	GET("/threads/{id}", "/threads/@h?draft=ja"),
	POST("/threads/{id}", "/threads/@h", "org_name=x"),
	POST("/threads/{id}/messages", "/threads/@h/messages", "direction=out&channel=phone&body=x"),
	POST("/threads/{id}/files/{file}", "/threads/@h/files/1", ""),
	POST("/threads/{id}/done", "/threads/@h/done", "done=1"),
	GET("/cases/{number}/threads/new", "/cases/@k/threads/new"),
	POST("/cases/{number}/threads", "/cases/@k/threads", "kind=isp&org_name=x"),
	POST("/cases/{number}/threads/own", "/cases/@k/threads/own", ""),

	/* duties */

	/* response */
	SEEN("/cases/{number}/consents", "/cases/@k/consents"),
	SEEN("/cases/{number}/consents/new", "/cases/@k/consents/new"),
	POST("/cases/{number}/consents", "/cases/@k/consents", "what=visit&how=call&given_by=x"),
	POST("/cases/{number}/asks", "/cases/@k/asks", "what=visit&until=day&why=x"),
	POST("/cases/{number}/asks/{id}/withdraw", "/cases/@k/asks/1/withdraw", ""),
	POST("/asks/{id}/answer", "/asks/1/answer", "answer=no"),
	POST("/cases/{number}/consents/{id}/revoke", "/cases/@k/consents/@g/revoke", "release=1"),
	SEEN("/cases/{number}/orders", "/cases/@k/orders"),
	SEEN("/cases/{number}/orders/new", "/cases/@k/orders/new?type=test"),
	GET("/cases/{number}/orders/new", "/cases/@k/orders/new?type=capture&mac=02:00:5e:00:53:01"),
	POST("/cases/{number}/orders", "/cases/@k/orders", "type=list_devices&sensor=@e"),
	SEEN("/orders", "/orders"),
	GET("/orders", "/orders?state=waiting"),
	GET("/orders", "/orders?state=held"),
	SEEN("/orders/{id}", "/orders/@r"),
	POST("/orders/{id}/end", "/orders/@r/end", ""),
	GET("/orders/{id}/file", "/orders/@r/file"),
	NOTHING("GET", "/steps", "what is said on the telephone is the same for all"),
	NOTHING("GET", "/steps/{procedure}", "what is said on the telephone is the same for all"),
	GET("/cases/{number}/steps/{procedure}", "/cases/@k/steps/unplug"),
	POST("/cases/{number}/steps/{procedure}", "/cases/@k/steps/unplug", "step=1&minutes=1"),
	GET("/cases/{number}/screens", "/cases/@k/screens"),
	POST("/cases/{number}/screens", "/cases/@k/screens", "tool=rustdesk&device=x"),
	SEEN("/screens/{id}", "/screens/@w"),
	POST("/screens/{id}/end", "/screens/@w/end", "minutes=1&did=x"),
	GET("/screens/{id}/log", "/screens/@w/log"),

	/* exports */
	SEEN("/cases/{number}/export", "/cases/@k/export"),
	POST("/cases/{number}/export", "/cases/@k/export", "kind=company_pdf"),
	POST("/cases/{number}/export", "/cases/@k/export", "kind=stix&to=x&purpose=x&named=1"),
	GET("/cases/export", "/cases/export?q=" MARK),
	POST("/cases/export", "/cases/export", "kind=cases_csv&state=any"),
	NOTHING("GET", "/cases/history", "says which columns a file has"),
	NOTHING("POST", "/cases/history", "cases of companies that one sees; a foreign one is no company: test_exports_import"),
	POST("/cases/history/confirm", "/cases/history/confirm", "token=none"),
	GET("/cases/history/refused", "/cases/history/refused?token=none"),
	NOTHING("POST", "/api/import/thehive", "a body in JSON; a foreign company is no company: test_exports_import"),
	NOTHING("POST", "/api/import/iris", "a body in JSON; a foreign company is no company: test_exports_import"),

	/* portal */
	GET("/portal", "/portal"),
	GET("/portal/cases/{number}", "/portal/cases/@k"),
	GET("/portal/ask", "/portal/ask?case=@k"),
	POST("/portal/ask", "/portal/ask", "case=@k&body=x"),
	POST("/portal/cases/{number}/consents", "/portal/cases/@k/consents", "use_visit=1&until=day"),
	POST("/portal/cases/{number}/files", "/portal/cases/@k/files", "note=x"),
	POST("/portal/consents/{id}/revoke", "/portal/consents/1/revoke", ""),
	GET("/portal/devices", "/portal/devices"),
	POST("/portal/devices/{id}", "/portal/devices/@d", "name=x&ours=yes"),
	GET("/portal/seen", "/portal/seen"),
	GET("/portal/seen.csv", "/portal/seen.csv"),
	GET("/portal/emergency", "/portal/emergency"),

	/* outbox: receivers are the administrator's, deliveries a company's */
	GET("/outbox", "/outbox"),
	NOTHING("POST", "/outbox/again", "what is given up is sent again, whatever it is"),
	POST("/outbox/{id}/again", "/outbox/1/again", ""),
	POST("/outbox/{id}/drop", "/outbox/1/drop", ""),
	NOTHING("GET", "/outbox/hooks/new", "an empty form"),
	NOTHING("POST", "/outbox/hooks", "a receiver is nobody's"),
	NOTHING("GET", "/outbox/hooks/{id}", "a receiver is nobody's"),
	NOTHING("POST", "/outbox/hooks/{id}", "a receiver is nobody's"),
	NOTHING("POST", "/outbox/hooks/{id}/secret", "a receiver is nobody's"),
	NOTHING("POST", "/outbox/hooks/{id}/test", "a receiver is nobody's"),

	/* reports */
	GET("/reports", "/reports"),
	GET("/reports", "/reports?company=@c"),
	GET("/reports.csv", "/reports.csv"),

	NOTHING("GET", "/api", "describes the program"),
	NOTHING("GET", "/api/openapi.json", "describes the program"),
};
/* clang-format on */

/* --- the foreign company, with one of everything --- */

struct foreign {
	struct test_hub *th;
	int64_t consortium, desk;
	int64_t company, contact, person, org, alert, mute, notice, session;
	int64_t thread;
	int64_t sensor, device, verdict;
	int64_t consent, order, screen;
	char number[CASE_NUMBER_MAX];
};

static void company_make(struct foreign *f)
{
	struct db *db = f->th->hub->db;
	struct user u = test_hub_user(f->th, f->desk);
	struct company c = { .name = MARK "製作所",
			     .kana = MARK,
			     .corporate_number = "",
			     .external_id = "",
			     .prefecture = 3,
			     .municipality = MARK "市",
			     .postal_code = "",
			     .address = "",
			     .phone = "",
			     .industry = "",
			     .note = MARK };
	struct contact t = { .name = MARK "担当",
			     .kana = "",
			     .role = "",
			     .phone = "",
			     .mail = "contact@minato.example",
			     .channel = "mail",
			     .hours = "" };
	struct site s = { .name = MARK "工場",
			  .prefecture = 3,
			  .municipality = "",
			  .postal_code = "",
			  .address = "" };
	struct err e = { 0 };
	int64_t id;

	if (members_register(db, &u, &c, &f->company, &e) < 0)
		fail_msg("%s", e.text);
	t.company_id = s.company_id = f->company;
	if (members_contact_set(db, &u, &t, &f->contact, &e) < 0 ||
	    members_site_add(db, &u, &s, &id, &e) < 0)
		fail_msg("%s", e.text);
}

static void sensor_make(struct foreign *f)
{
	struct fleet_sensor x = { .company_id = f->company,
				  .name = MARK,
				  .cert_sha256 = "none",
				  .version = "",
				  .hardware = "",
				  .enrolled_us = TEST_HUB_NOW };
	Otasuke__Wire__Device d = OTASUKE__WIRE__DEVICE__INIT;
	struct ingest_from from = { .company_id = f->company, .received_us = TEST_HUB_NOW };
	struct err e = { 0 };

	d.mac = (char *)(uintptr_t) "02:00:5e:00:53:01";
	d.hostname = (char *)(uintptr_t)MARK;
	SCOPED_TXN struct txn *t = txn_begin(f->th->hub->db, TXN_WRITE, &e);
	if (!t || fleet_store_add(t, &scope_system, &x, &f->sensor, &e) < 0)
		fail_msg("%s", e.text);
	from.sensor_id = f->sensor;
	if (fleet_ingest_store_device(t, &from, &d, &f->device, &e) < 0 || txn_commit(&t, &e) < 0)
		fail_msg("%s", e.text);
}

static void alert_make(struct foreign *f)
{
	char *peers[] = { (char *)(uintptr_t) "203.0.113.66:8443" };
	Otasuke__Wire__Device d = OTASUKE__WIRE__DEVICE__INIT;
	Otasuke__Wire__Finding finding = OTASUKE__WIRE__FINDING__INIT;
	Otasuke__Wire__Evidence evidence[2] = { OTASUKE__WIRE__EVIDENCE__INIT,
						OTASUKE__WIRE__EVIDENCE__INIT };
	Otasuke__Wire__Evidence *list[2] = { &evidence[0], &evidence[1] };
	struct hub *h = f->th->hub;
	struct err e = { 0 };

	d.mac = (char *)(uintptr_t) "02:00:5e:00:53:01";
	d.hostname = (char *)(uintptr_t)MARK;
	finding.detector = (char *)(uintptr_t) "known_bad";
	finding.story = (char *)(uintptr_t) "known_bad 203.0.113.66";
	finding.severity = OTASUKE__WIRE__SEVERITY__CRITICAL;
	finding.confidence = 0.9;
	finding.device = &d;
	finding.peers = peers;
	finding.n_peers = 1;
	finding.first_us = TEST_HUB_NOW - US_PER_MIN;
	finding.last_us = TEST_HUB_NOW;
	finding.count = 6;
	evidence[0].name = (char *)(uintptr_t) "indicator";
	evidence[0].text = (char *)(uintptr_t) "bad.example";
	evidence[1].name = (char *)(uintptr_t) "indicator_type";
	evidence[1].text = (char *)(uintptr_t) "domain";
	finding.evidence = list;
	finding.n_evidence = ARRAY_LEN(list);
	const struct fleet_finding ff = { .sequence = 1, .finding = &finding };
	const struct fleet_batch b = { .company_id = f->company,
				       .sensor_id = f->sensor,
				       .received_us = TEST_HUB_NOW,
				       .findings = &ff,
				       .n_findings = 1 };
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, &e);
	if (!t || intel_hit_take(h, t, &b, &e) < 0 || watch_fold_take(h->watch, t, &b, &e) < 0 ||
	    watch_fold_finish(h->watch, t, &e) < 0 || txn_commit(&t, &e) < 0)
		fail_msg("%s", e.text);
	watch_fold_done(h->watch, true);
}

/* Lists belong to no company; what its devices did with them, and what was said of it, does. */
static void own_entry_make(struct foreign *f)
{
	const struct intel_own_entry entry = { "", "bad.example", "", TLP_AMBER };
	struct user u = test_hub_user(f->th, f->desk);
	struct indicator made;
	struct err e = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(f->th->hub->db, TXN_WRITE, &e);

	if (!t || intel_own_add(t, &u, &entry, TEST_HUB_NOW, &made, &e) < 0 ||
	    txn_commit(&t, &e) < 0 || intel_work_pack(f->th->hub, true, &e) < 0)
		fail_msg("%s", e.text);
}

static void verdict_make(struct foreign *f)
{
	const struct intel_wrong w = { .company_id = f->company,
				       .alert_id = f->alert,
				       .key = { INDICATOR_DOMAIN, "bad.example" },
				       .reason = MARK };
	struct user u = test_hub_user(f->th, f->desk);
	struct err e = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(f->th->hub->db, TXN_WRITE, &e);

	if (!t || intel_verdict_add(t, &u, &w, TEST_HUB_NOW, &f->verdict, &e) < 0 ||
	    txn_commit(&t, &e) < 0)
		fail_msg("%s", e.text);
}

static void watch_find(struct foreign *f)
{
	const struct alert_filter all = { .state = NULL };
	struct watch_mute m = { .company_id = f->company,
				.detector = "scan",
				.device_mac = "",
				.peer = "",
				.name = "",
				.until_us = TEST_HUB_NOW + US_PER_DAY,
				.reason = MARK };
	struct user u = test_hub_user(f->th, f->desk);
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct watch_alert *alerts = NULL;
	struct watch_notice *notices = NULL;
	struct err e = { 0 };
	size_t n = 0;

	SCOPED_TXN struct txn *t = txn_begin(f->th->hub->db, TXN_WRITE, &e);
	if (!t || watch_store_list(t, &scope_system, &all, a, &alerts, &n, &e) < 0 || n != 1)
		fail_msg("alerts: %s", e.text);
	f->alert = alerts[0].id;
	if (watch_mute_add(t, &u, &m, TEST_HUB_NOW, &f->mute, &e) < 0 ||
	    watch_notices_of(t, &scope_system, f->alert, a, &notices, &n, &e) < 0)
		fail_msg("%s", e.text);
	f->notice = n ? notices[0].id : 1;
	if (txn_commit(&t, &e) < 0)
		fail_msg("%s", e.text);
}

static void case_make(struct foreign *f)
{
	struct user u = test_hub_user(f->th, f->desk);
	struct case_new n = { .company_id = f->company,
			      .kind = "ransomware",
			      .title = MARK,
			      .source = "phone",
			      .severity = 2,
			      .words = MARK,
			      .contact_name = MARK,
			      .contact_phone = "" };
	struct case_device d = { .name = MARK, .mac = "", .address = "", .state = "suspect" };
	struct err e = { 0 };
	int64_t id;

	(void)snprintf(f->number, sizeof(f->number), "IW-2026-000001");
	SCOPED_TXN struct txn *t = txn_begin(f->th->hub->db, TXN_WRITE, &e);
	if (!t || cases_open(t, f->th->hub, &u, &n, TEST_HUB_NOW, &id, &e) < 0)
		fail_msg("%s", e.text);
	(void)cases_device(t, &u, f->number, &d, TEST_HUB_NOW, NULL); /* more to leak; its rules are
									 not the point */
	if (txn_commit(&t, &e) < 0)
		fail_msg("%s", e.text);
}

static void thread_make(struct foreign *f)
{
	const struct thread_post said = { .direction = THREAD_OUT,
					  .channel = "phone",
					  .body = MARK };
	struct user u = test_hub_user(f->th, f->desk);
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct incident i;
	struct err e = { 0 };
	int64_t message;
	SCOPED_TXN struct txn *t = txn_begin(f->th->hub->db, TXN_WRITE, &e);

	if (!t || cases_get(t, &u.scope, f->number, a, &i, &e) < 0)
		fail_msg("%s", e.text);
	const struct thread_new n = { .incident_id = i.id,
				      .kind = "isp",
				      .org_name = MARK,
				      .person_name = MARK,
				      .phone = "",
				      .mail = "",
				      .reference = MARK,
				      .purpose = MARK,
				      .told = MARK };
	if (threads_open(t, &u, &n, TEST_HUB_NOW, &f->thread, &e) < 0 ||
	    threads_post(t, &u, f->thread, &said, TEST_HUB_NOW, &message, &e) < 0 ||
	    txn_commit(&t, &e) < 0)
		fail_msg("%s", e.text);
}

static void evidence_make(struct foreign *f)
{
	struct user u = test_hub_user(f->th, f->desk);
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct incident c;
	struct err e = { 0 };
	int64_t id;
	SCOPED_TXN struct txn *t = txn_begin(f->th->hub->db, TXN_WRITE, &e);

	if (!t || cases_get(t, &u.scope, f->number, a, &c, &e) < 0)
		fail_msg("%s", e.text);
	const struct evidence_new n = {
		.case_id = c.id, .kind = "disk", .name = MARK, .note = MARK
	};
	const struct evidence_measure_new m = { .kind = "block", .what = MARK };
	const struct evidence_cost_new k = { .category = "parts", .what = MARK, .unit_yen = 1 };
	if (evidence_put(t, f->th->hub, &u, &n, NULL, TEST_HUB_NOW, &id, &e) < 0 ||
	    evidence_measure_add(t, &u, c.id, &m, TEST_HUB_NOW, &id, &e) < 0 ||
	    evidence_cost_add(t, &u, c.id, &k, TEST_HUB_NOW, &id, &e) < 0 || txn_commit(&t, &e) < 0)
		fail_msg("%s", e.text);
}

static void response_make(struct foreign *f)
{
	struct user u = test_hub_user(f->th, f->desk);
	const struct case_consent k = { .what = "remote_access capture",
					.given_by = MARK,
					.how = "call" };
	const struct response_ask ask = {
		.number = f->number, .type = "test", .mac = "", .network = "", .token = ""
	};
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct case_consent given = { 0 };
	struct incident i = { 0 };
	struct err e = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(f->th->hub->db, TXN_WRITE, &e);

	if (!t || cases_consent(t, &u, f->number, &k, TEST_HUB_NOW, &e) < 0 ||
	    cases_get(t, &u.scope, f->number, a, &i, &e) < 0 ||
	    cases_consent_find(t, &u.scope, i.id, "capture", TEST_HUB_NOW, a, &given, &e) < 0 ||
	    response_order_make(t, f->th->hub, &u, &ask, TEST_HUB_NOW, &f->order, &e) < 0 ||
	    response_screen_begin(t, &u, f->number, "rustdesk", MARK, TEST_HUB_NOW, &f->screen,
				  &e) < 0 ||
	    txn_commit(&t, &e) < 0)
		fail_msg("%s", e.text);
	f->consent = given.id;
}

static void people_make(struct foreign *f)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct user u = test_hub_user(f->th, f->desk);
	struct accounts_session session;
	struct accounts_org *orgs = NULL;
	struct err e = { 0 };
	size_t n = 0;
	SCOPED_TXN struct txn *t = txn_begin(f->th->hub->db, TXN_READ, &e);

	if (!t || accounts_org_list(t, &u.scope, ORG_COMPANY, a, &orgs, &n, &e) < 0 || n != 1)
		fail_msg("organisations: %s", e.text);
	f->org = orgs[0].id;
	txn_rollback(&t);
	f->person = test_hub_person(f->th, f->org, ROLE_COMPANY, "zqxm.person");
	const char *token = strchr(test_hub_cookie(f->th, f->person), '=') + 1;
	assert_int_equal(accounts_session_find(f->th->hub, token, TEST_HUB_NOW, &session, &e), 1);
	f->session = session.row.id;
}

static void foreign_make(struct test_hub *th, struct foreign *f)
{
	*f = (struct foreign){ .th = th };
	f->consortium = test_hub_org(th, ORG_CONSORTIUM, "別の地域のお助け隊");
	f->desk = test_hub_person(th, f->consortium, ROLE_ADMIN | ROLE_DESK, "foreign.desk");
	company_make(f);
	people_make(f);
	sensor_make(f);
	own_entry_make(f);
	alert_make(f);
	watch_find(f);
	verdict_make(f);
	case_make(f);
	evidence_make(f);
	thread_make(f);
	response_make(f);
}

/* --- asking --- */

static void number_add(struct buf *b, int64_t id, bool absent)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%lld", (long long)id);
	for (char *p = text; absent && *p; p++)
		*p = '9';
	buf_adds(b, text);
}

/* @letter becomes what the foreign company has, or as many nines. */
static void fill(const struct foreign *f, const char *text, bool absent, struct buf *out)
{
	const struct {
		char letter;
		int64_t id;
	} ids[] = { { 'c', f->company }, { 't', f->contact }, { 'p', f->person },
		    { 'o', f->org },     { 'a', f->alert },   { 'm', f->mute },
		    { 'e', f->sensor },  { 'd', f->device },  { 'n', f->notice },
		    { 's', f->session }, { 'v', f->verdict }, { 'h', f->thread },
		    { 'g', f->consent }, { 'r', f->order },   { 'w', f->screen } };

	buf_clear(out);
	for (const char *p = text; *p; p++) {
		if (*p != '@' || !isalpha((unsigned char)p[1]) || isalpha((unsigned char)p[2])) {
			buf_addc(out, *p);
			continue;
		}
		p++;
		if (*p == 'k')
			buf_adds(out, absent ? "IW-2026-000009" : f->number);
		for (size_t i = 0; i < ARRAY_LEN(ids); i++)
			if (ids[i].letter == *p)
				number_add(out, ids[i].id, absent);
	}
}

struct said {
	int status;
	size_t length;
	bool marked;
};

static struct said ask(const struct foreign *f, int64_t person, const struct leak_row *row,
		       bool absent, bool json)
{
	SCOPED_BUF struct buf path = { 0 };
	SCOPED_BUF struct buf form = { 0 };
	struct test_answer a;

	fill(f, row->path, absent, &path);
	fill(f, row->form ? row->form : "", absent, &form);
	if (strcmp(row->method, "POST") == 0)
		a = test_hub_post(f->th, person, path.p, form.p ? form.p : "");
	else if (json)
		a = test_hub_json(f->th, person, path.p);
	else
		a = test_hub_get(f->th, person, path.p);
	/* what one typed into a search comes back; only more than that is a leak */
	const char *mark = strstr(a.body, MARK);
	bool typed = strstr(row->path, MARK) != NULL;
	bool marked =
		mark && (!typed || strstr(a.body, MARK "製作所") || strstr(a.body, MARK "市"));
	return (struct said){ a.status, strlen(a.body), marked };
}

static void compare(const struct foreign *f, int64_t person, const char *who,
		    const struct leak_row *row, bool json)
{
	struct said real = ask(f, person, row, false, json);
	struct said none = ask(f, person, row, true, json);

	if (real.marked)
		fail_msg("%s %s shows a foreign company to %s", row->method, row->path, who);
	if (real.status >= 500)
		fail_msg("%s %s: %d for %s", row->method, row->path, real.status, who);
	if (real.status != none.status || real.length != none.length)
		fail_msg("%s %s tells %s that a foreign thing exists: %d and %zu bytes, %d and %zu "
			 "for one that does not",
			 row->method, row->path, who, real.status, real.length, none.status,
			 none.length);
}

struct stranger {
	int64_t id;
	const char *who;
};

static size_t strangers_make(struct test_hub *th, struct stranger out[16])
{
	int64_t vendor = test_hub_org(th, ORG_VENDOR, "みちのくセキュリティ");
	int64_t it = test_hub_org(th, ORG_IT_COMPANY, "盛岡システム");
	int64_t insurer = test_hub_org(th, ORG_INSURER, "北東北損保");
	int64_t school = test_hub_org(th, ORG_SCHOOL, "北上高専");
	int64_t company = test_hub_company(th, "有限会社やまびこ");
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct user sys = accounts_system_user(TEST_HUB_NOW);
	struct accounts_org *orgs = NULL;
	struct err e = { 0 };
	size_t n = 0, n_orgs = 0;
	int64_t own = 0;

	test_hub_relate(th, company, vendor, "vendor");
	test_hub_relate(th, company, it, "it");
	test_hub_relate(th, company, insurer, "insurer");
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_READ, &e);
	if (!t || accounts_org_list(t, &sys.scope, ORG_COMPANY, a, &orgs, &n_orgs, &e) < 0)
		fail_msg("%s", e.text);
	for (size_t i = 0; i < n_orgs; i++)
		if (orgs[i].member_company_id == company)
			own = orgs[i].id;
	txn_rollback(&t);
	const struct {
		int64_t org;
		unsigned role;
		const char *login;
	} people[] = {
		{ th->consortium_id, ROLE_ADMIN, "admin" },
		{ th->consortium_id, ROLE_DESK, "desk" },
		{ th->consortium_id, ROLE_SPECIALIST, "specialist" },
		{ vendor, ROLE_ANALYST, "analyst" },
		{ it, ROLE_TECHNICIAN, "technician" },
		{ insurer, ROLE_INSURER, "insurer" },
		{ school, ROLE_TEACHER, "teacher" },
		{ own, ROLE_COMPANY, "company" },
	};
	for (size_t i = 0; i < ARRAY_LEN(people); i++)
		out[n++] = (struct stranger){ test_hub_person(th, people[i].org, people[i].role,
							      people[i].login),
					      people[i].login };
	out[n++] = (struct stranger){ 0, "nobody" };
	return n;
}

static bool has_row(const char *method, const char *pattern)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (strcmp(rows[i].method, method) == 0 && strcmp(rows[i].pattern, pattern) == 0)
			return true;
	return false;
}

static bool has_route(const struct leak_row *row)
{
	for (size_t i = 0; i < hub_routes_count; i++)
		if (strcmp(hub_routes[i].method, row->method) == 0 &&
		    strcmp(hub_routes[i].pattern, row->pattern) == 0)
			return true;
	for (size_t i = 0; hub_features[i]; i++)
		for (size_t k = 0; k < hub_features[i]->n_routes; k++)
			if (strcmp(hub_features[i]->routes[k].method, row->method) == 0 &&
			    strcmp(hub_features[i]->routes[k].pattern, row->pattern) == 0)
				return true;
	return false;
}

static void every_route_has_its_row(void **state)
{
	int missing = 0;

	(void)state;
	for (size_t i = 0; i < hub_routes_count; i++)
		if (!has_row(hub_routes[i].method, hub_routes[i].pattern))
			missing += printf("no row for %s %s\n", hub_routes[i].method,
					  hub_routes[i].pattern) > 0;
	for (size_t i = 0; hub_features[i]; i++)
		for (size_t k = 0; k < hub_features[i]->n_routes; k++) {
			const struct route *r = &hub_features[i]->routes[k];
			if (!has_row(r->method, r->pattern))
				missing += printf("no row for %s %s\n", r->method, r->pattern) > 0;
		}
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (!has_route(&rows[i]))
			missing += printf("no route for the row %s %s\n", rows[i].method,
					  rows[i].pattern) > 0;
	assert_int_equal(missing, 0);
}

static int64_t audit_rows(struct test_hub *th, int64_t company)
{
	int64_t n = 0;
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_READ, NULL);

	assert_int_equal(db_one_int(t, &scope_system,
				    "SELECT count(*) FROM audit WHERE about_company_id = $1 "
				    "@global",
				    DB_ARGS(DB_INT(company)), &n, NULL),
			 0);
	return n;
}

static void strangers_learn_nothing(struct test_hub *th)
{
	struct stranger strangers[16];
	struct foreign f;

	size_t n = strangers_make(th, strangers); /* first, so that ids of nines stay free */
	foreign_make(th, &f);
	test_hub_job(th, "search");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].control && !ask(&f, f.desk, &rows[i], false, false).marked)
			fail_msg("the company's own desk does not see it at %s", rows[i].path);
	int64_t before = audit_rows(th, f.company);
	for (size_t s = 0; s < n; s++)
		for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
			if (!rows[i].path)
				continue;
			compare(&f, strangers[s].id, strangers[s].who, &rows[i], false);
			if (strcmp(rows[i].method, "GET") == 0)
				compare(&f, strangers[s].id, strangers[s].who, &rows[i], true);
		}
	assert_int_equal(audit_rows(th, f.company), before);
}

static void no_leak(void **state)
{
	(void)state;
	test_hub_each(strangers_learn_nothing);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_route_has_its_row),
		cmocka_unit_test(no_leak),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
