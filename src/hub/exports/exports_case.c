/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a case for an export. What may leave is decided here, once for all formats: marks (TLP),
 * and names where nobody shall be named. */
#include "hub/exports/exports_case.h"

#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "hub/exports/exports_record.h"

enum { CARDS_MAX = 20 };

static const char *const tlp_names[] = { "clear", "green", "amber", "amber+strict", "red" };

const char *exports_tlp_name(enum tlp t)
{
	return tlp_names[t];
}

enum tlp exports_tlp_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(tlp_names); i++)
		if (strcmp(tlp_names[i], name) == 0)
			return (enum tlp)i;
	return EXPORT_TLP_AMBER;
}

enum tlp exports_tlp_limit(enum export_for f)
{
	return f == FOR_DESK ? EXPORT_TLP_RED : EXPORT_TLP_AMBER;
}

static void hide(struct export_case *c, int64_t n, const char *key)
{
	if (n > 0 && c->n_hidden < EXPORT_HIDDEN_MAX)
		c->hidden[c->n_hidden++] = (struct export_hidden){ n, key };
}

int64_t exports_case_hidden(const struct export_case *c)
{
	int64_t sum = 0;

	for (size_t i = 0; i < c->n_hidden; i++)
		sum += c->hidden[i].n;
	return sum;
}

static const char *text(const struct export_ask *q, const char *key)
{
	return text_get(q->hub->text, q->lang, key);
}

/* --- the story --- */

static struct export_line line_of(const struct export_ask *q, const struct case_entry *n)
{
	/* without names only the kind of thing that happened */
	const char *key = arena_printf(q->arena, "case.story.kind_%s", n->kind);

	return (struct export_line){
		.kind = n->kind,
		.text = q->named ? cases_entry_text(q->hub, q->lang, n, q->arena) : text(q, key),
		.body = q->named ? n->body : "",
		.who = q->named ? n->person_name : "",
		.happened_us = n->happened_us,
		.recorded_us = n->recorded_us,
		.minutes = n->minutes,
		.cost_yen = n->cost_yen,
	};
}

static int story_read(const struct export_ask *q, struct export_case *c, struct err *e)
{
	struct case_entry *list;
	size_t n;
	int64_t bodies = 0, inner = 0;
	int r = cases_store_entries(q->t, q->scope, c->c.id, q->arena, &list, &n, e);

	if (r < 0)
		return r;
	c->lines = arena_array(q->arena, n + 1, sizeof(*c->lines));
	for (size_t i = 0; i < n; i++) {
		if (list[i].roles && !(list[i].roles & q->roles)) {
			inner++;
			continue;
		}
		c->lines[c->n_lines++] = line_of(q, &list[i]);
		bodies += list[i].body[0] != '\0';
	}
	hide(c, inner, "export.hidden.inner");
	if (!q->named)
		hide(c, bodies, "export.hidden.words");
	return 0;
}

/* --- indicators --- */

static const char *hash_name(size_t n)
{
	return n == 32 ? "MD5" : n == 40 ? "SHA-1" : n == 64 ? "SHA-256" : NULL;
}

static enum indicator_kind kind_of(const char *type)
{
	static const struct {
		const char *type;
		enum indicator_kind kind;
	} kinds[] = { { "domain", INDICATOR_DOMAIN },
		      { "address", INDICATOR_IP },
		      { "url", INDICATOR_URL },
		      { "hash", INDICATOR_FILE },
		      { "ja3", INDICATOR_JA3 } };

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (strcmp(kinds[i].type, type) == 0)
			return kinds[i].kind;
	return 0;
}

/* A url with its scheme, which the normal form leaves out. */
static const char *url_of(struct arena *a, const struct indicator *i, const char *typed)
{
	const bool tls = strncmp(typed, "https", 5) == 0 || strncmp(typed, "hxxps", 5) == 0;

	return arena_printf(a, "%s://%s", tls ? "https" : "http", i->value);
}

/* A note that begins with "TLP:RED" marks its indicator too: 0 and *OUT, or false. */
static bool note_mark(const char *note, enum tlp *out)
{
	char name[16] = "";
	size_t n = 0;

	if (strncmp(note, "TLP:", 4) != 0)
		return false;
	for (const char *p = note + 4; *p && *p != ' ' && n + 1 < sizeof(name); p++)
		name[n++] = (char)(*p >= 'A' && *p <= 'Z' ? *p + 32 : *p);
	name[n] = '\0';
	*out = exports_tlp_of(name);
	return true;
}

/* Where both say something the more closed one holds; amber where nobody does. */
static enum tlp mark_of(const struct case_indicator *n, const struct export_mark *marks, size_t k)
{
	enum tlp mark = EXPORT_TLP_AMBER, note;

	for (size_t i = 0; i < k; i++)
		if (marks[i].id == n->id)
			mark = marks[i].tlp;
	if (!note_mark(n->note, &note))
		return mark;
	return k == 0 || note > mark ? note : mark;
}

static bool indicator_of(const struct export_ask *q, const struct case_indicator *n,
			 struct export_indicator *out)
{
	struct indicator i = { 0 };
	const enum indicator_kind kind = kind_of(n->type);

	if (!kind || indicator_set(&i, kind, str_of(n->value)) != INDICATOR_OK)
		return false;
	*out = (struct export_indicator){
		.kind = i.kind,
		.value = i.kind == INDICATOR_URL ? url_of(q->arena, &i, n->value)
						 : arena_strndup(q->arena, i.value, i.n),
		.hash = i.kind == INDICATOR_FILE ? hash_name(i.n) : NULL,
		.type_text = text(q, arena_printf(q->arena, "case.indicator.%s", n->type)),
		.note = q->named ? n->note : "",
		.v6 = strchr(i.value, ':') != NULL && i.kind != INDICATOR_URL,
		.tlp = EXPORT_TLP_AMBER,
	};
	return true;
}

static int indicators_read(const struct export_ask *q, struct export_case *c, struct err *e)
{
	struct case_indicator *list;
	struct export_mark *marks;
	size_t n_marks;
	int64_t marked = 0, unfit = 0, homeless = 0;
	size_t n;
	int r = cases_store_indicators(q->t, q->scope, c->c.id, q->arena, &list, &n, e);

	if (r < 0)
		return r;
	if ((r = exports_record_marks(q, c->c.id, &marks, &n_marks, e)) < 0)
		return r;
	c->indicators = arena_array(q->arena, n + 1, sizeof(*c->indicators));
	for (size_t i = 0; i < n; i++) {
		struct export_indicator *out = &c->indicators[c->n_indicators];
		const bool fit = indicator_of(q, &list[i], out);
		out->tlp = mark_of(&list[i], marks, n_marks);
		if (!fit) {
			unfit++;
		} else if (out->tlp > exports_tlp_limit(q->to)) {
			marked++;
		} else if (q->no_ja3 && out->kind == INDICATOR_JA3) {
			homeless++;
		} else {
			c->tlp = out->tlp > c->tlp ? out->tlp : c->tlp;
			c->n_indicators++;
		}
	}
	hide(c, marked, "export.hidden.tlp");
	hide(c, unfit, "export.hidden.unfit");
	hide(c, homeless, "export.hidden.format");
	return 0;
}

/* --- the rest --- */

static int devices_read(const struct export_ask *q, struct export_case *c, struct err *e)
{
	struct case_device *list;
	size_t n;
	int r = cases_store_devices(q->t, q->scope, c->c.id, q->arena, &list, &n, e);

	if (r < 0)
		return r;
	if (q->to == FOR_OTHERS && !q->named) {
		hide(c, (int64_t)n, "export.hidden.devices");
		return 0;
	}
	c->devices = arena_array(q->arena, n + 1, sizeof(*c->devices));
	c->n_devices = n;
	for (size_t i = 0; i < n; i++)
		c->devices[i] = (struct export_device){
			list[i],
			text(q, arena_printf(q->arena, "case.device.%s", list[i].state)),
		};
	return 0;
}

static const char *uses_text(const struct export_ask *q, const char *what)
{
	const char *comma = text(q, "case.story.comma"), *out = "";
	struct str rest = str_of(what), one;

	while (str_cut(&rest, ' ', &one))
		out = arena_printf(
			q->arena, "%s%s%s", out, out[0] ? comma : "",
			text(q, arena_printf(q->arena, "case.use.%.*s", (int)one.n, one.p)));
	return out;
}

static int consents_read(const struct export_ask *q, struct export_case *c, struct err *e)
{
	struct case_consent *list;
	size_t n;
	int r;

	if (q->to == FOR_OTHERS)
		return 0;
	r = cases_store_consents(q->t, q->scope, c->c.id, q->arena, &list, &n, e);
	if (r < 0)
		return r;
	c->consents = arena_array(q->arena, n + 1, sizeof(*c->consents));
	c->n_consents = n;
	for (size_t i = 0; i < n; i++)
		c->consents[i] = (struct export_consent){
			.k = list[i],
			.what_text = uses_text(q, list[i].what),
			.how_text = text(q, arena_printf(q->arena, "response.how.%s", list[i].how)),
			.until_text =
				text(q, arena_printf(q->arena, "response.until.%s",
						     list[i].until[0] ? list[i].until : "case")),
		};
	return 0;
}

static int cards_read(const struct export_ask *q, struct export_case *c, struct err *e)
{
	struct watch_alert *alerts;
	size_t n;
	int r;

	if (q->to == FOR_OTHERS)
		return 0;
	r = watch_alerts_of_case(q->t, q->scope, c->c.id, q->arena, &alerts, &n, e);
	if (r < 0)
		return r;
	c->n_cards = n < CARDS_MAX ? n : CARDS_MAX;
	c->cards = arena_array(q->arena, c->n_cards + 1, sizeof(*c->cards));
	for (size_t i = 0; i < c->n_cards; i++)
		watch_card(q->hub->text, q->lang, &alerts[i], q->arena, &c->cards[i]);
	return 0;
}

/* Nobody is named: neither the company nor people, and nothing that people wrote. */
static void anonymous(const struct export_ask *q, struct export_case *c)
{
	struct incident *i = &c->c;

	hide(c, 1, "export.hidden.company");
	i->company_name = "";
	i->title = c->kind_text;
	i->contact_name = "";
	i->contact_phone = "";
	i->owner_name = "";
	i->cause = "";
	i->lesson = "";
	c->company = (struct company){
		.name = "",
		.kana = "",
		.corporate_number = "",
		.external_id = "",
		.prefecture = c->company.prefecture,
		.municipality = "",
		.postal_code = "",
		.address = "",
		.phone = "",
		.industry = c->company.industry,
		.employees = c->company.employees,
		.note = "",
	};
	c->title = arena_strdup(q->arena, c->kind_text);
}

static void words(const struct export_ask *q, struct export_case *c)
{
	static const char *const severity[] = { "watch.severity.info", "watch.severity.low",
						"watch.severity.medium", "watch.severity.high",
						"watch.severity.critical" };
	const int s = c->c.severity;

	c->kind_text = text(q, arena_printf(q->arena, "case.kind.%s", c->c.kind));
	c->state_text = text(q, arena_printf(q->arena, "case.state.%s", c->c.state));
	c->severity_text = text(q, severity[s < 0 || s > 4 ? 2 : s]);
	c->prefecture = members_prefecture_name(c->c.prefecture, q->lang);
	c->industry = members_industry_name(c->company.industry, q->lang);
	c->title = c->c.title;
}

static int parts_read(const struct export_ask *q, struct export_case *c, struct err *e)
{
	int r = story_read(q, c, e);

	if (r >= 0)
		r = indicators_read(q, c, e);
	if (r >= 0)
		r = devices_read(q, c, e);
	if (r >= 0)
		r = consents_read(q, c, e);
	if (r >= 0 && q->to == FOR_DESK) {
		struct export_record *record = arena_array(q->arena, 1, sizeof(*record));
		r = exports_record_read(q, c, record, e);
		c->record = record;
	}
	return r < 0 ? r : cards_read(q, c, e);
}

int exports_case_read(const struct export_ask *q, const struct incident *c, struct export_case *out,
		      struct err *e)
{
	struct export_case x = { .c = *c, .named = q->named, .tlp = EXPORT_TLP_AMBER };
	int r = members_company_get(q->t, q->scope, c->company_id, q->arena, &x.company, e);

	if (r >= 0 && !q->light)
		r = parts_read(q, &x, e);
	if (r < 0)
		return r;
	words(q, &x);
	if (!q->named)
		anonymous(q, &x);
	*out = x;
	return 0;
}
