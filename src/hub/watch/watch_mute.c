/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of mutes: what fits, who may, for how long. SQL: watch_mute_store.c. */
#include "hub/watch/watch_mute.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "hub/accounts/accounts.h"
#include "hub/watch/watch_mute_store.h"
#include "hub/watch/watch_store.h"

enum {
	PREVIEW_DAYS = 30,
	PREVIEW_SHOWN = 10,
	REASON_MAX_CHARS = 500,
	MUTE_MAX_DAYS = 366,
};

static bool peer_fits(struct str wanted, struct str peer)
{
	if (str_eq(wanted, peer))
		return true;
	/* "192.0.2.7" fits "192.0.2.7:443", "2001:db8::1" fits "[2001:db8::1]:443" */
	if (peer.n > 0 && peer.p[0] == '[')
		peer = (struct str){ peer.p + 1, peer.n - 1 };
	if (!str_starts(peer, wanted) || peer.n == wanted.n)
		return false;
	char next = peer.p[wanted.n];
	return next == ']' || (next == ':' && !memchr(wanted.p, ':', wanted.n));
}

static bool name_fits(struct str wanted, struct str name)
{
	if (str_eq_nocase(wanted, name))
		return true;
	if (name.n <= wanted.n + 1 || name.p[name.n - wanted.n - 1] != '.')
		return false;
	return str_eq_nocase(wanted, (struct str){ name.p + name.n - wanted.n, wanted.n });
}

static bool any_line(const char *text, const char *wanted,
		     bool (*fits)(struct str wanted, struct str line))
{
	struct str rest = str_of(text), line;

	while (str_cut(&rest, '\n', &line))
		if (fits(str_of(wanted), line))
			return true;
	return false;
}

bool watch_mute_fits(const struct watch_mute *m, const struct mute_subject *s)
{
	if (!m->detector[0] && !m->device_mac[0] && !m->peer[0] && !m->name[0])
		return false;
	if (m->detector[0] && strcmp(m->detector, s->detector) != 0)
		return false;
	if (m->device_mac[0] && strcmp(m->device_mac, s->device_mac) != 0)
		return false;
	if (m->peer[0] && !any_line(s->peers, m->peer, peer_fits))
		return false;
	return !m->name[0] || any_line(s->names, m->name, name_fits);
}

int watch_mute_preview(struct txn *t, const struct scope *s, const struct watch_mute *m,
		       int64_t now_us, struct arena *a, struct mute_preview *out, struct err *e)
{
	const struct alert_filter f = {
		.company_id = m->company_id,
		.state = "",
		.detector = m->detector[0] ? m->detector : NULL,
		.since_us = now_us - PREVIEW_DAYS * US_PER_DAY,
		.limit = 2000,
	};
	struct watch_alert *list;
	size_t n;
	int r = watch_store_list(t, s, &f, a, &list, &n, e);

	if (r < 0)
		return r;
	*out = (struct mute_preview){ .first = arena_array(a, PREVIEW_SHOWN, sizeof(*list)) };
	for (size_t i = 0; i < n; i++) {
		const struct mute_subject subject = { list[i].detector, list[i].device_mac,
						      list[i].peers, list[i].names };
		if (!watch_mute_fits(m, &subject))
			continue;
		out->alerts++;
		out->findings += list[i].findings;
		if (out->n_first < PREVIEW_SHOWN)
			out->first[out->n_first++] = list[i];
	}
	return 0;
}

static int check(const struct user *u, const struct watch_mute *m, int64_t now_us, struct err *e)
{
	size_t chars = utf8_count(m->reason, strlen(m->reason));
	int r = watch_may_work(u, e);

	if (r < 0)
		return r;
	if (!m->detector[0] && !m->device_mac[0] && !m->peer[0] && !m->name[0])
		return err_set(e, -EINVAL, "choose at least one thing that shall stay quiet");
	if (chars == 0 || chars > REASON_MAX_CHARS)
		return err_set(e, -EINVAL, "say in 1 to %d characters why this may stay quiet",
			       REASON_MAX_CHARS);
	if (m->until_us <= now_us || m->until_us > now_us + MUTE_MAX_DAYS * US_PER_DAY)
		return err_set(e, -EINVAL, "a mute ends between now and %d days from now",
			       MUTE_MAX_DAYS);
	return 0;
}

/* The open alerts that fit become quiet too. */
static int apply(struct txn *t, const struct user *u, const struct watch_mute *m, int64_t id,
		 int64_t now_us, struct err *e)
{
	const struct alert_filter f = { .company_id = m->company_id, .limit = 2000 };
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct watch_alert *list;
	size_t n;
	int r = watch_store_list(t, &u->scope, &f, a, &list, &n, e);

	for (size_t i = 0; r >= 0 && i < n; i++) {
		const struct mute_subject subject = { list[i].detector, list[i].device_mac,
						      list[i].peers, list[i].names };
		if (watch_mute_fits(m, &subject))
			r = watch_store_set_muted(t, &u->scope, list[i].id, id, now_us, e);
	}
	return r;
}

int watch_mute_add(struct txn *t, const struct user *u, const struct watch_mute *m, int64_t now_us,
		   int64_t *id_out, struct err *e)
{
	int64_t id;
	int r = check(u, m, now_us, e);

	if (r < 0)
		return r;
	if ((r = watch_mute_store_add(t, &u->scope, m, u->person_id, now_us, &id, e)) < 0)
		return r;
	if ((r = apply(t, u, m, id, now_us, e)) < 0)
		return r;
	if ((r = accounts_audit(t, u, "mute.add", "mute", id, m->company_id, NULL, e)) < 0)
		return r;
	*id_out = id;
	return 0;
}

int watch_mute_end(struct txn *t, const struct user *u, int64_t id, int64_t now_us, struct err *e)
{
	int64_t company_id;
	int r = watch_mute_store_company(t, &u->scope, id, &company_id, e);

	if (r < 0 || (r = watch_may_work(u, e)) < 0)
		return r;
	if ((r = watch_mute_store_end(t, &u->scope, id, u->person_id, now_us, e)) < 0)
		return r;
	return accounts_audit(t, u, "mute.end", "mute", id, company_id, NULL, e);
}

int watch_mutes_active(struct txn *t, const struct scope *s, int64_t company_id, int64_t now_us,
		       struct arena *a, struct watch_mute **out, size_t *n_out, struct err *e)
{
	return watch_mute_store_list(t, s, company_id, now_us, a, out, n_out, e);
}

int watch_mutes(struct txn *t, const struct scope *s, int64_t company_id, int64_t now_us,
		struct arena *a, struct watch_mute **out, size_t *n_out, struct err *e)
{
	(void)now_us; /* ended ones are shown too, marked by the page */
	return watch_mute_store_list(t, s, company_id, 0, a, out, n_out, e);
}

int watch_mute_hit(struct txn *t, const struct scope *s, int64_t id, int64_t findings,
		   struct err *e)
{
	return watch_mute_store_hit(t, s, id, findings, e);
}
