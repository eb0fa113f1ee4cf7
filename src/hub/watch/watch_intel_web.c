/* SPDX-License-Identifier: Apache-2.0 */
/* Beside an alert: which lists name its indicator, and the button that says it is wrong. */
#include <errno.h>
#include <string.h>

#include "hub/live.h"
#include "hub/watch/watch_intel.h"
#include "hub/watch/watch_pages.h"
#include "hub/watch/watch_view.h"
#include "hub/watch_tmpl.h"

enum { REASON_CHARS = 500 };

static const char *tlp_shown(struct call *c, const char *tlp)
{
	char *s = arena_printf(c->arena, "TLP:%s", tlp);

	for (char *p = s; *p; p++)
		if (*p >= 'a' && *p <= 'z')
			*p = (char)(*p - 'a' + 'A');
	return s;
}

/* What the region might add to its own list: a name rather than an address. */
static const char *addable(struct call *c, const struct watch_alert *a)
{
	size_t n;
	const char *const *names = watch_view_lines(c->arena, a->names, &n);

	if (n > 0)
		return names[0];
	const char *const *peers = watch_view_lines(c->arena, a->peers, &n);
	return n > 0 ? peers[0] : "";
}

static bool in_force(const struct intel_known *k, int64_t company_id)
{
	for (size_t i = 0; i < k->n_verdicts; i++)
		if (k->verdicts[i].ended_us == 0 &&
		    (k->verdicts[i].region || k->verdicts[i].company_id == company_id))
			return true;
	return false;
}

int watch_intel_panel(struct call *c, const char *slot, int64_t alert_id, struct buf *out)
{
	struct watch_intel_panel p = { .alert_id = alert_id };
	struct watch_alert alert;
	struct intel_key key;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? watch_alert_get(t, c->scope, alert_id, c->arena, &alert, &c->err) : c->err.code;

	(void)slot;
	if (r < 0)
		return r;
	p.value = addable(c, &alert);
	if (watch_intel_key(&alert, c->arena, &key)) {
		if ((r = intel_known(t, c->scope, &key, c->arena, &p.known, &c->err)) < 0)
			return r;
		p.about = true;
		p.value = key.value;
		p.kind = indicator_kind_name(key.kind);
		p.judged = in_force(&p.known, alert.company_id);
		for (size_t i = 0; i < p.known.n_sources; i++)
			p.known.sources[i].tlp = tlp_shown(c, p.known.sources[i].tlp);
	}
	if (!p.about && !p.value[0])
		return 0;
	struct tmpl tm = call_tmpl(c, out);
	tmpl_watch_intel(&tm, &p);
	return 0;
}

int watch_intel_web_wrong(struct call *c)
{
	struct form f = form_of(c);
	struct watch_wrong w = { .region = strcmp(form_text(&f, "for", false, 10), "region") == 0,
				 .reason = form_text(&f, "reason", false, REASON_CHARS) };
	struct alert_page p = { 0 };
	int r = call_id(c, 0, &w.alert_id);

	if (r < 0)
		return r;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	r = t ? watch_intel_wrong(t, c->user, &w, c->now_us, &c->err) : c->err.code;
	if (r >= 0)
		r = txn_commit(&t, &c->err);
	if ((r == -EINVAL || r == -EEXIST) && !c->wants_json) {
		const char *said = arena_strdup(c->arena, c->err.text);
		txn_rollback(&t);
		if ((r = watch_view_alert(c, w.alert_id, &p)) < 0)
			return r;
		p.error = said;
		return watch_view_page(c, 400, &p);
	}
	if (r < 0)
		return r;
	intel_wake(c->hub);
	return call_done(c, "watch.wrong.done", "/alerts/%lld", (long long)w.alert_id);
}
