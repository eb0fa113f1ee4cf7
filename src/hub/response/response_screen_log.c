/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the logs of remote-screen tools. */
#include "hub/response/response_screen_log.h"

#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "wire/indicator/json_walk.h"

enum { FIELD_BYTES = 1024, ARGS_MAX = 4 };

struct works {
	struct arena *a;
	struct screen_work *rows;
	size_t n;
};

/* One line of clean text of at most SCREEN_WORK_CHARS. */
static const char *field(struct works *w, struct str value)
{
	char raw[FIELD_BYTES], out[FIELD_BYTES];
	size_t n = 0;

	size_t size = json_text(value, raw, sizeof(raw)).n;
	while (size > 0 && !utf8_valid(raw, size))
		size--;
	while (size > 0 && utf8_count(raw, size) > SCREEN_WORK_CHARS)
		size--;
	while (size > 0 && !utf8_valid(raw, size))
		size--;
	for (size_t i = 0; i < size; i++)
		out[n++] = (unsigned char)raw[i] < ' ' || raw[i] == 0x7f ? ' ' : raw[i];
	return arena_strndup(w->a, out, n);
}

static int64_t number(struct str value, int64_t min, int64_t max, int64_t otherwise)
{
	char raw[32];
	int64_t v;

	return str_i64(json_text(value, raw, sizeof(raw)), min, max, &v) == 0 ? v : otherwise;
}

/* RFC 3339, or seconds or milliseconds since 1970. */
static int64_t moment(struct str value)
{
	char raw[64];
	int64_t us;

	raw[json_text(value, raw, sizeof(raw) - 1).n] = '\0';
	if (time_parse(raw, &us) == 0)
		return us > 0 ? us : 0;
	us = number(value, 1, INT64_C(4102444800000), 0);
	return us > INT64_C(100000000000) ? us * 1000 : us * US_PER_SEC;
}

static struct screen_work *add(struct works *w)
{
	if (w->n == SCREEN_WORK_MAX)
		return NULL;
	struct screen_work *x = &w->rows[w->n++];
	*x = (struct screen_work){
		.person = "", .device = "", .session = "", .what = "other", .seconds = -1
	};
	return x;
}

/* --- MeshCentral --- */

/* Its numbers of messages: 13 to 16 begin a session, 9 to 12 end one: relay, terminal, desktop,
 * files. Older servers say it in words alone. */
static const char *mesh_what(int64_t msgid, const char *msg, bool *end_out)
{
	static const char *const kinds[] = { "other", "terminal", "desktop", "files" };
	static const struct {
		const char *words, *what;
	} said[] = { { "terminal", "terminal" }, { "desktop", "desktop" }, { "file", "files" } };
	const bool ended = strncmp(msg, "Ended ", 6) == 0;

	*end_out = ended;
	if (msgid >= 9 && msgid <= 16) {
		*end_out = msgid <= 12;
		return kinds[(msgid - 9) % 4];
	}
	if (!ended && strncmp(msg, "Started ", 8) != 0)
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(said); i++)
		if (strstr(msg, said[i].words))
			return said[i].what;
	return "other";
}

static struct screen_work *begun(struct works *w, const char *session)
{
	for (size_t i = w->n; session[0] && i > 0; i--)
		if (strcmp(w->rows[i - 1].session, session) == 0 && !w->rows[i - 1].end_us)
			return &w->rows[i - 1];
	return NULL;
}

static void mesh_event(struct works *w, struct str event)
{
	const char *msg = field(w, json_get(event, "msg"));
	struct json_walk walk = json_walk(json_get(event, "msgArgs"));
	struct str args[ARGS_MAX] = { 0 }, value;
	size_t n = 0;
	bool end;

	while (n < ARGS_MAX && json_walk_next(&walk, NULL, &value))
		args[n++] = value;
	const char *what = mesh_what(number(json_get(event, "msgid"), 0, 100000, -1), msg, &end);
	if (!what)
		return;
	const char *session = field(w, args[0]);
	const int64_t at = moment(json_get(event, "time"));
	struct screen_work *x = end ? begun(w, session) : NULL;
	if (!x && !(x = add(w)))
		return;
	x->what = what;
	x->session = session;
	x->person = field(w, json_get(event, "username"));
	x->device = field(w, json_get(event, "nodeid"));
	if (!end) {
		x->begin_us = at;
		return;
	}
	x->end_us = at;
	x->seconds = number(args[3], 0, SCREEN_WORK_SECONDS_MAX, -1);
	if (!x->begin_us && at && x->seconds >= 0)
		x->begin_us = at - x->seconds * US_PER_SEC;
}

/* --- RustDesk --- */

static struct str first_of(struct str row, const char *const *names)
{
	for (; *names; names++) {
		struct str v = json_get(row, *names);
		if (v.n > 0 && !json_is(v, 'n'))
			return v;
	}
	return (struct str){ "", 0 };
}

/* The one who connects: [number, name]. */
static struct str peer_of(struct str row)
{
	static const char *const names[] = { "peer_name", "from_name", "from_peer", "peer_id",
					     NULL };
	struct str peer = json_get(row, "peer"), v, best = { "", 0 };
	struct json_walk walk = json_walk(peer);

	if (!json_is(peer, '['))
		return first_of(row, names);
	while (json_walk_next(&walk, NULL, &v))
		if (v.n > 2) /* "" is no name */
			best = v;
	return best;
}

static void desk_row(struct works *w, struct str row)
{
	static const char *const devices[] = { "remote", "device_id", "id", NULL };
	static const char *const begins[] = { "created_at", "start_time", "requested_at", NULL };
	static const char *const ends[] = { "end_time", "ended_at", "closed_at", NULL };
	static const char *const types[] = { "conn_type", "type", NULL };
	static const char *const kinds[] = { "desktop", "files", "other", "desktop", "terminal" };
	const int64_t begin = moment(first_of(row, begins)), end = moment(first_of(row, ends));
	const int64_t type = number(first_of(row, types), 0, 4, 2);
	struct screen_work *x = begin ? add(w) : NULL;

	if (!x)
		return;
	x->what = kinds[type];
	x->person = field(w, peer_of(row));
	x->device = field(w, first_of(row, devices));
	x->session = field(w, json_get(row, "session_id"));
	x->begin_us = begin;
	x->end_us = end;
	if (end >= begin && (end - begin) / US_PER_SEC <= SCREEN_WORK_SECONDS_MAX)
		x->seconds = (end - begin) / US_PER_SEC;
}

void response_screen_log_read(struct str text, struct arena *a, struct screen_work **out,
			      size_t *n_out)
{
	struct works w = { .a = a, .rows = arena_array(a, SCREEN_WORK_MAX, sizeof(*w.rows)) };
	struct str list = str_trim(text), row;
	char action[32];

	if (json_is(list, '{'))
		list = json_get(list, json_get(list, "data").n ? "data" : "events");
	struct json_walk walk = json_walk(list);
	while (json_is(list, '[') && json_walk_next(&walk, NULL, &row)) {
		const struct str said = json_text(json_get(row, "action"), action, sizeof(action));
		if (str_eq(said, STR("relaylog")))
			mesh_event(&w, row);
		else if (json_get(row, "etype").n == 0)
			desk_row(&w, row);
	}
	*out = w.rows;
	*n_out = w.n;
}
