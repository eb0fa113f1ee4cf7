/* SPDX-License-Identifier: Apache-2.0 */
/* VERIS 1.4 (verisframework.org): one object for one case, an array for several. Kinds of cases
 * become actions, assets and attributes by data/veris_map.tsv; what is no security incident (a
 * fault, a lesson) is not told. */
#include <errno.h>
#include <string.h>

#include "base/jsonw.h"
#include "hub/exports/exports_data.h"
#include "hub/exports/exports_job.h"
#include "hub/exports/exports_uuid.h"

static const struct veris_map *map_of(const char *kind)
{
	for (size_t i = 0; i < veris_map_table_n; i++)
		if (strcmp(veris_map_table[i].kind, kind) == 0)
			return &veris_map_table[i];
	return NULL;
}

static void list(struct jsonw *w, const char *key, const char *value)
{
	jsonw_array(w, key);
	jsonw_text(w, NULL, value[0] ? value : "Unknown");
	jsonw_end_array(w);
}

/* "2 Hours": the time between two moments, in the largest unit that has one. */
static void span(struct jsonw *w, const char *key, int64_t us)
{
	static const struct {
		const char *unit;
		int64_t us;
	} units[] = { { "Days", US_PER_DAY }, { "Hours", US_PER_HOUR }, { "Minutes", US_PER_MIN } };
	size_t i = 0;

	jsonw_object(w, key);
	while (i < 2 && us < units[i].us)
		i++;
	jsonw_text(w, "unit", us < 0 ? "Unknown" : units[i].unit);
	if (us >= 0)
		jsonw_int(w, "value", us / units[i].us);
	jsonw_end_object(w);
}

/* When the story says first that it was contained; -1 = not. */
static int64_t contained(const struct export_case *c)
{
	for (size_t i = 0; i < c->n_lines; i++)
		if (strcmp(c->lines[i].kind, "state") == 0 && strcmp(c->c.state, CASE_OPEN) != 0)
			return c->lines[i].happened_us;
	return c->c.closed_us ? c->c.closed_us : -1;
}

static void timeline(struct jsonw *w, const struct export_job *j, const struct export_case *c)
{
	const struct civil t = time_civil(c->c.happened_us, (int)j->ask->hub->conf.zone_min);
	const int64_t end = contained(c);

	jsonw_object(w, "timeline");
	jsonw_object(w, "incident");
	jsonw_int(w, "year", t.year);
	jsonw_int(w, "month", t.month);
	jsonw_int(w, "day", t.day);
	jsonw_end_object(w);
	span(w, "discovery", c->c.opened_us - c->c.happened_us);
	span(w, "containment", end < 0 ? -1 : end - c->c.happened_us);
	jsonw_end_object(w);
}

static const char *employees(int64_t n)
{
	return n <= 0      ? "Unknown"
	       : n <= 10   ? "1 to 10"
	       : n <= 100  ? "11 to 100"
	       : n <= 1000 ? "101 to 1000"
			   : "1001 to 10000";
}

/* The first digits of the North American classification (NAICS) for a major group of ours. */
static const char *industry(const char *letter)
{
	static const char *const naics[] = {
		['A'] = "11", ['B'] = "114", ['C'] = "21", ['D'] = "23", ['E'] = "31",
		['F'] = "22", ['G'] = "51",  ['H'] = "48", ['I'] = "42", ['J'] = "52",
		['K'] = "53", ['L'] = "54",  ['M'] = "72", ['N'] = "81", ['O'] = "61",
		['P'] = "62", ['Q'] = "56",  ['R'] = "56", ['S'] = "92", ['T'] = "00",
	};
	return letter[0] >= 'A' && letter[0] <= 'T' ? naics[(unsigned char)letter[0]] : "00";
}

static void victim(struct jsonw *w, const struct export_case *c)
{
	jsonw_object(w, "victim");
	if (c->named)
		jsonw_text(w, "victim_id", c->company.name);
	jsonw_text(w, "industry", industry(c->company.industry));
	jsonw_text(w, "employee_count", employees(c->company.employees));
	list(w, "country", "JP");
	jsonw_end_object(w);
}

static void action(struct jsonw *w, const struct veris_map *m)
{
	jsonw_object(w, "action");
	jsonw_object(w, m->action);
	if (strcmp(m->action, "unknown") != 0) {
		list(w, "variety", m->variety);
		list(w, "vector", m->vector);
	}
	if (strcmp(m->action, "social") == 0)
		list(w, "target", m->target);
	jsonw_end_object(w);
	jsonw_end_object(w);
}

static void actor(struct jsonw *w, const struct veris_map *m)
{
	const bool inside = strcmp(m->action, "error") == 0 || strcmp(m->action, "misuse") == 0;

	jsonw_object(w, "actor");
	jsonw_object(w, inside ? "internal" : "external");
	list(w, "variety", "Unknown");
	list(w, "motive", m->motive);
	if (!inside)
		list(w, "country", "Unknown");
	jsonw_end_object(w);
	jsonw_end_object(w);
}

static void asset(struct jsonw *w, const struct export_case *c, const struct veris_map *m)
{
	jsonw_object(w, "asset");
	jsonw_array(w, "assets");
	jsonw_object(w, NULL);
	jsonw_text(w, "variety", m->asset);
	if (c->n_devices > 0)
		jsonw_int(w, "amount", (int64_t)c->n_devices);
	jsonw_end_object(w);
	jsonw_end_array(w);
	list(w, "cloud", "Unknown");
	jsonw_end_object(w);
}

static void attribute(struct jsonw *w, const struct veris_map *m)
{
	jsonw_object(w, "attribute");
	jsonw_object(w, m->attribute);
	if (strcmp(m->attribute, "confidentiality") == 0) {
		jsonw_text(w, "data_disclosure", "Potentially");
		jsonw_array(w, "data");
		jsonw_object(w, NULL);
		jsonw_text(w, "variety", m->attribute_variety);
		jsonw_end_object(w);
		jsonw_end_array(w);
	} else {
		list(w, "variety", m->attribute_variety);
	}
	jsonw_end_object(w);
	jsonw_end_object(w);
}

static void impact(struct jsonw *w, const struct export_case *c)
{
	if (c->c.cost_yen <= 0)
		return;
	jsonw_object(w, "impact");
	jsonw_text(w, "overall_rating", "Unknown");
	jsonw_text(w, "iso_currency_code", "JPY");
	jsonw_int(w, "overall_amount", c->c.cost_yen);
	jsonw_array(w, "loss");
	jsonw_object(w, NULL);
	jsonw_text(w, "variety", "Response and recovery");
	jsonw_int(w, "amount", c->c.cost_yen);
	jsonw_end_object(w);
	jsonw_end_array(w);
	jsonw_end_object(w);
}

static void discovery(struct jsonw *w, const struct export_case *c)
{
	const bool watched = strcmp(c->c.source, "alert") == 0;

	jsonw_object(w, "discovery_method");
	jsonw_object(w, watched ? "partner" : "internal");
	list(w, "variety", watched ? "Monitoring service" : "Reported by employee");
	jsonw_end_object(w);
	jsonw_end_object(w);
}

static void plus(struct jsonw *w, const struct export_case *c)
{
	jsonw_object(w, "plus");
	jsonw_text(w, "analysis_status",
		   strcmp(c->c.state, CASE_CLOSED) == 0 ? "Finalized" : "In-progress");
	jsonw_time(w, "created", c->c.recorded_us);
	jsonw_time(w, "modified", c->c.changed_us);
	jsonw_text(w, "tlp", exports_tlp_name(c->tlp));
	jsonw_int(w, "response_minutes", c->c.minutes);
	jsonw_end_object(w);
}

static void one(struct jsonw *w, const struct export_job *j, const struct export_case *c,
		const struct veris_map *m)
{
	char uuid[UUID_TEXT];

	jsonw_object(w, NULL);
	jsonw_text(w, "schema_version", "1.4.0");
	jsonw_text(w, "incident_id", uuid_of(uuid_otasuke, c->c.number, strlen(c->c.number), uuid));
	jsonw_text(w, "source_id", exports_from(j));
	jsonw_text(w, "reference", c->c.number);
	jsonw_text(w, "security_incident", m->incident);
	jsonw_text(w, "confidence", "Medium");
	jsonw_text(w, "summary", c->title);
	timeline(w, j, c);
	victim(w, c);
	actor(w, m);
	action(w, m);
	asset(w, c, m);
	attribute(w, m);
	discovery(w, c);
	impact(w, c);
	plus(w, c);
	jsonw_end_object(w);
}

int exports_veris(const struct export_job *j, struct buf *out, struct err *e)
{
	const bool many = (j->kind->flags & EXPORT_MANY) && j->n != 1;
	struct jsonw w = jsonw_of(out);
	size_t told = 0;

	if (many)
		jsonw_array(&w, NULL);
	for (size_t i = 0; i < j->n; i++) {
		const struct veris_map *m = map_of(j->cases[i].c.kind);
		if (!m)
			continue;
		one(&w, j, &j->cases[i], m);
		told++;
	}
	if (many)
		jsonw_end_array(&w);
	if (!many && told == 0)
		return err_set(e, -EINVAL,
			       "VERIS tells of security incidents only: this case is of another "
			       "kind; choose another format");
	return 0;
}
