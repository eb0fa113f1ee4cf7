/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of mutes: what fits, who may, for how long. SQL: watch_mute_store.c. */
#include "hub/watch/watch_mute.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/jsonw.h"
#include "base/str.h"
#include "hub/accounts/accounts.h"
#include "hub/fleet/fleet.h"
#include "hub/watch/watch_mute_store.h"
#include "hub/watch/watch_store.h"

enum {
	PREVIEW_DAYS = 30,
	PREVIEW_SHOWN = 20,
	REASON_MAX_CHARS = 500,
	MUTE_MAX_DAYS = 366,
	LINES_MAX = 32,
	ITEM_DAYS = 400, /* longer than any mute lasts */
};

int watch_mute_read(struct watch_mute *m, struct arena *a, struct err *e)
{
	struct mute rule = { .id = m->id, .until_us = m->until_us };
	char *peer = arena_alloc(a, MUTE_PEER_MAX);
	int r;

	if (m->port < 0 || m->port > UINT16_MAX)
		return err_set(e, -EINVAL, "a port is a number from 1 to %d", UINT16_MAX);
	rule.port = (uint16_t)m->port;
	if ((r = mute_peer_set(&rule, m->peer, e)) < 0 ||
	    (r = mute_name_set(&rule, m->name, e)) < 0)
		return r;
	if (!str_copy(rule.detector, sizeof(rule.detector), str_of(m->detector)) ||
	    !str_copy(rule.mac, sizeof(rule.mac), str_of(m->device_mac)))
		return err_set(e, -EINVAL, "choose at least one thing that shall stay quiet");
	mute_peer_format(&rule, peer);
	m->peer = peer;
	m->port = rule.port;
	m->name = arena_strdup(a, rule.name);
	m->rule = rule;
	return 0;
}

/* The lines of TEXT, up to N; true when there were more. COPY holds them. */
static bool lines_split(const char *text, struct buf *copy, const char **out, size_t *n)
{
	size_t max = *n;

	*n = 0;
	buf_adds(copy, text);
	for (char *p = copy->p; p && *p;) {
		char *end = strchr(p, '\n');
		if (*n == max)
			return true;
		out[(*n)++] = p;
		if (!end)
			break;
		*end = '\0';
		p = end + 1;
	}
	return *n == ALERT_LINES_MAX; /* an alert keeps no more */
}

bool watch_mute_fits(const struct watch_mute *m, const struct watch_subject *s)
{
	SCOPED_BUF struct buf peers_text = { 0 };
	SCOPED_BUF struct buf names_text = { 0 };
	const char *peers[LINES_MAX], *names[LINES_MAX];
	struct mute_subject subject = { .detector = s->detector,
					.mac = s->device_mac,
					.peers = peers,
					.n_peers = LINES_MAX,
					.names = names,
					.n_names = LINES_MAX };

	subject.more_peers = lines_split(s->peers, &peers_text, peers, &subject.n_peers);
	subject.more_names = lines_split(s->names, &names_text, names, &subject.n_names);
	return mute_fits(&m->rule, &subject);
}

int watch_mute_preview(struct txn *t, const struct scope *s, const struct watch_mute *given,
		       int64_t now_us, struct arena *a, struct mute_preview *out, struct err *e)
{
	struct watch_mute read = *given, *m = &read;
	int r = watch_mute_read(m, a, e);

	if (r < 0)
		return r;
	const struct alert_filter f = {
		.company_id = m->company_id,
		.state = "",
		.detector = m->detector[0] ? m->detector : NULL,
		.since_us = now_us - PREVIEW_DAYS * US_PER_DAY,
		.limit = 2000,
	};
	struct watch_alert *list;
	size_t n;
	r = watch_store_list(t, s, &f, a, &list, &n, e);
	if (r < 0)
		return r;
	*out = (struct mute_preview){ .first = arena_array(a, PREVIEW_SHOWN, sizeof(*list)) };
	for (size_t i = 0; i < n; i++) {
		const struct watch_subject subject = { list[i].detector, list[i].device_mac,
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
	if (mute_is_empty(&m->rule))
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
		const struct watch_subject subject = { list[i].detector, list[i].device_mac,
						       list[i].peers, list[i].names };
		if (watch_mute_fits(m, &subject))
			r = watch_store_set_muted(t, &u->scope, list[i].id, id, now_us, e);
	}
	return r;
}

static int detail(struct txn *t, const struct user *u, const struct watch_mute *m, int64_t id,
		  struct err *e)
{
	SCOPED_BUF struct buf b = { 0 };
	struct jsonw w = jsonw_of(&b);

	jsonw_object(&w, NULL);
	jsonw_text(&w, "detector", m->detector);
	jsonw_text(&w, "device", m->device_mac);
	jsonw_text(&w, "peer", m->peer);
	jsonw_int(&w, "port", m->port);
	jsonw_text(&w, "name", m->name);
	jsonw_text(&w, "why", m->reason);
	jsonw_end_object(&w);
	return accounts_audit(t, u, "mute.add", "mute", id, m->company_id, b.p, e);
}

int watch_mute_add(struct txn *t, const struct user *u, const struct watch_mute *given,
		   int64_t now_us, int64_t *id_out, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct watch_mute m = *given;
	int64_t id;
	int r = watch_mute_read(&m, a, e);

	if (r < 0 || (r = check(u, &m, now_us, e)) < 0)
		return r;
	if ((r = watch_mute_store_add(t, &u->scope, &m, u->person_id, now_us, &id, e)) < 0)
		return r;
	if ((r = apply(t, u, &m, id, now_us, e)) < 0 || (r = detail(t, u, &m, id, e)) < 0 ||
	    (r = watch_mutes_post(t, &u->scope, m.company_id, 0, now_us, e)) < 0)
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
	if ((r = watch_mute_store_end(t, &u->scope, id, u->person_id, now_us, e)) < 0 ||
	    (r = watch_mutes_post(t, &u->scope, company_id, 0, now_us, e)) < 0)
		return r;
	return accounts_audit(t, u, "mute.end", "mute", id, company_id, NULL, e);
}

int watch_mute_of_alert(const struct watch_alert *alert, const char *what, struct arena *a,
			struct watch_mute *out, struct err *e)
{
	bool one_name = alert->names[0] && !strchr(alert->names, '\n');
	bool one_peer = alert->peers[0] && !strchr(alert->peers, '\n');

	*out = (struct watch_mute){ .company_id = alert->company_id,
				    .detector = "",
				    .device_mac = "",
				    .peer = "",
				    .name = "",
				    .reason = "" };
	if (strcmp(what, "device") == 0 && alert->device_mac[0]) {
		out->detector = alert->detector;
		out->device_mac = alert->device_mac;
	} else if (strcmp(what, "destination") == 0 && one_name) {
		out->name = alert->names;
	} else if (strcmp(what, "destination") == 0 && one_peer) {
		out->peer = alert->peers;
	} else {
		return err_set(e, -EINVAL, "this alert names no single thing of that kind");
	}
	int r = watch_mute_read(out, a, e);
	if (r >= 0 && out->peer[0])
		out->port = out->rule.port = 0; /* the destination, not one of its services */
	return r;
}

int watch_mutes_post(struct txn *t, const struct scope *s, int64_t company_id, int64_t sensor_id,
		     int64_t now_us, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	SCOPED_BUF struct buf body = { 0 };
	struct watch_mute *list;
	size_t n;
	int r = watch_mutes_active(t, s, company_id, now_us, a, &list, &n, e);

	if (r < 0)
		return r;
	struct mute *rules = arena_array(a, n + 1, sizeof(*rules));
	for (size_t i = 0; i < n; i++)
		rules[i] = list[i].rule;
	if ((r = mutes_encode(rules, n, &body, e)) < 0)
		return r;
	static const char latest[] = "list"; /* only the newest counts */
	const struct fleet_item i = { .company_id = company_id,
				      .sensor_id = sensor_id,
				      .kind = "mutes",
				      .body = body.p,
				      .body_n = body.n,
				      .replace_key = latest,
				      .expires_us = now_us + ITEM_DAYS * US_PER_DAY };
	return fleet_item_put(t, s, &i, now_us, e);
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

int watch_mute_sensor_hits(struct txn *t, int64_t company_id, int64_t sensor_id,
			   const struct mute_hits *h, struct err *e)
{
	return watch_mute_store_sensor_hits(t, company_id, sensor_id, h, e);
}
