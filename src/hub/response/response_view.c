/* SPDX-License-Identifier: Apache-2.0 */
/* From orders to what pages and the API show of them: words, what is left of the time, figures. */
#include "hub/response/response_view.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "hub/response/response_order.h"
#include "hub/response/response_story.h"

enum { DEVICES_SHOWN = 100, FIGURES_SHOWN = 24, SENSORS_SHOWN = 8 };

static const char *light_of(const struct response_order *o)
{
	if (o->in_effect || strcmp(o->state, ORDER_ST_REFUSED) == 0 ||
	    strcmp(o->state, ORDER_ST_FAILED) == 0 || strcmp(o->state, ORDER_ST_EXPIRED) == 0)
		return "amber";
	return "";
}

static const char *state_key(struct call *c, const struct response_order *o)
{
	if (o->in_effect)
		return arena_printf(c->arena, "response.held.%s", o->type);
	if (o->ended_us && strcmp(o->state, ORDER_ST_DONE) == 0)
		return "response.state.over";
	return arena_printf(c->arena, "response.state.%s", o->state);
}

const char *response_view_clock(struct call *c, int64_t us)
{
	struct civil t = time_civil(us, (int)c->hub->conf.zone_min);

	if (!us)
		return "–";
	const char sep = c->lang == LANG_JA ? '/' : '-';
	return arena_printf(c->arena, "%d%c%02d%c%02d %02d:%02d:%02d", t.year, sep, t.month, sep,
			    t.day, t.hour, t.minute, t.second);
}

static const char *why_of(struct call *c, const struct response_order *o)
{
	const bool clock =
		strcmp(o->reason, ORDER_WHY_CLOCK) == 0 || strcmp(o->reason, ORDER_WHY_LATE) == 0;
	const char *why;

	if (!o->reason[0])
		return "";
	why = text_get(c->hub->text, c->lang, response_why_key(o->reason, c->arena));
	if (!clock || !o->sensor_us)
		return why;
	const char *const args[] = { response_view_clock(c, o->sensor_us),
				     response_view_clock(c, o->heard_us) };
	return arena_printf(c->arena, "%s %s", why,
			    call_text(c, "response.why.clocks", args, ARRAY_LEN(args)));
}

static bool is_waiting(const struct response_order *o)
{
	return strcmp(o->state, ORDER_ST_WAITING) == 0 || strcmp(o->state, ORDER_ST_SENT) == 0 ||
	       strcmp(o->state, ORDER_ST_RUNNING) == 0;
}

/* As a person reads it: moments as times, what is either so or not in words. */
static const char *figure_value(struct call *c, struct str name, struct str value)
{
	int64_t n;

	if (str_ends(name, STR("_us")) && str_i64(value, 0, INT64_MAX, &n) == 0)
		return response_view_clock(c, n);
	if (str_eq(name, STR("inline")) || str_eq(name, STR("capture_up")))
		return text_get(c->hub->text, c->lang,
				str_eq(value, STR("0")) ? "response.figure.no"
							: "response.figure.yes");
	return arena_strndup(c->arena, value.p, value.n);
}

static void figures(struct call *c, struct order_item *it)
{
	struct str rest = str_of(it->o.figures), line, name;

	it->figures = arena_array(c->arena, FIGURES_SHOWN, sizeof(*it->figures));
	while (it->n_figures < FIGURES_SHOWN && str_cut(&rest, '\n', &line)) {
		(void)str_cut(&line, '\t', &name);
		if (line.n == 0)
			continue;
		const char *shown = arena_strndup(c->arena, name.p, name.n);
		const char *known = text_find(c->hub->text, c->lang,
					      arena_printf(c->arena, "response.figure.%s", shown));
		it->figures[it->n_figures++] = (struct order_figure_item){
			.name = known ? known : shown,
			.value = figure_value(c, name, line),
		};
	}
}

static void figures_json(struct jsonw *w, const char *lines)
{
	struct str rest = str_of(lines), line, name;
	char key[64];
	int64_t v;

	jsonw_object(w, "figures");
	while (str_cut(&rest, '\n', &line)) {
		(void)str_cut(&line, '\t', &name);
		str_copy(key, sizeof(key), name);
		if (str_i64(line, INT64_MIN, INT64_MAX, &v) >= 0)
			jsonw_int(w, key, v);
		else
			jsonw_textn(w, key, line.p, line.n);
	}
	jsonw_end_object(w);
}

struct order_item *response_view_items(struct call *c, const struct response_order *o, size_t n)
{
	struct order_item *rows = arena_array(c->arena, n + 1, sizeof(*rows));
	const bool worker = user_is(c->user, CASES_WORKERS);

	for (size_t i = 0; i < n; i++) {
		const enum order_type type = order_type_find(o[i].type);
		const bool undo =
			response_needs_consent(type) && (o[i].in_effect || is_waiting(&o[i]));

		rows[i] = (struct order_item){
			.o = o[i],
			.type_key = arena_printf(c->arena, "response.type.%s", o[i].type),
			.state_key = state_key(c, &o[i]),
			.light = light_of(&o[i]),
			.why = why_of(c, &o[i]),
			.end_key = o[i].in_effect
					   ? arena_printf(c->arena, "response.end.%s", o[i].type)
					   : "response.end.order",
			.left_us = o[i].in_effect && o[i].until_us > c->now_us
					   ? o[i].until_us - c->now_us
					   : 0,
			.may_end = worker && (undo || strcmp(o[i].state, ORDER_ST_WAITING) == 0),
			.may_see_case = user_is(c->user, CASES_READERS),
			.ended_consent = o[i].in_effect && o[i].consent_revoked_us > 0,
		};
		figures(c, &rows[i]);
	}
	return rows;
}

void response_view_json(struct jsonw *w, const struct response_order *o)
{
	jsonw_object(w, NULL);
	jsonw_int(w, "id", o->id);
	jsonw_text(w, "case", o->number);
	jsonw_int(w, "company_id", o->company_id);
	jsonw_text(w, "company", o->company_name);
	jsonw_int(w, "sensor_id", o->sensor_id);
	jsonw_text(w, "sensor", o->sensor_name);
	jsonw_text(w, "type", o->type);
	jsonw_text(w, "target", o->target);
	jsonw_text(w, "mac", o->mac);
	jsonw_text(w, "network", o->network);
	jsonw_int(w, "port", o->port);
	jsonw_int(w, "protocol", o->protocol);
	jsonw_int(w, "seconds", o->seconds);
	jsonw_int(w, "bytes", o->bytes);
	jsonw_text(w, "state", o->state);
	jsonw_bool(w, "in_effect", o->in_effect);
	jsonw_text(w, "reason", o->reason);
	jsonw_text(w, "detail", o->detail);
	jsonw_int(w, "consent_id", o->consent_id);
	jsonw_int(w, "undoes", o->undoes);
	jsonw_text(w, "made_by", o->made_name);
	jsonw_int(w, "made_us", o->made_us);
	jsonw_int(w, "expires_us", o->expires_us);
	jsonw_int(w, "sent_us", o->sent_us);
	jsonw_int(w, "acknowledged_us", o->heard_us);
	jsonw_int(w, "done_us", o->done_us);
	jsonw_int(w, "sensor_us", o->sensor_us);
	jsonw_int(w, "until_us", o->until_us);
	jsonw_int(w, "ended_us", o->ended_us);
	jsonw_int(w, "devices", o->devices);
	figures_json(w, o->figures);
	jsonw_text(w, "file_sha256", o->file_sha256);
	jsonw_int(w, "file_size", o->file_size);
	jsonw_int(w, "file_us", o->file_us);
	jsonw_int(w, "evidence_id", o->evidence_id);
	jsonw_end_object(w);
}

/* --- to choose from --- */

static int seen_later(const void *a, const void *b)
{
	const struct fleet_device *x = a, *y = b;

	return (x->last_seen_us < y->last_seen_us) - (x->last_seen_us > y->last_seen_us);
}

static const char *ago_of(struct call *c, int64_t us)
{
	struct buf b = { 0 };
	struct tmpl t = call_tmpl(c, &b);

	tmpl_when(&t, us);
	const char *out = arena_strndup(c->arena, b.p ? b.p : "", b.n);
	buf_done(&b);
	return out;
}

static struct order_device choice(struct call *c, const struct fleet_device *d, const char *chosen,
				  bool of_case)
{
	const char *first = arena_strndup(c->arena, d->addresses, strcspn(d->addresses, " "));

	return (struct order_device){ .mac = d->mac,
				      .text = arena_printf(c->arena, "%s%s%s · %s", d->shown,
							   first[0] ? " · " : "", first,
							   ago_of(c, d->last_seen_us)),
				      .of_case = of_case,
				      .chosen = strcmp(d->mac, chosen) == 0 };
}

static bool is_of_case(const struct fleet_device *d, const struct case_device *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].mac[0] && strcmp(list[i].mac, d->mac) == 0)
			return true;
	return false;
}

int response_view_devices(struct call *c, struct txn *t, const struct incident *i,
			  const char *chosen, struct order_device **out, size_t *n_out)
{
	struct fleet_device *all;
	struct case_device *of_case;
	size_t n, n_case, k = 0;
	int r = fleet_devices(t, c->scope, i->company_id, c->arena, &all, &n, &c->err);

	if (r >= 0)
		r = cases_store_devices(t, c->scope, i->id, c->arena, &of_case, &n_case, &c->err);
	if (r < 0)
		return r;
	struct order_device *list = arena_array(
		c->arena, n + 1 < DEVICES_SHOWN + n_case + 1 ? n + 1 : DEVICES_SHOWN + n_case + 1,
		sizeof(*list));
	if (n > 1)
		qsort(all, n, sizeof(*all), seen_later);
	for (size_t d = 0; d < n && k < n_case; d++)
		if (is_of_case(&all[d], of_case, n_case))
			list[k++] = choice(c, &all[d], chosen, true);
	const size_t first = k;
	for (size_t d = 0; d < n && k < first + DEVICES_SHOWN; d++)
		if (!is_of_case(&all[d], of_case, n_case))
			list[k++] = choice(c, &all[d], chosen, false);
	if (first == 1 && !chosen[0])
		list[0].chosen = true;
	*out = list;
	*n_out = k;
	return 0;
}

int response_view_sensors(struct call *c, struct txn *t, int64_t company_id, int64_t chosen,
			  struct order_sensor **out, size_t *n_out)
{
	struct fleet_sensor_name *names;
	struct fleet_reach reach;
	size_t n, k = 0;
	int r = fleet_sensor_names(t, c->scope, company_id, c->arena, &names, &n, &c->err);

	if (r < 0)
		return r;
	struct order_sensor *list = arena_array(c->arena, n + 1, sizeof(*list));
	for (size_t i = 0; i < n && k < SENSORS_SHOWN; i++) {
		if (names[i].revoked)
			continue;
		r = fleet_sensor_reach(c->hub, t, c->scope, names[i].id, c->arena, &reach, &c->err);
		if (r < 0)
			return r;
		list[k++] = (struct order_sensor){ .s = names[i],
						   .connected = reach.connected,
						   .inline_box = reach.inline_box,
						   .chosen = names[i].id == chosen };
	}
	*out = list;
	*n_out = k;
	return 0;
}
