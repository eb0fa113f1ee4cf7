/* SPDX-License-Identifier: Apache-2.0 */
/* Cases: what kinds there are, and how one is opened. What is done with it then: cases_work.c. SQL:
 * cases_store.c. */
#include "hub/cases/cases.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "hub/cases/cases_move.h"
#include "hub/cases/cases_rules.h"
#include "hub/members/members.h"
#include "hub/watch/watch.h"

static const char *const kinds[] = {
	"suspicious_mail",   "phishing_entered",    "malware_suspected",
	"ransomware",        "malware_mail",        "insider",
	"account_takeover",  "bec_payment_fraud",   "support_scam_popup",
	"web_defacement",    "data_leak",           "lost_stolen_device",
	"denial_of_service", "unauthorised_device", "sensor_alert",
	"sensor_install",    "sensor_fault",        "network_slow",
	"policy_training",   "insurance_claim",     "partner_requested",
	"general_it",
};

const char *const *cases_kinds(size_t *n_out)
{
	*n_out = ARRAY_LEN(kinds);
	return kinds;
}

int cases_get(struct txn *t, const struct scope *s, const char *number, struct arena *a,
	      struct incident *out, struct err *e)
{
	int r = cases_store_get(t, s, number, a, out, e);

	for (int i = 0; r >= 0 && out->merged_into; i++) {
		if (i == CASE_MERGES_DEEP)
			return err_set(e, -ELIMIT, "the case was merged too many times");
		r = cases_store_get_id(t, s, out->merged_into, a, out, e);
	}
	return r;
}

static int check_new(const struct user *u, const struct case_new *n, int64_t now_us, struct err *e)
{
	static const char *const sources[] = { "alert", "phone", "mail", "paper", "portal" };
	int r;

	if (!(user_is(u, ROLE_COMPANY) && strcmp(n->source, "portal") == 0) &&
	    (r = cases_rules_may(u, e)) < 0)
		return r;
	if (!cases_rules_one_of(n->kind, kinds, ARRAY_LEN(kinds)))
		return err_set(e, -EINVAL, "choose what kind of case it is");
	if (!cases_rules_one_of(n->source, sources, ARRAY_LEN(sources)))
		return err_set(e, -EINVAL, "choose how the case came in");
	if ((r = cases_rules_text(n->title, 1, CASE_TITLE_CHARS, e)) < 0)
		return r;
	if ((r = cases_rules_text(n->words, 0, CASE_TEXT_CHARS, e)) < 0)
		return r;
	if (n->opened_us && (r = cases_rules_time(n->opened_us, now_us, e)) < 0)
		return r;
	return n->happened_us ? cases_rules_time(n->happened_us, now_us, e) : 0;
}

static const char *entry_kind(const char *source)
{
	if (strcmp(source, "alert") == 0 || strcmp(source, "phone") == 0 ||
	    strcmp(source, "mail") == 0)
		return source;
	return "note";
}

/* The device and the peers of an alert become the case's. */
static int take_over(struct txn *t, const struct user *u, const struct incident *c,
		     const struct watch_alert *alert, int64_t now_us, struct err *e)
{
	const struct case_device d = { .mac = alert->device_mac,
				       .address = alert->device_address,
				       .name = alert->device_name,
				       .state = "suspected" };
	struct str peers = str_of(alert->peers), names = str_of(alert->names), line;
	SCOPED_ARENA struct arena *a = arena_new(0);
	int r = 0;

	if (d.mac[0] || d.address[0])
		r = cases_store_device(t, &u->scope, c, &d, now_us, e);
	while (r >= 0 && str_cut(&peers, '\n', &line)) {
		const struct case_indicator i = { .type = "address",
						  .value = arena_strndup(a, line.p, line.n),
						  .note = "" };
		r = line.n ? cases_store_indicator(t, &u->scope, c, &i, now_us, e) : 0;
	}
	while (r >= 0 && str_cut(&names, '\n', &line)) {
		const struct case_indicator i = { .type = "domain",
						  .value = arena_strndup(a, line.p, line.n),
						  .note = "" };
		r = line.n ? cases_store_indicator(t, &u->scope, c, &i, now_us, e) : 0;
	}
	return r;
}

static int open_from_alert(struct txn *t, const struct user *u, const struct incident *c,
			   int64_t alert_id, int64_t now_us, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct watch_alert alert;
	int r = watch_alert_get(t, &u->scope, alert_id, a, &alert, e);

	if (r < 0)
		return r;
	if (alert.company_id != c->company_id)
		return err_set(e, -ENOENT, "there is no such alert");
	if ((r = watch_alert_promote(t, u, alert_id, c->id, now_us, e)) < 0)
		return r;
	const struct entry_row seen = { .c = c,
					.kind = "packet",
					.text_key = "case.story.first_seen",
					.text_arg = alert.device_name,
					.happened_us = alert.first_us,
					.now_us = now_us,
					.ref_id = alert_id };
	if ((r = cases_store_entry(t, &u->scope, &seen, e)) < 0)
		return r;
	return take_over(t, u, c, &alert, now_us, e);
}

/* What later features hang on a case of its kind. */
static int tell_features(struct txn *t, struct hub *h, const struct user *u, int64_t id,
			 const char *was, int64_t now_us, struct err *e)
{
	int r = 0;

	for (const struct hub_feature *const *f = h->features; *f && r >= 0; f++)
		if ((*f)->case_kind)
			r = (*f)->case_kind(h, t, u, id, was, now_us, e);
	return r;
}

int cases_open(struct txn *t, struct hub *h, const struct user *u, const struct case_new *n,
	       int64_t now_us, int64_t *id_out, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct company company;
	struct case_new whole = *n;
	char number[CASE_NUMBER_MAX];
	int64_t id;
	int r = check_new(u, n, now_us, e);

	if (r < 0)
		return r;
	if ((r = members_company_get(t, &u->scope, n->company_id, a, &company, e)) < 0)
		return r;
	whole.opened_us = n->opened_us ? n->opened_us : now_us;
	whole.happened_us = n->happened_us ? n->happened_us : whole.opened_us;
	if ((r = cases_rules_number(t, h, whole.opened_us, number, e)) < 0)
		return r;
	const struct incident_row row = { .n = &whole,
					  .number = number,
					  .prefecture = company.prefecture,
					  .person_id = u->person_id,
					  .now_us = now_us,
					  .nobodys = !user_is(u, CASES_WORKERS) };
	if ((r = cases_store_add(t, &u->scope, &row, &id, e)) < 0)
		return r;
	const struct incident c = { .id = id, .company_id = n->company_id };
	if (n->alert_id && (r = open_from_alert(t, u, &c, n->alert_id, now_us, e)) < 0)
		return r;
	const struct entry_row said = { .c = &c,
					.kind = entry_kind(n->source),
					.body = n->words,
					.text_key = "case.story.opened",
					.text_arg = n->contact_name,
					.happened_us = whole.opened_us };
	if ((r = cases_rules_tell(t, u, "incident.open", &said, now_us, e)) < 0)
		return r;
	if ((r = tell_features(t, h, u, id, NULL, now_us, e)) < 0)
		return r;
	*id_out = id;
	return 0;
}

int cases_kind(struct txn *t, struct hub *h, const struct user *u, const char *number,
	       const char *kind, int64_t now_us, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct incident c;
	int r = cases_get(t, &u->scope, number, a, &c, e);

	if (r < 0 || (r = cases_rules_may(u, e)) < 0)
		return r;
	if (strcmp(c.state, CASE_CLOSED) == 0)
		return err_set(e, -ECONFLICT, "the case is closed; reopen it first");
	if (!cases_rules_one_of(kind, kinds, ARRAY_LEN(kinds)))
		return err_set(e, -EINVAL, "choose what kind of case it is");
	if (strcmp(c.kind, kind) == 0)
		return 0;
	if ((r = cases_store_kind(t, &u->scope, c.id, kind, now_us, e)) < 0)
		return r;
	const struct entry_row said = { .c = &c,
					.kind = "state",
					.text_key = arena_printf(a, "case.story.kind.%s", kind) };
	if ((r = cases_rules_tell(t, u, "incident.kind", &said, now_us, e)) < 0)
		return r;
	return tell_features(t, h, u, c.id, c.kind, now_us, e);
}
