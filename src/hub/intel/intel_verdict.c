/* SPDX-License-Identifier: Apache-2.0 */
/* What is known of one indicator, what findings say of it, and verdicts that it is wrong. */
#include <errno.h>
#include <string.h>

#include "hub/accounts/accounts.h"
#include "hub/fleet/fleet.h"
#include "hub/intel/intel_hit_store.h"
#include "hub/intel/intel_list_store.h"
#include "hub/intel/intel_store.h"
#include "hub/intel/intel_work.h"

enum { VERDICTS_SHOWN = 100 };

static const char *evidence_text(const Otasuke__Wire__Finding *f, const char *name)
{
	for (size_t i = 0; i < f->n_evidence; i++) {
		const Otasuke__Wire__Evidence *ev = f->evidence[i];
		if (ev && ev->name && strcmp(ev->name, name) == 0 && !ev->has_number && ev->text)
			return ev->text;
	}
	return "";
}

bool intel_key_of_finding(const Otasuke__Wire__Finding *f, struct arena *a, struct intel_key *out)
{
	const char *value = evidence_text(f, "indicator");
	const char *kind = evidence_text(f, "indicator_type");
	struct indicator i = { 0 };

	if (!f->detector || strcmp(f->detector, "known_bad") != 0 || !*value)
		return false;
	enum indicator_kind k = indicator_kind_of(str_of(kind));
	if (!k || indicator_set(&i, k, str_of(value)) != INDICATOR_OK)
		return false;
	*out = (struct intel_key){ i.kind, arena_strdup(a, i.value) };
	return true;
}

int intel_known(struct txn *t, const struct scope *s, const struct intel_key *key, struct arena *a,
		struct intel_known *out, struct err *e)
{
	struct intel_known k = { 0 };
	int r = intel_list_sources(t, key, a, &k.sources, &k.n_sources, e);

	if (r >= 0)
		r = intel_verdict_store_list(t, s, key, VERDICTS_SHOWN, a, &k.verdicts,
					     &k.n_verdicts, e);
	if (r >= 0)
		r = intel_bundle_held(t, key, a, &k.held, e);
	if (r >= 0)
		*out = k;
	return r;
}

int intel_verdict_add(struct txn *t, const struct user *u, const struct intel_wrong *w,
		      int64_t now_us, int64_t *id_out, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	size_t chars = utf8_count(w->reason, strlen(w->reason));
	int64_t id;
	int r = intel_may_read(u, e);

	if (r < 0)
		return r;
	if (chars == 0 || chars > INTEL_REASON_CHARS)
		return err_set(e, -EINVAL, "say in 1 to %d characters why this indicator is wrong",
			       INTEL_REASON_CHARS);
	if ((r = intel_verdict_store_covers(t, w, e)) < 0)
		return r;
	if (r > 0)
		return err_set(e, -EEXIST, "somebody said already that %s is wrong", w->key.value);
	if ((r = intel_verdict_store_add(t, &u->scope, w, u->person_id, now_us, &id, e)) < 0 ||
	    (r = intel_store_mark_set(t, w->region ? "changed" : "excepted", now_us, e)) < 0)
		return r;
	*id_out = id;
	return accounts_audit(t, u, "intel.verdict.add", "verdict", id, w->company_id,
			      intel_detail(a, &w->key), e);
}

int intel_verdict_end(struct txn *t, const struct user *u, int64_t id, int64_t now_us,
		      struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct intel_verdict v;
	int r = intel_may_read(u, e);

	if (r < 0 || (r = intel_verdict_store_get(t, &u->scope, id, a, &v, e)) < 0)
		return r;
	if ((r = intel_verdict_store_end(t, &u->scope, id, u->person_id, now_us, e)) < 0)
		return r;
	if (r == 0)
		return err_set(e, -ECONFLICT, "this verdict was taken back already");
	const struct intel_key key = { v.kind, v.value };
	if ((r = intel_store_mark_set(t, v.region ? "changed" : "excepted", now_us, e)) < 0)
		return r;
	return accounts_audit(t, u, "intel.verdict.end", "verdict", id, v.company_id,
			      intel_detail(a, &key), e);
}
