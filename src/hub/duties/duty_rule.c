/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of duties: which apply, and by when. */
#include "hub/duties/duty_rule.h"

#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "hub/hub_calendar.h"

const char *const duty_fact_names[FACT_COUNT] = {
	[FACT_PERSONAL] = "personal",     [FACT_SENSITIVE] = "sensitive",
	[FACT_PROPERTY] = "property",     [FACT_MALICIOUS] = "malicious",
	[FACT_ENCRYPTED] = "encrypted",   [FACT_MYNUMBER] = "mynumber",
	[FACT_CONTRACTOR] = "contractor", [FACT_INSURED] = "insured",
};

static const char *given(const struct duty_facts *f, struct str name)
{
	for (int i = 0; i < FACT_COUNT; i++)
		if (str_eq(name, str_of(duty_fact_names[i])))
			return f->given[i];
	if (str_eq(name, STR("sector")))
		return f->sector;
	if (str_eq(name, STR("many")))
		return f->people > DUTY_MANY ? "yes" : "no";
	return "";
}

/* "personal=yes": also when it is feared; "==": only when known; "!=": unless. */
static bool term_holds(struct str term, const struct duty_facts *f)
{
	const char *eq = memchr(term.p, '=', term.n);

	if (!eq || eq == term.p)
		return false;
	const size_t at = (size_t)(eq - term.p);
	const bool unless = term.p[at - 1] == '!';
	struct str value = { eq + 1, term.n - at - 1 };
	const char *is = given(f, (struct str){ term.p, unless ? at - 1 : at });

	if (unless)
		return !str_eq(str_of(is), value);
	if (value.n && value.p[0] == '=')
		return str_eq(str_of(is), (struct str){ value.p + 1, value.n - 1 });
	return str_eq(str_of(is), value) ||
	       (str_eq(value, STR("yes")) && strcmp(is, "unknown") == 0);
}

bool duty_needs(const char *needs, const struct duty_facts *f, const char **alt_out,
		size_t *alt_n_out)
{
	struct str all = str_of(needs), alt, term;

	while (str_cut(&all, '|', &alt)) {
		struct str rest = alt;
		bool holds = true;

		while (holds && str_cut(&rest, '+', &term))
			holds = term_holds(term, f);
		if (!holds)
			continue;
		if (alt_out) {
			*alt_out = alt.p;
			*alt_n_out = alt.n;
		}
		return true;
	}
	return false;
}

const struct duty_rule *duty_rule_at(const char *id, int64_t known_us)
{
	const struct duty_rule *best = NULL;

	for (size_t i = 0; i < duty_rule_table_n; i++) {
		const struct duty_rule *r = &duty_rule_table[i];

		if (strcmp(r->id, id) == 0 && r->valid_from_us <= known_us &&
		    (!best || r->valid_from_us > best->valid_from_us))
			best = r;
	}
	return best;
}

struct duty_clock duty_clock(const struct duty_rule *r, int64_t known_us)
{
	const bool working = strcmp(r->unit, "working") == 0;
	struct duty_clock c = {
		.warn_us = working ? calendar_add_open(known_us, r->warn)
				   : calendar_day(known_us, r->warn - 1),
	};
	int64_t last;

	if (strcmp(r->unit, "prompt") == 0)
		return c;
	last = working ? calendar_add_open(known_us, r->due) : calendar_day(known_us, r->due - 1);
	c.last_day_us = last;
	if (r->roll && calendar_kind(last) != CALENDAR_OPEN) {
		last = calendar_next_open(last);
		c.moved = true;
	}
	c.due_us = calendar_day(last, 1) - 1;
	c.unsure = (working || r->roll) && last > calendar_known_until(true);
	return c;
}
