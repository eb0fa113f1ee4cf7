/* SPDX-License-Identifier: Apache-2.0 */
/* STIX 2.1 (OASIS, 10 June 2021): a bundle with who says it, to whom it happened, the incident, its
 * indicators with patterns, what was observed, and the relations between them. Ids follow from what
 * a thing is, so that a second export of the same case changes it instead of doubling it. */
#include <stdio.h>
#include <string.h>

#include "base/jsonw.h"
#include "base/map.h"
#include "base/mem.h"
#include "hub/exports/exports_job.h"
#include "hub/exports/exports_uuid.h"

#define ID_MAX        64
#define TLP_EXTENSION "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"

/* Marking definitions of TLP 2.0 as OASIS publishes them (cti-stix-common-objects, tlp-2.0). */
static const struct {
	const char *id, *name;
} markings[] = {
	{ "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487", "TLP:CLEAR" },
	{ "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb", "TLP:GREEN" },
	{ "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421", "TLP:AMBER" },
	{ "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003", "TLP:AMBER+STRICT" },
	{ "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1", "TLP:RED" },
};

struct stix {
	const struct export_job *job;
	struct jsonw *w;
	char from[ID_MAX]; /* identity of the consortium */
	int64_t created_us, changed_us;
	struct map *seen; /* observables: the same one may stand in several cases */
};
enum { OBSERVABLES_MAX = 500 * 500 };

static char *id_of(const char *type, const uint8_t space[16], const char *name, char out[ID_MAX])
{
	char uuid[UUID_TEXT];

	uuid_of(space, name, strlen(name), uuid);
	(void)snprintf(out, ID_MAX, "%s--%s", type, uuid);
	return out;
}

static void marking(struct stix *s, enum tlp tlp)
{
	jsonw_array(s->w, "object_marking_refs");
	jsonw_text(s->w, NULL, markings[tlp].id);
	jsonw_end_array(s->w);
}

/* 3.2: created and modified have three digits after the second, no more and no less. */
static void millis(struct jsonw *w, const char *key, int64_t us)
{
	char when[TIME_TEXT_MAX];
	const size_t n = strlen(time_format(us, when, sizeof(when)));

	memcpy(when + n - 4, "Z", 2);
	jsonw_text(w, key, when);
}

/* What every object of a domain or relation has. */
static void begin(struct stix *s, const char *type, const char *id, enum tlp tlp)
{
	jsonw_object(s->w, NULL);
	jsonw_text(s->w, "type", type);
	jsonw_text(s->w, "spec_version", "2.1");
	jsonw_text(s->w, "id", id);
	if (strcmp(id, s->from) != 0)
		jsonw_text(s->w, "created_by_ref", s->from);
	millis(s->w, "created", s->created_us);
	millis(s->w, "modified", s->changed_us);
	marking(s, tlp);
}

static void marking_put(struct stix *s, enum tlp tlp)
{
	jsonw_object(s->w, NULL);
	jsonw_text(s->w, "type", "marking-definition");
	jsonw_text(s->w, "spec_version", "2.1");
	jsonw_text(s->w, "id", markings[tlp].id);
	jsonw_text(s->w, "created", "2022-10-01T00:00:00.000Z");
	jsonw_text(s->w, "name", markings[tlp].name);
	jsonw_object(s->w, "extensions");
	jsonw_object(s->w, TLP_EXTENSION);
	jsonw_text(s->w, "extension_type", "property-extension");
	jsonw_text(s->w, "tlp_2_0", exports_tlp_name(tlp));
	jsonw_end_object(s->w);
	jsonw_end_object(s->w);
	jsonw_end_object(s->w);
}

static void from_put(struct stix *s)
{
	begin(s, "identity", s->from, EXPORT_TLP_CLEAR);
	jsonw_text(s->w, "name", exports_from(s->job));
	jsonw_text(s->w, "identity_class", "organization");
	jsonw_end_object(s->w);
}

/* --- indicators --- */

/* A string within '…' of a pattern (9.2). */
static void quoted(struct buf *b, const char *text)
{
	buf_addc(b, '\'');
	for (const char *p = text; *p; p++) {
		if (*p == '\'' || *p == '\\')
			buf_addc(b, '\\');
		buf_addc(b, *p);
	}
	buf_addc(b, '\'');
}

/* The observable's type and the path of its value; NULL where STIX has none (JA3). */
static const char *sco_type(const struct export_indicator *i)
{
	switch (i->kind) {
	case INDICATOR_DOMAIN:
		return "domain-name";
	case INDICATOR_IP:
	case INDICATOR_CIDR:
		return i->v6 ? "ipv6-addr" : "ipv4-addr";
	case INDICATOR_URL:
		return "url";
	case INDICATOR_FILE:
		return i->hash ? "file" : NULL;
	default:
		return NULL;
	}
}

static void pattern(const struct export_indicator *i, struct buf *b)
{
	if (i->hash)
		buf_printf(b, "[file:hashes.'%s' = ", i->hash);
	else
		buf_printf(b, "[%s:value = ", sco_type(i));
	quoted(b, i->value);
	buf_addc(b, ']');
}

/* 2.9: the id of an observable is made of its contributing properties as canonical JSON. */
static void sco_id(const struct export_indicator *i, char out[ID_MAX])
{
	SCOPED_BUF struct buf name = { 0 };
	struct jsonw w = jsonw_of(&name);

	jsonw_object(&w, NULL);
	if (i->hash)
		jsonw_object(&w, "hashes");
	jsonw_text(&w, i->hash ? i->hash : "value", i->value);
	if (i->hash)
		jsonw_end_object(&w);
	jsonw_end_object(&w);
	id_of(sco_type(i), uuid_stix, name.p, out);
}

static void sco_put(struct stix *s, const struct export_indicator *i, const char *id)
{
	jsonw_object(s->w, NULL);
	jsonw_text(s->w, "type", sco_type(i));
	jsonw_text(s->w, "spec_version", "2.1");
	jsonw_text(s->w, "id", id);
	marking(s, i->tlp);
	if (i->hash)
		jsonw_object(s->w, "hashes");
	jsonw_text(s->w, i->hash ? i->hash : "value", i->value);
	if (i->hash)
		jsonw_end_object(s->w);
	jsonw_end_object(s->w);
}

static void relation(struct stix *s, const char *from, const char *type, const char *to,
		     enum tlp tlp)
{
	char name[3 * ID_MAX], id[ID_MAX];

	(void)snprintf(name, sizeof(name), "%s %s %s", from, type, to);
	begin(s, "relationship", id_of("relationship", uuid_otasuke, name, id), tlp);
	jsonw_text(s->w, "relationship_type", type);
	jsonw_text(s->w, "source_ref", from);
	jsonw_text(s->w, "target_ref", to);
	jsonw_end_object(s->w);
}

static void observed(struct stix *s, const struct export_case *c, const struct export_indicator *i,
		     const char *id, const char *sco)
{
	const int64_t last = c->c.opened_us > c->c.happened_us ? c->c.opened_us : c->c.happened_us;

	begin(s, "observed-data", id, i->tlp);
	jsonw_time(s->w, "first_observed", c->c.happened_us);
	jsonw_time(s->w, "last_observed", last);
	jsonw_int(s->w, "number_observed", 1);
	jsonw_array(s->w, "object_refs");
	jsonw_text(s->w, NULL, sco);
	jsonw_end_array(s->w);
	jsonw_end_object(s->w);
}

static void indicator_put(struct stix *s, const struct export_case *c,
			  const struct export_indicator *i, const char *incident)
{
	char id[ID_MAX], data[ID_MAX], sco[ID_MAX];
	SCOPED_BUF struct buf b = { 0 };
	SCOPED_BUF struct buf name = { 0 };

	sco_id(i, sco);
	buf_printf(&name, "%s %s", incident, sco);
	id_of("indicator", uuid_otasuke, name.p, id);
	id_of("observed-data", uuid_otasuke, name.p, data);
	pattern(i, &b);
	begin(s, "indicator", id, i->tlp);
	jsonw_text(s->w, "name", i->value);
	if (i->note[0])
		jsonw_text(s->w, "description", i->note);
	jsonw_array(s->w, "indicator_types");
	jsonw_text(s->w, NULL, "malicious-activity");
	jsonw_end_array(s->w);
	jsonw_text(s->w, "pattern", b.p);
	jsonw_text(s->w, "pattern_type", "stix");
	jsonw_text(s->w, "pattern_version", "2.1");
	jsonw_time(s->w, "valid_from", c->c.happened_us);
	jsonw_end_object(s->w);
	if (!map_find(s->seen, sco, strlen(sco)) &&
	    map_set(s->seen, sco, strlen(sco), s->seen) == 0)
		sco_put(s, i, sco);
	observed(s, c, i, data, sco);
	relation(s, id, "based-on", data, i->tlp);
	relation(s, id, "related-to", incident, i->tlp);
}

/* --- cases --- */

static void victim(struct stix *s, const struct export_case *c, const char *id)
{
	begin(s, "identity", id, EXPORT_TLP_AMBER);
	if (c->named)
		jsonw_text(s->w, "name", c->company.name);
	else
		jsonw_text(s->w, "name",
			   arena_printf(s->job->ask->arena, "%s %s",
					text_get(s->job->ask->hub->text, s->job->ask->lang,
						 "export.somebody"),
					c->prefecture));
	jsonw_text(s->w, "identity_class", "organization");
	jsonw_end_object(s->w);
}

static void labels(struct stix *s, const struct export_case *c)
{
	jsonw_array(s->w, "labels");
	jsonw_text(s->w, NULL, c->c.kind);
	jsonw_text(s->w, NULL, c->c.state);
	jsonw_end_array(s->w);
	jsonw_array(s->w, "external_references");
	jsonw_object(s->w, NULL);
	jsonw_text(s->w, "source_name", exports_from(s->job));
	jsonw_text(s->w, "external_id", c->c.number);
	jsonw_end_object(s->w);
	jsonw_end_array(s->w);
}

static const char *said_first(const struct export_case *c)
{
	for (size_t i = 0; i < c->n_lines; i++)
		if (c->lines[i].body[0])
			return c->lines[i].body;
	return "";
}

static void case_put(struct stix *s, const struct export_case *c)
{
	char id[ID_MAX], who[ID_MAX];

	s->created_us = c->c.recorded_us;
	s->changed_us = c->c.changed_us > c->c.recorded_us ? c->c.changed_us : c->c.recorded_us;
	id_of("incident", uuid_otasuke, c->c.number, id);
	/* one company is one identity only where it is named */
	id_of("identity", uuid_otasuke,
	      c->named ? arena_printf(s->job->ask->arena, "company %s %lld", exports_from(s->job),
				      (long long)c->c.company_id)
		       : arena_printf(s->job->ask->arena, "victim of %s", c->c.number),
	      who);
	victim(s, c, who);
	begin(s, "incident", id, c->tlp);
	jsonw_text(s->w, "name", c->title);
	if (c->named && said_first(c)[0])
		jsonw_text(s->w, "description", said_first(c));
	labels(s, c);
	jsonw_end_object(s->w);
	relation(s, id, "related-to", who, c->tlp);
	for (size_t i = 0; i < c->n_indicators; i++)
		if (sco_type(&c->indicators[i]))
			indicator_put(s, c, &c->indicators[i], id);
}

static void markings_put(struct stix *s)
{
	bool used[ARRAY_LEN(markings)] = { [EXPORT_TLP_CLEAR] = true, [EXPORT_TLP_AMBER] = true };

	for (size_t i = 0; i < s->job->n; i++) {
		const struct export_case *c = &s->job->cases[i];
		used[c->tlp] = true;
		for (size_t k = 0; k < c->n_indicators; k++)
			used[c->indicators[k].tlp] = true;
	}
	for (size_t i = 0; i < ARRAY_LEN(markings); i++)
		if (used[i])
			marking_put(s, (enum tlp)i);
}

int exports_stix(const struct export_job *j, struct buf *out, struct err *e)
{
	SCOPED_BUF struct buf all = { 0 };
	struct jsonw w = jsonw_of(out);
	struct stix s = { .job = j, .w = &w, .seen = map_new(OBSERVABLES_MAX) };
	char id[ID_MAX];

	(void)e;
	/* bundles have no identity of their own: named after what is in them */
	for (size_t i = 0; i < j->n; i++)
		buf_printf(&all, "%s %d ", j->cases[i].c.number, j->cases[i].named);
	id_of("identity", uuid_otasuke, exports_from(j), s.from);
	s.created_us = s.changed_us = j->n ? j->cases[0].c.recorded_us : j->now_us;
	jsonw_object(&w, NULL);
	jsonw_text(&w, "type", "bundle");
	jsonw_text(&w, "id", id_of("bundle", uuid_otasuke, all.p ? all.p : "", id));
	jsonw_array(&w, "objects");
	markings_put(&s);
	from_put(&s);
	for (size_t i = 0; i < j->n; i++)
		case_put(&s, &j->cases[i]);
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	map_free(s.seen);
	return 0;
}
