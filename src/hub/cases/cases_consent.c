/* SPDX-License-Identifier: Apache-2.0 */
/* Consents: for what, until when, by whom, taken back by whom. What runs under one and how it is
 * stopped is not known here (hub/response). SQL: cases_consent_store.c. */
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "hub/cases/cases_rules.h"

enum { NAME_CHARS = 100, WORDS_CHARS = 2000 };

static const char *const uses[] = { "remote_access", "capture",  "isolate", "block",
				    "visit",         "evidence", "share" };
static const char *const hows[] = { "call", "mail", "paper", "portal" };
static const char *const untils[] = { "today", "day", "week", "case" };

const char *const *cases_consent_uses(size_t *n_out)
{
	*n_out = ARRAY_LEN(uses);
	return uses;
}

const char *const *cases_consent_hows(size_t *n_out)
{
	*n_out = ARRAY_LEN(hows);
	return hows;
}

const char *const *cases_consent_untils(size_t *n_out)
{
	*n_out = ARRAY_LEN(untils);
	return untils;
}

bool cases_consent_covers(const struct case_consent *k, const char *use)
{
	struct str rest = str_of(k->what), one;

	while (str_cut(&rest, ' ', &one))
		if (str_eq(one, str_of(use)))
			return true;
	return false;
}

enum case_consent_state cases_consent_state(const struct case_consent *k, int64_t now_us)
{
	if (k->revoked_us)
		return CONSENT_REVOKED;
	return k->until_us && k->until_us <= now_us ? CONSENT_EXPIRED : CONSENT_VALID;
}

/* --- giving --- */

static int check_what(const char *what, struct err *e)
{
	struct str rest = str_of(what), one;
	size_t n = 0;

	while (str_cut(&rest, ' ', &one)) {
		bool known = false;
		for (size_t i = 0; i < ARRAY_LEN(uses); i++)
			known = known || str_eq(one, str_of(uses[i]));
		if (!known)
			return err_set(e, -EINVAL, "choose what was agreed to, and how");
		n++;
	}
	return n > 0 && n <= ARRAY_LEN(uses)
		       ? 0
		       : err_set(e, -EINVAL, "choose what was agreed to, and how");
}

/* When it ends, as agreed. The end of a day is the caller's to know: it depends on where. */
static int until(struct case_consent *k, struct err *e)
{
	if (!cases_rules_one_of(k->until, untils, ARRAY_LEN(untils)))
		return err_set(e, -EINVAL, "choose until when the consent holds");
	if (strcmp(k->until, "case") == 0)
		k->until_us = 0;
	else if (strcmp(k->until, "week") == 0)
		k->until_us = k->given_us + 7 * US_PER_DAY;
	else if (strcmp(k->until, "day") == 0 || k->until_us <= k->given_us ||
		 k->until_us > k->given_us + US_PER_DAY)
		k->until_us = k->given_us + US_PER_DAY;
	return 0;
}

static int may_give(const struct user *u, const struct incident *c, const char *how, struct err *e)
{
	if (user_is(u, ROLE_COMPANY) && u->company_id == c->company_id &&
	    strcmp(how, "portal") == 0)
		return 0;
	return cases_rules_may(u, e);
}

static struct case_consent whole_of(const struct case_consent *k, int64_t now_us)
{
	struct case_consent w = *k;

	w.given_us = k->given_us ? k->given_us : now_us;
	w.role = k->role ? k->role : "";
	w.words = k->words ? k->words : "";
	w.until = k->until && k->until[0] ? k->until : "case";
	return w;
}

static int check(const struct case_consent *k, int64_t now_us, struct err *e)
{
	int r = check_what(k->what, e);

	if (r < 0)
		return r;
	if (!cases_rules_one_of(k->how, hows, ARRAY_LEN(hows)))
		return err_set(e, -EINVAL, "choose what was agreed to, and how");
	if ((r = cases_rules_text(k->given_by, 1, NAME_CHARS, e)) < 0 ||
	    (r = cases_rules_text(k->role, 0, NAME_CHARS, e)) < 0 ||
	    (r = cases_rules_text(k->words, 0, WORDS_CHARS, e)) < 0)
		return r;
	return cases_rules_time(k->given_us, now_us, e);
}

/* "#case.use.capture case.use.isolate": the texts of what was agreed to. */
static const char *use_keys(struct arena *a, const char *what)
{
	struct str rest = str_of(what), one;
	const char *keys = "#";

	while (str_cut(&rest, ' ', &one))
		keys = arena_printf(a, "%s%scase.use.%.*s", keys, keys[1] ? " " : "", (int)one.n,
				    one.p);
	return keys;
}

int cases_consent(struct txn *t, const struct user *u, const char *number,
		  const struct case_consent *k, int64_t now_us, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct case_consent whole = whole_of(k, now_us);
	struct incident c;
	int64_t id;
	int r = cases_get(t, &u->scope, number, a, &c, e);

	if (r < 0 || (r = may_give(u, &c, k->how, e)) < 0)
		return r;
	if (strcmp(c.state, CASE_CLOSED) == 0)
		return err_set(e, -ECONFLICT, "the case is closed; reopen it first");
	if ((r = check(&whole, now_us, e)) < 0 || (r = until(&whole, e)) < 0 ||
	    (r = cases_store_consent(t, &u->scope, &c, &whole, u->person_id, &id, e)) < 0)
		return r;
	const char *const args[] = { whole.given_by, use_keys(a, whole.what), NULL };
	const struct entry_row said = { .c = &c,
					.kind = "consent",
					.text_key = "case.story.consent_given",
					.text_arg = cases_args(a, args),
					.happened_us = whole.given_us,
					.ref_id = id };
	return cases_rules_tell(t, u, "incident.consent", &said, now_us, e);
}

/* --- taking back --- */

int cases_consent_revoke(struct txn *t, const struct user *u, const char *number, int64_t id,
			 int64_t now_us, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct case_consent k;
	struct incident c;
	int r = cases_get(t, &u->scope, number, a, &c, e);

	if (r < 0)
		return r;
	if (!(user_is(u, ROLE_COMPANY) && u->company_id == c.company_id) &&
	    (r = cases_rules_may(u, e)) < 0)
		return r;
	r = cases_store_consent_revoke(t, &u->scope, c.id, id, u->person_id, now_us, e);
	if (r < 0)
		return r;
	if (r == 0)
		return err_set(e, -ENOENT, "there is no such consent");
	if ((r = cases_store_consent_get(t, &u->scope, id, a, &k, e)) < 0)
		return r;
	const char *const args[] = { u->name, k.given_by, use_keys(a, k.what), NULL };
	const struct entry_row said = { .c = &c,
					.kind = "consent",
					.text_key = "case.story.consent_taken_back",
					.text_arg = cases_args(a, args),
					.ref_id = id };
	return cases_rules_tell(t, u, "incident.consent_revoke", &said, now_us, e);
}

/* --- asking --- */

int cases_consent_find(struct txn *t, const struct scope *s, int64_t incident_id, const char *use,
		       int64_t now_us, struct arena *a, struct case_consent *out, struct err *e)
{
	struct case_consent *list;
	size_t n;
	int r = cases_store_consents(t, s, incident_id, a, &list, &n, e);

	for (size_t i = n; r >= 0 && i > 0; i--)
		if (cases_consent_state(&list[i - 1], now_us) == CONSENT_VALID &&
		    cases_consent_covers(&list[i - 1], use)) {
			*out = list[i - 1];
			return 1;
		}
	return r < 0 ? r : 0;
}
