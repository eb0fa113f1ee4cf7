/* SPDX-License-Identifier: Apache-2.0 */
/* Reading alerts of TheHive (4 and 5, POST /api/v1/alert) and DFIR-IRIS (POST /alerts/add, and as
 * it gives them out). */
#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "hub/exports/exports_alert.h"
#include "wire/indicator/json_walk.h"

enum { RAW_MAX = 16384, DEPTH_MAX = 32 };

/* --- values --- */

/* Clean text of a string or number: control characters become blanks, cut at MAX characters. */
static const char *text_of(struct str value, size_t max, struct arena *a)
{
	char *raw = arena_alloc(a, RAW_MAX);
	struct str s = str_trim(json_text(value, raw, RAW_MAX));
	size_t end = 0, chars = 0;

	if (value.n == 4 && memcmp(value.p, "null", 4) == 0)
		return "";
	if (!utf8_valid(s.p, s.n))
		return "";
	char *out = arena_alloc(a, s.n + 1);
	memcpy(out, s.p, s.n); /* zeros and all: they become blanks */
	for (; end < s.n && chars <= max; end++) {
		if (((unsigned char)out[end] & 0xc0) != 0x80 && ++chars > max)
			break;
		if (((unsigned char)out[end] < 0x20 && out[end] != '\n') || out[end] == 0x7f)
			out[end] = ' ';
	}
	out[end] = '\0';
	return out;
}

static const char *member(struct str object, const char *key, size_t max, struct arena *a)
{
	return text_of(json_get(object, key), max, a);
}

static int64_t number(struct str object, const char *key, int64_t min, int64_t max, int64_t other)
{
	int64_t v;

	return str_i64(json_get(object, key), min, max, &v) < 0 ? other : v;
}

/* Brackets stand in each other at most DEPTH_MAX deep and all are closed. */
static int check_shape(struct str json, struct err *e)
{
	size_t depth = 0;
	bool quoted = false;

	if (json.n > OUTSIDE_BYTES_MAX)
		return err_set(e, -EINVAL, "the alert is larger than %d bytes", OUTSIDE_BYTES_MAX);
	for (size_t i = 0; i < json.n; i++) {
		const char c = json.p[i];
		if (quoted && c == '\\')
			i++;
		else if (c == '"')
			quoted = !quoted;
		else if (!quoted && (c == '{' || c == '[') && ++depth > DEPTH_MAX)
			return err_set(e, -EINVAL, "the JSON is nested too deep");
		else if (!quoted && (c == '}' || c == ']') && depth-- == 0)
			return err_set(e, -EFORMAT, "this is no JSON object");
	}
	struct str rest = str_trim(json), key, value;
	struct json_walk w = json_walk(rest);
	if (depth != 0 || quoted || !json_is(rest, '{'))
		return err_set(e, -EFORMAT, "this is no JSON object");
	while (json_walk_next(&w, &key, &value))
		;
	return w.broken || str_trim(w.rest).n > 0 ? err_set(e, -EFORMAT, "this is no JSON object")
						  : 0;
}

static int need(const char *value, const char *field, struct err *e)
{
	return value[0] ? 0 : err_set(e, -EINVAL, "the field \"%s\" is missing or empty", field);
}

/* --- indicators --- */

/* What a case calls it; "" = none of its kinds. */
static const char *type_of(const char *value)
{
	struct indicator i;

	if (indicator_guess(&i, str_of(value)) != INDICATOR_OK)
		return "";
	switch (i.kind) {
	case INDICATOR_DOMAIN:
		return "domain";
	case INDICATOR_IP:
		return "address";
	case INDICATOR_URL:
		return "url";
	case INDICATOR_FILE:
		return "hash";
	default:
		return "";
	}
}

static struct outside_thing *thing_add(struct outside_alert *x, struct arena *a)
{
	if (x->n_things >= OUTSIDE_THINGS_MAX) {
		x->n_cut++;
		return NULL;
	}
	x->things = arena_grow(a, x->things, x->n_things, sizeof(*x->things));
	return &x->things[x->n_things++];
}

static void asset_add(struct outside_alert *x, const char *name, const char *address,
		      struct arena *a)
{
	if (!name[0] && !address[0])
		return;
	if (x->n_assets >= OUTSIDE_THINGS_MAX) {
		x->n_cut++;
		return;
	}
	x->assets = arena_grow(a, x->assets, x->n_assets, sizeof(*x->assets));
	x->assets[x->n_assets++] = (struct outside_asset){ name, address };
}

/* --- TheHive --- */

/* 0 = clear .. 4 = red in version 5; 3 was red in version 4: the more closed one holds. */
static enum tlp hive_tlp(struct str object, enum tlp other)
{
	static const enum tlp marks[] = { EXPORT_TLP_CLEAR, EXPORT_TLP_GREEN, EXPORT_TLP_AMBER,
					  EXPORT_TLP_RED, EXPORT_TLP_RED };
	const int64_t v = number(object, "tlp", 0, 4, -1);

	return v < 0 ? other : marks[v];
}

static void hive_observable(struct outside_alert *x, struct str o, struct arena *a)
{
	const char *data = member(o, "data", 1000, a), *kind = member(o, "dataType", 40, a);
	struct outside_thing *t;

	if (!data[0])
		return;
	if (strcmp(kind, "hostname") == 0) {
		asset_add(x, data, "", a);
		return;
	}
	if (!(t = thing_add(x, a)))
		return;
	*t = (struct outside_thing){ .type = type_of(data),
				     .value = data,
				     .note = member(o, "message", 400, a),
				     .tlp = hive_tlp(o, x->tlp) };
}

static void hive_observables(struct outside_alert *x, struct str list, struct arena *a)
{
	struct json_walk w = json_walk(list);
	struct str o;

	while (json_walk_next(&w, NULL, &o))
		hive_observable(x, o, a);
}

/* A tag "company:..." says whom it is about. */
static const char *hive_customer(struct str tags, struct arena *a)
{
	struct json_walk w = json_walk(tags);
	struct str v;

	while (json_walk_next(&w, NULL, &v)) {
		const char *tag = text_of(v, OUTSIDE_NAME_CHARS, a);
		if (strncmp(tag, "company:", 8) == 0)
			return tag + 8;
	}
	return "";
}

int outside_thehive(struct str json, struct arena *a, struct outside_alert *out, struct err *e)
{
	static const int severity[] = { 1, 1, 2, 3, 4 };
	struct outside_alert x = { .system = "thehive" };
	int r = check_shape(json, e);

	if (r < 0)
		return r;
	x.source = member(json, "source", OUTSIDE_NAME_CHARS, a);
	x.source_ref = member(json, "sourceRef", OUTSIDE_NAME_CHARS, a);
	x.title = member(json, "title", OUTSIDE_TITLE_CHARS, a);
	x.text = member(json, "description", OUTSIDE_TEXT_CHARS, a);
	x.type = member(json, "type", 40, a);
	if ((r = need(x.title, "title", e)) < 0 || (r = need(x.source, "source", e)) < 0 ||
	    (r = need(x.source_ref, "sourceRef", e)) < 0)
		return r;
	x.severity = severity[number(json, "severity", 1, 4, 2)];
	x.happened_us = number(json, "date", 1, INT64_MAX / 1000, 0) * 1000;
	x.tlp = hive_tlp(json, EXPORT_TLP_AMBER);
	x.customer = hive_customer(json_get(json, "tags"), a);
	hive_observables(&x, json_get(json, "observables"), a);
	hive_observables(&x, json_get(json, "artifacts"), a); /* as version 4 calls them */
	*out = x;
	return 0;
}

/* --- DFIR-IRIS --- */

/* A name beside the id wins, as IRIS gives its alerts out ("severity") or as senders put it. What
 * an id means depends on when that IRIS was set up: 1 to 6 are unspecified, informational, low,
 * medium, high, critical (iris-web, post_init.py; issue 298) or medium, unspecified, informational,
 * low, high, critical (issue 702). Of two meanings the graver holds. */
static int iris_severity(struct str json, struct arena *a)
{
	static const char *const names[] = { "informational", "low", "medium", "high", "critical" };
	static const int ids[] = { 2, 2, 2, 1, 2, 3, 4 };
	const char *name = member(json_get(json, "severity"), "severity_name", 20, a);

	if (!name[0])
		name = member(json_get(json, "alert_severity"), "severity_name", 20, a);

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (str_eq_nocase(str_of(name), str_of(names[i])))
			return (int)i;
	return ids[number(json, "alert_severity_id", 1, 6, 1)];
}

static enum tlp iris_tlp(struct str ioc)
{
	static const enum tlp marks[] = { EXPORT_TLP_AMBER, EXPORT_TLP_RED,   EXPORT_TLP_AMBER,
					  EXPORT_TLP_GREEN, EXPORT_TLP_CLEAR, EXPORT_TLP_STRICT };

	return marks[number(ioc, "ioc_tlp_id", 1, 5, 0)];
}

static void iris_iocs(struct outside_alert *x, struct str list, struct arena *a)
{
	struct json_walk w = json_walk(list);
	struct outside_thing *t;
	struct str o;

	while (json_walk_next(&w, NULL, &o)) {
		const char *value = member(o, "ioc_value", 1000, a);
		if (!value[0] || !(t = thing_add(x, a)))
			continue;
		*t = (struct outside_thing){ .type = type_of(value),
					     .value = value,
					     .note = member(o, "ioc_description", 400, a),
					     .tlp = iris_tlp(o) };
	}
}

static void iris_assets(struct outside_alert *x, struct str list, struct arena *a)
{
	struct json_walk w = json_walk(list);
	struct str o;

	while (json_walk_next(&w, NULL, &o))
		asset_add(x, member(o, "asset_name", OUTSIDE_NAME_CHARS, a),
			  member(o, "asset_ip", 60, a), a);
}

int outside_iris(struct str json, struct arena *a, struct outside_alert *out, struct err *e)
{
	struct outside_alert x = { .system = "iris", .tlp = EXPORT_TLP_AMBER };
	int r = check_shape(json, e);

	if (r < 0)
		return r;
	x.source = member(json, "alert_source", OUTSIDE_NAME_CHARS, a);
	x.source_ref = member(json, "alert_source_ref", OUTSIDE_NAME_CHARS, a);
	x.title = member(json, "alert_title", OUTSIDE_TITLE_CHARS, a);
	x.text = member(json, "alert_description", OUTSIDE_TEXT_CHARS, a);
	x.type = member(json, "alert_tags", 40, a);
	if ((r = need(x.title, "alert_title", e)) < 0 ||
	    (r = need(x.source, "alert_source", e)) < 0 ||
	    (r = need(x.source_ref, "alert_source_ref", e)) < 0)
		return r;
	x.severity = iris_severity(json, a);
	x.customer = member(json, "alert_customer_id", OUTSIDE_NAME_CHARS, a);
	const char *when = member(json, "alert_source_event_time", 40, a);
	if (time_parse(when, &x.happened_us) < 0 &&
	    time_parse(arena_printf(a, "%sZ", when), &x.happened_us) < 0)
		x.happened_us = 0;
	iris_iocs(&x, json_get(json, "alert_iocs"), a);
	iris_iocs(&x, json_get(json, "iocs"), a); /* as IRIS gives them out */
	iris_assets(&x, json_get(json, "alert_assets"), a);
	iris_assets(&x, json_get(json, "assets"), a);
	*out = x;
	return 0;
}
