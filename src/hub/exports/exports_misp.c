/* SPDX-License-Identifier: Apache-2.0 */
/* MISP core format (draft-dulaunoy-misp-core-format-16): one event a case, with its indicators as
 * attributes and files as objects. */
#include <inttypes.h>
#include <string.h>

#include "base/jsonw.h"
#include "base/mem.h"
#include "hub/exports/exports_job.h"
#include "hub/exports/exports_uuid.h"

struct misp {
	const struct export_job *job;
	const struct export_case *c;
	struct jsonw *w;
	const char *stamp; /* seconds since 1970 */
};

static void uuid_put(struct misp *m, const char *what, const char *value)
{
	char uuid[UUID_TEXT];
	const char *name =
		arena_printf(m->job->ask->arena, "misp %s %s %s", m->c->c.number, what, value);

	jsonw_text(m->w, "uuid", uuid_of(uuid_otasuke, name, strlen(name), uuid));
}

static void tag(struct misp *m, enum tlp tlp)
{
	jsonw_array(m->w, "Tag");
	jsonw_object(m->w, NULL);
	jsonw_text(m->w, "name", arena_printf(m->job->ask->arena, "tlp:%s", exports_tlp_name(tlp)));
	jsonw_end_object(m->w);
	jsonw_end_array(m->w);
}

/* 0 = this organisation only, 1 = this community, 3 = everybody (2.2.1.1). */
static const char *distribution(enum tlp tlp)
{
	return tlp == EXPORT_TLP_CLEAR ? "3" : tlp == EXPORT_TLP_GREEN ? "1" : "0";
}

static const char *type_of(const struct export_indicator *i)
{
	switch (i->kind) {
	case INDICATOR_DOMAIN:
		return "domain";
	case INDICATOR_IP:
	case INDICATOR_CIDR:
		return "ip-dst";
	case INDICATOR_URL:
		return "url";
	case INDICATOR_JA3:
		return "ja3-fingerprint-md5";
	default:
		if (!i->hash)
			return NULL;
		return strcmp(i->hash, "MD5") == 0     ? "md5"
		       : strcmp(i->hash, "SHA-1") == 0 ? "sha1"
						       : "sha256";
	}
}

static void attribute(struct misp *m, const struct export_indicator *i, const char *relation)
{
	jsonw_object(m->w, NULL);
	uuid_put(m, type_of(i), i->value);
	jsonw_text(m->w, "type", type_of(i));
	jsonw_text(m->w, "category", i->hash ? "Payload delivery" : "Network activity");
	jsonw_text(m->w, "value", i->value);
	if (relation)
		jsonw_text(m->w, "object_relation", relation);
	jsonw_bool(m->w, "to_ids", true);
	jsonw_text(m->w, "distribution", distribution(i->tlp));
	jsonw_text(m->w, "timestamp", m->stamp);
	jsonw_text(m->w, "comment", i->note);
	jsonw_bool(m->w, "deleted", false);
	jsonw_bool(m->w, "disable_correlation", false);
	tag(m, i->tlp);
	jsonw_end_object(m->w);
}

/* A file is an object of MISP's template "file". */
static void file_object(struct misp *m, const struct export_indicator *i)
{
	jsonw_object(m->w, NULL);
	uuid_put(m, "file", i->value);
	jsonw_text(m->w, "name", "file");
	jsonw_text(m->w, "meta-category", "file");
	jsonw_text(m->w, "description", "File object describing a file with meta-information");
	jsonw_text(m->w, "template_uuid", "688c46fb-5edb-40a3-8273-1af7923e2215");
	jsonw_text(m->w, "template_version", "24");
	jsonw_text(m->w, "distribution", distribution(i->tlp));
	jsonw_text(m->w, "timestamp", m->stamp);
	jsonw_text(m->w, "comment", i->note);
	jsonw_bool(m->w, "deleted", false);
	jsonw_array(m->w, "Attribute");
	attribute(m, i, type_of(i));
	jsonw_end_array(m->w);
	jsonw_end_object(m->w);
}

static void head(struct misp *m)
{
	const struct incident *c = &m->c->c;
	const struct civil day = time_civil(c->happened_us, (int)m->job->ask->hub->conf.zone_min);
	char org[UUID_TEXT];

	uuid_put(m, "event", "");
	jsonw_text(m->w, "info", arena_printf(m->job->ask->arena, "%s %s", c->number, m->c->title));
	jsonw_text(
		m->w, "date",
		arena_printf(m->job->ask->arena, "%04d-%02d-%02d", day.year, day.month, day.day));
	/* 1 high .. 4 undefined */
	jsonw_text(m->w, "threat_level_id",
		   c->severity >= 3   ? "1"
		   : c->severity == 2 ? "2"
		   : c->severity == 1 ? "3"
				      : "4");
	/* 0 initial, 1 ongoing, 2 complete */
	jsonw_text(m->w, "analysis",
		   strcmp(c->state, CASE_CLOSED) == 0 ? "2"
		   : strcmp(c->state, CASE_OPEN) == 0 ? "0"
						      : "1");
	jsonw_text(m->w, "distribution", "0");
	jsonw_bool(m->w, "published", false);
	jsonw_text(m->w, "timestamp", m->stamp);
	jsonw_text(m->w, "publish_timestamp", "0");
	jsonw_text(m->w, "extends_uuid", "");
	jsonw_object(m->w, "Orgc");
	jsonw_text(m->w, "name", exports_from(m->job));
	jsonw_text(m->w, "uuid",
		   uuid_of(uuid_otasuke, exports_from(m->job), strlen(exports_from(m->job)), org));
	jsonw_end_object(m->w);
	tag(m, m->c->tlp);
}

static void comment(struct misp *m)
{
	const struct export_case *c = m->c;

	if (!c->named)
		return;
	jsonw_object(m->w, NULL);
	uuid_put(m, "comment", "company");
	jsonw_text(m->w, "type", "target-org");
	jsonw_text(m->w, "category", "Targeting data");
	jsonw_text(m->w, "value", c->company.name);
	jsonw_bool(m->w, "to_ids", false);
	jsonw_text(m->w, "distribution", "0");
	jsonw_text(m->w, "timestamp", m->stamp);
	jsonw_text(m->w, "comment", "");
	jsonw_bool(m->w, "deleted", false);
	jsonw_bool(m->w, "disable_correlation", true);
	jsonw_end_object(m->w);
}

int exports_misp(const struct export_job *j, struct buf *out, struct err *e)
{
	const struct export_case *c = &j->cases[0];
	struct jsonw w = jsonw_of(out);
	struct misp m = {
		.job = j,
		.c = c,
		.w = &w,
		.stamp = arena_printf(j->ask->arena, "%" PRId64, c->c.changed_us / US_PER_SEC),
	};

	(void)e;
	jsonw_object(&w, NULL);
	jsonw_object(&w, "Event");
	head(&m);
	jsonw_array(&w, "Attribute");
	comment(&m);
	for (size_t i = 0; i < c->n_indicators; i++)
		if (type_of(&c->indicators[i]) && !c->indicators[i].hash)
			attribute(&m, &c->indicators[i], NULL);
	jsonw_end_array(&w);
	jsonw_array(&w, "Object");
	for (size_t i = 0; i < c->n_indicators; i++)
		if (c->indicators[i].hash)
			file_object(&m, &c->indicators[i]);
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	jsonw_end_object(&w);
	return 0;
}
