/* SPDX-License-Identifier: Apache-2.0 */
/* From rows to what a page shows: the words of a state, a card, the evidence of an alert. */
#include "hub/watch/watch_view.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "hub/fleet/fleet.h"
#include "hub/members/members.h"
#include "hub/watch/watch_store.h"

enum { DOTS_MAX = 200, LINES_MAX = 64 };

const char *watch_view_light_key(enum severity s)
{
	static const char *const key[] = { "watch.severity.info", "watch.severity.low",
					   "watch.severity.medium", "watch.severity.high",
					   "watch.severity.critical" };
	return (size_t)s < ARRAY_LEN(key) ? key[s] : key[0];
}

const char *watch_view_state_key(const char *state)
{
	if (strcmp(state, ALERT_NEW) == 0)
		return "watch.state.new";
	if (strcmp(state, ALERT_ACCEPTED) == 0)
		return "watch.state.accepted";
	if (strcmp(state, ALERT_MUTED) == 0)
		return "watch.state.muted";
	return strcmp(state, ALERT_CASE) == 0 ? "watch.state.case" : "watch.state.closed";
}

static bool is_done(const struct watch_alert *a)
{
	return strcmp(a->state, ALERT_CLOSED) == 0 || strcmp(a->state, ALERT_MUTED) == 0;
}

void watch_view_item(struct call *c, const struct watch_alert *a, struct alert_item *out)
{
	struct watch_card card;

	watch_card(c->hub->text, c->lang, a, c->arena, &card);
	*out = (struct alert_item){
		.a = *a,
		.title = card.title,
		.light = is_done(a) ? "grey" : watch_severity_light(a->severity),
		.light_key = watch_view_light_key(a->severity),
		.state_key = watch_view_state_key(a->state),
		.prefecture = members_prefecture_name(a->prefecture, c->lang),
		.done = is_done(a),
	};
}

struct alert_item *watch_view_items(struct call *c, const struct watch_alert *a, size_t n)
{
	struct alert_item *items = arena_array(c->arena, n ? n : 1, sizeof(*items));

	for (size_t i = 0; i < n; i++)
		watch_view_item(c, &a[i], &items[i]);
	return items;
}

const char *const *watch_view_lines(struct arena *a, const char *text, size_t *n_out)
{
	const char **out = arena_array(a, LINES_MAX, sizeof(*out));
	struct str rest = str_of(text), line;
	size_t n = 0;

	while (n < LINES_MAX && str_cut(&rest, '\n', &line))
		if (line.n > 0)
			out[n++] = arena_strndup(a, line.p, line.n);
	*n_out = n;
	return out;
}

/* When the findings came, for the chart under the evidence. */
static int dots(struct call *c, struct txn *t, struct alert_page *p)
{
	const struct fleet_story q = { p->a.company_id, p->a.story, p->a.device_mac };
	struct fleet_finding_row *rows;
	size_t n;
	int r = fleet_findings(t, c->scope, &q, DOTS_MAX, c->arena, &rows, &n, &c->err);

	if (r < 0)
		return r;
	p->dots = arena_array(c->arena, n ? n : 1, sizeof(*p->dots));
	p->n_dots = n;
	for (size_t i = 0; i < n; i++) { /* rows are newest first, the table oldest first */
		const struct fleet_finding_row *f = &rows[n - 1 - i];
		p->dots[i] = (struct connection_dot){ f->last_us, f->last_us / US_PER_SEC,
						      f->severity + 1 };
	}
	return 0;
}

static int mute_of(struct call *c, struct txn *t, struct alert_page *p)
{
	struct watch_mute *list;
	size_t n;
	int r = watch_mutes(t, c->scope, p->a.company_id, c->now_us, c->arena, &list, &n, &c->err);

	for (size_t i = 0; r >= 0 && i < n; i++)
		if (list[i].id == p->a.mute_id)
			p->mute = &list[i];
	return r;
}

int watch_view_alert(struct call *c, int64_t id, struct alert_page *p)
{
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? watch_alert_get(t, c->scope, id, c->arena, &p->a, &c->err) : c->err.code;

	if (r >= 0)
		r = watch_notices_of(t, c->scope, id, c->arena, &p->notices, &p->n_notices,
				     &c->err);
	if (r >= 0)
		r = dots(c, t, p);
	if (r >= 0 && p->a.mute_id)
		r = mute_of(c, t, p);
	if (r < 0)
		return r;
	watch_card(c->hub->text, c->lang, &p->a, c->arena, &p->card);
	watch_card_evidence(c->hub->text, c->lang, &p->a, c->arena, &p->evidence, &p->n_evidence);
	p->young = watch_card_young(c->hub->text, c->lang, p->evidence, p->n_evidence, c->arena);
	p->light = watch_severity_light(p->a.severity);
	p->light_key = watch_view_light_key(p->a.severity);
	p->state_key = watch_view_state_key(p->a.state);
	p->prefecture = members_prefecture_name(p->a.prefecture, c->lang);
	p->peers = watch_view_lines(c->arena, p->a.peers, &p->n_peers);
	p->names = watch_view_lines(c->arena, p->a.names, &p->n_names);
	p->may_work = user_is(c->user, WATCH_WORKERS);
	p->is_open = strcmp(p->a.state, ALERT_CLOSED) != 0 && strcmp(p->a.state, ALERT_CASE) != 0;
	p->is_mine = p->a.accepted_by == c->user->person_id;
	p->may_ours = p->a.device_mac[0] != '\0';
	struct watch_mute fine;
	p->may_fine = watch_mute_of_alert(&p->a, "destination", c->arena, &fine, NULL) >= 0;
	p->destination = !p->may_fine ? "" : fine.name[0] ? fine.name : fine.peer;
	p->why = "";
	return 0;
}
