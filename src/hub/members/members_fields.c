/* SPDX-License-Identifier: Apache-2.0 */
/* Forms of members, field by field. What the values must be: members_check.c. */
#include "hub/members/members_fields.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>

#include "hub/members_tmpl.h"

void members_fields_add(struct members_fields *f, const struct members_field *row)
{
	const char *typed = f->form ? http_form(f->call->req, row->name) : NULL;

	assert(f->n < FIELDS_MAX);
	struct members_field *x = &f->list[f->n++];
	*x = *row;
	if (typed)
		x->value = typed;
	if (!x->value)
		x->value = "";
	x->error = f->form ? form_error(f->form, row->name) : NULL;
}

int members_fields_page(struct members_fields *f, struct members_form_page *m,
			const char *rule_error)
{
	struct buf b = { 0 };
	struct tmpl t = call_tmpl(f->call, &b);

	m->fields = f->list;
	m->n_fields = f->n;
	m->n_errors = f->form ? f->form->n_errors : 0;
	m->error = rule_error;
	if (!m->crumb)
		m->crumb = "";
	tmpl_members_form(&t, m);
	return call_page(f->call, f->form ? 400 : 200, m->title_key, m->title_arg, "/members", &b);
}

int64_t members_fields_day(struct form *f, const char *field, bool required, int64_t other)
{
	const char *s = form_text(f, field, required, 10);
	int y, m, d, end = 0;

	if (*s == '\0')
		return other;
	if (sscanf(s, "%4d-%2d-%2d%n", &y, &m, &d, &end) != 3 || s[end] != '\0' || m < 1 ||
	    m > 12 || d < 1 || d > 31 || y < 1970) {
		form_fail(f, field, "members.form.bad_day");
		return other;
	}
	struct civil c = { .year = y, .month = m, .day = d };
	return time_from_civil(&c, (int)f->call->hub->conf.zone_min);
}

const char *members_fields_day_text(struct call *c, int64_t us)
{
	if (us == 0 || us == MEMBERS_FOREVER_US)
		return "";
	struct civil v = time_civil(us, (int)c->hub->conf.zone_min);
	return arena_printf(c->arena, "%04d-%02d-%02d", v.year, v.month, v.day);
}

bool members_fields_is_answer(int r)
{
	return r == -EINVAL || r == -EDENIED || r == -EEXIST || r == -ECONFLICT || r == -ELIMIT;
}
