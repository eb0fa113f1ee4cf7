/* SPDX-License-Identifier: Apache-2.0 */
/* MISP core format: an event, a list of them, or what a search answers; the index of a feed. */
#include <errno.h>
#include <string.h>

#include "wire/indicator/indicator_read_priv.h"
#include "wire/indicator/json_walk.h"

enum { UUID_BYTES = 36, TYPE_MAX = 64 };

bool misp_uuid_valid(struct str uuid)
{
	for (size_t i = 0; i < uuid.n; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;
		if (dash ? uuid.p[i] != '-' : !memchr("0123456789abcdefABCDEF", uuid.p[i], 22))
			return false;
	}
	return uuid.n == UUID_BYTES;
}

static bool is_true(struct str v)
{
	return str_eq(v, STR("true")) || str_eq(v, STR("1")) || str_eq(v, STR("\"1\""));
}

static void label_set(struct reading *r, struct str info, struct str attribute)
{
	char text[INDICATOR_LABEL_MAX * 4], what[INDICATOR_LABEL_MAX * 4];
	struct str comment = json_text(json_get(attribute, "comment"), text, sizeof(text));

	if (comment.n == 0)
		comment = json_text(info, what, sizeof(what));
	indicator_label(&r->i, comment);
}

/* The parts of "domain|ip" and "filename|md5" are indicators of their own. */
static void on_pair(struct reading *r, const char *at, struct str type, struct str value)
{
	struct str left_type, left;

	(void)str_cut(&type, '|', &left_type); /* both have one */
	(void)str_cut(&value, '|', &left);
	enum indicator_kind kind = indicator_kind_of(left_type);
	if (kind)
		reading_value(r, at, kind, left);
	kind = indicator_kind_of(type);
	if (kind)
		reading_value(r, at, kind, value);
}

static void on_attribute(struct reading *r, struct str info, struct str a)
{
	char type_text[TYPE_MAX], value_text[INDICATOR_VALUE_MAX + 64];
	struct str type = json_text(json_get(a, "type"), type_text, sizeof(type_text));
	struct str value = json_text(json_get(a, "value"), value_text, sizeof(value_text));
	enum indicator_kind kind = indicator_kind_of(type);
	struct str to_ids = json_get(a, "to_ids");

	if (type.n == 0 || value.n == 0) {
		reading_bad(r, a.p, INDICATOR_BROKEN, type);
		return;
	}
	bool pair = !kind && memchr(type.p, '|', type.n) && memchr(value.p, '|', value.n);
	if (is_true(json_get(a, "deleted")))
		reading_bad(r, a.p, INDICATOR_REVOKED, value);
	else if (!kind && !pair)
		reading_bad(r, a.p, INDICATOR_NO_TYPE, type);
	else if (to_ids.n > 0 && !is_true(to_ids))
		reading_bad(r, a.p, INDICATOR_NOT_FOR_ALARMS, value);
	else {
		label_set(r, info, a);
		if (pair)
			on_pair(r, a.p, type, value);
		else
			reading_value(r, a.p, kind, value);
	}
}

static void on_attributes(struct reading *r, struct str info, struct str list)
{
	struct json_walk w = json_walk(list);
	struct str a;

	if (list.n == 0)
		return;
	while (json_walk_next(&w, NULL, &a))
		on_attribute(r, info, a);
	if (w.broken)
		reading_bad(r,
			    w.rest.n ? w.rest.p
			    : list.p ? list.p
				     : r->all.p,
			    INDICATOR_BROKEN, (struct str){ 0 });
}

/* Members are walked in the order of the file, so that the rest of one that breaks off is read. */
static void on_event(struct reading *r, struct str event)
{
	struct json_walk w = json_walk(event), objects;
	struct str info = json_get(event, "info"), key = { 0 }, value, object;

	while (json_walk_next(&w, &key, &value)) {
		if (str_eq(key, STR("Attribute")))
			on_attributes(r, info, value);
		if (!str_eq(key, STR("Object")))
			continue;
		objects = json_walk(value);
		while (json_walk_next(&objects, NULL, &object)) {
			if (!is_true(json_get(object, "deleted")))
				on_attributes(r, info, json_get(object, "Attribute"));
		}
	}
	if (w.broken && str_eq(key, STR("Attribute")) && json_is(w.rest, '['))
		on_attributes(r, info, w.rest); /* cut off: what there is */
	else if (w.broken)
		reading_bad(r, w.rest.n ? w.rest.p : r->all.p, INDICATOR_BROKEN, (struct str){ 0 });
}

static void on_answer(struct reading *r, struct str value)
{
	struct str event = json_get(value, "Event");

	if (event.n > 0)
		on_event(r, event);
	else if (json_get(value, "Attribute").n > 0)
		on_event(r, value);
	else
		reading_bad(r, value.n ? value.p : r->all.p, INDICATOR_BROKEN, (struct str){ 0 });
}

static void on_list(struct reading *r, struct str list)
{
	struct json_walk w = json_walk(list);
	struct str element;

	while (json_walk_next(&w, NULL, &element))
		on_answer(r, element);
	if (w.broken)
		reading_bad(r,
			    w.rest.n ? w.rest.p
			    : list.p ? list.p
				     : r->all.p,
			    INDICATOR_BROKEN, (struct str){ 0 });
}

static struct str no_bom(struct str all)
{
	return str_trim(str_starts(all, STR("\xef\xbb\xbf")) ? (struct str){ all.p + 3, all.n - 3 }
							     : all);
}

/* A file that was cut off has no whole "Event": what it has is walked over all the same. */
static struct str inside(struct str all, const char *key)
{
	struct str whole = json_get(all, key);
	char quoted[32] = "\"";

	if (whole.n > 0)
		return whole;
	(void)str_copy(quoted + 1, sizeof(quoted) - 2, str_of(key)); /* fits */
	quoted[1 + strlen(key)] = '"';
	const char *at = memmem(all.p, all.n, quoted, strlen(key) + 2);
	if (!at)
		return (struct str){ 0 };
	struct str rest = { at, all.n - (size_t)(at - all.p) };
	const char *colon = memchr(rest.p, ':', rest.n);
	return colon ? str_trim((struct str){ colon + 1, rest.n - (size_t)(colon + 1 - rest.p) })
		     : (struct str){ 0 };
}

void read_misp(struct reading *r)
{
	struct str all = no_bom(r->all);
	struct str response = json_is(all, '{') ? json_get(all, "response") : (struct str){ 0 };

	if (json_is(response, '['))
		on_list(r, response);
	else if (response.n > 0)
		on_answer(r, response);
	else if (json_is(all, '['))
		on_list(r, all);
	else if (json_get(all, "Event").n > 0 || json_get(all, "Attribute").n > 0)
		on_answer(r, all);
	else
		on_event(r, inside(all, "Event"));
}

int misp_manifest_read(const void *p, size_t n,
		       void (*event)(void *arg, struct str uuid, int64_t changed_s), void *arg,
		       struct err *e)
{
	struct str all = no_bom((struct str){ n ? p : "", n }), uuid, about;
	struct json_walk w = json_walk(all);

	while (json_walk_next(&w, &uuid, &about)) {
		char text[32];
		int64_t changed_s = 0;
		struct str when = json_text(json_get(about, "timestamp"), text, sizeof(text));
		if (str_i64(when, 0, INT64_MAX, &changed_s) < 0)
			changed_s = 0; /* it is not told */
		if (misp_uuid_valid(uuid))
			event(arg, uuid, changed_s);
	}
	return w.broken ? err_set(e, -EFORMAT, "the manifest of the MISP feed breaks off") : 0;
}

size_t misp_hashes_read(const void *p, size_t n,
			void (*row)(void *arg, const uint8_t md5[16], struct str uuid), void *arg)
{
	struct str all = { p, n }, line, hash;
	uint8_t md5[16];
	size_t len, bad = 0;

	while (str_cut(&all, '\n', &line)) {
		line = str_trim(line);
		if (line.n == 0)
			continue;
		bool ok = str_cut(&line, ',', &hash) &&
			  str_hex(hash, md5, sizeof(md5), &len) == 0 && len == sizeof(md5) &&
			  misp_uuid_valid(str_trim(line));
		if (ok)
			row(arg, md5, str_trim(line));
		bad += !ok;
	}
	return bad;
}

static bool is_manifest(struct str all)
{
	struct json_walk w = json_walk(all);
	struct str uuid, about;

	return w.close == '}' && json_walk_next(&w, &uuid, &about) && misp_uuid_valid(uuid) &&
	       json_is(about, '{');
}

enum indicator_format json_format_of(struct str all)
{
	struct json_walk w = json_walk(all);
	struct str first;

	if (json_is(all, '[')) {
		bool event = json_walk_next(&w, NULL, &first) && json_get(first, "Event").n > 0;
		return event ? INDICATOR_FORMAT_MISP : INDICATOR_FORMAT_NONE;
	}
	if (is_manifest(all))
		return INDICATOR_FORMAT_MISP_MANIFEST;
	if (json_is(inside(all, "objects"), '[') && inside(all, "type").n > 0)
		return INDICATOR_FORMAT_STIX;
	if (json_get(all, "Event").n > 0 || json_get(all, "response").n > 0 ||
	    json_is(inside(all, "Event"), '{'))
		return INDICATOR_FORMAT_MISP;
	if (json_is(inside(all, "list"), '['))
		return INDICATOR_FORMAT_WARNINGLIST;
	return INDICATOR_FORMAT_NONE;
}
