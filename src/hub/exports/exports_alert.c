/* SPDX-License-Identifier: Apache-2.0 */
/* An alert of another system becomes a case: by the rules of cases, with its indicators and devices
 * in the same transaction. */
#include "hub/exports/exports_alert.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "hub/exports/exports_store.h"

/* What they call a kind, as part of a word. */
static const char *kind_of(const struct outside_alert *x)
{
	static const struct {
		const char *word, *kind;
	} words[] = {
		{ "ransom", "ransomware" },        { "phish", "suspicious_mail" },
		{ "mail", "suspicious_mail" },     { "malware", "malware_suspected" },
		{ "ddos", "denial_of_service" },   { "leak", "data_leak" },
		{ "account", "account_takeover" },
	};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcasestr(x->type, words[i].word))
			return words[i].kind;
	return "sensor_alert";
}

/* Who it is about; what they call the company is remembered where somebody said both. */
static int company_of(struct txn *t, const struct user *u, const struct outside_alert *x,
		      const char *typed, struct arena *a, struct import_key *k, struct err *e)
{
	const bool said = typed && typed[0];
	struct company c;
	int r;

	if (!said && x->customer[0]) {
		r = exports_store_customer(t, &u->scope, k, x->customer, &k->company_id, e);
		if (r != 0)
			return r;
	}
	if (!said && !x->customer[0])
		return err_set(e, -EINVAL,
			       "say which company it is about: ?company= with its member number");
	/* a number of theirs is none of ours */
	if (!said && strcmp(x->system, "iris") == 0)
		return err_set(e, -EINVAL,
			       "the customer %s is not known here yet: say ?company= once",
			       x->customer);
	r = members_find(t, &u->scope, said ? typed : x->customer, a, &c, e);
	if (r < 0)
		return r == -ENOENT ? err_set(e, -EINVAL, "there is no such company") : r;
	k->company_id = c.id;
	return said && x->customer[0] ? exports_store_customer_set(t, &u->scope, k, x->customer, e)
				      : 0;
}

/* What is no indicator of ours is told in the story, so that nothing is lost. */
static int thing_put(struct txn *t, const struct user *u, int64_t case_id, const char *number,
		     const struct outside_thing *x, int64_t now_us, struct arena *a, struct err *e)
{
	const struct case_indicator i = {
		.type = x->type, .value = x->value, .note = x->note, .tlp = exports_tlp_name(x->tlp)
	};
	const char *const args[] = { x->value, x->note, NULL };
	const struct case_told told = {
		.case_id = case_id,
		.action = "incident.import",
		.kind = "alert",
		.text_key = "export.story.observable",
		.text_arg = cases_args(a, args),
	};

	return x->type[0] ? cases_indicator(t, u, number, &i, now_us, e)
			  : cases_tell(t, u, &told, now_us, e);
}

static int parts_put(struct txn *t, const struct user *u, const struct outside_alert *x,
		     const struct outside_result *made, int64_t now_us, struct arena *a,
		     struct err *e)
{
	const char *const args[] = { x->source, x->source_ref, NULL };
	const struct case_told told = {
		.case_id = made->incident_id,
		.action = "incident.import",
		.kind = "alert",
		.text_key = "export.story.alert_in",
		.text_arg = cases_args(a, args),
	};
	int r = cases_tell(t, u, &told, now_us, e);

	for (size_t i = 0; r >= 0 && i < x->n_things; i++)
		r = thing_put(t, u, made->incident_id, made->number, &x->things[i], now_us, a, e);
	for (size_t i = 0; r >= 0 && i < x->n_assets; i++) {
		const struct case_device d = { .name = x->assets[i].name,
					       .address = x->assets[i].address,
					       .mac = "",
					       .state = "suspected" };
		r = cases_device(t, u, made->number, &d, now_us, e);
	}
	return r;
}

static int open_case(struct txn *t, struct hub *h, const struct user *u,
		     const struct outside_alert *x, int64_t now_us, struct arena *a,
		     struct outside_result *out, struct err *e)
{
	const struct case_new n = {
		.company_id = out->company_id,
		.kind = kind_of(x),
		.title = x->title,
		.source = "alert",
		.severity = x->severity,
		.words = x->text,
		.contact_name = "",
		.contact_phone = "",
		.happened_us = x->happened_us < now_us ? x->happened_us : now_us,
	};
	int r = cases_open(t, h, u, &n, now_us, &out->incident_id, e);

	if (r >= 0)
		r = cases_store_number(t, &u->scope, out->incident_id, a, &out->number, e);
	return r < 0 ? r : parts_put(t, u, x, out, now_us, a, e);
}

int outside_import(struct hub *h, const struct user *u, const struct outside_alert *x,
		   const char *company, int64_t now_us, struct arena *a, struct outside_result *out,
		   struct err *e)
{
	struct import_key k = { .system = x->system,
				.source = x->source,
				.source_ref = x->source_ref,
				.person_id = u->person_id,
				.at_us = now_us };
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	int r = t ? company_of(t, u, x, company, a, &k, e) : e->code;

	if (r < 0)
		return r;
	out->company_id = k.company_id;
	r = exports_store_key_find(t, &u->scope, &k, &out->incident_id, e);
	if (r > 0) {
		out->created = false;
		return cases_store_number(t, &u->scope, out->incident_id, a, &out->number, e);
	}
	if (r < 0 || (r = open_case(t, h, u, x, now_us, a, out, e)) < 0)
		return r;
	k.incident_id = out->incident_id;
	out->created = true;
	r = exports_store_key_add(t, &u->scope, &k, e);
	return r < 0 ? r : txn_commit(&t, e);
}
