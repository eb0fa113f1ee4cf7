/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of the company's own pages: which light shows, and what becomes of a question. */
#include "hub/portal/portal.h"

#include <errno.h>
#include <string.h>

#include "base/str.h"
#include "hub/cases/cases.h"
#include "hub/threads/threads.h"

enum { TITLE_CHARS = 40, SEVERITY_OF_QUESTION = 1 };

struct portal_light portal_light_of(const struct portal_state *s)
{
	if (s->n_red_alerts > 0 || s->n_red_cases > 0)
		return (struct portal_light){ "red", "portal.light.danger" };
	if (strcmp(s->sensors, "red") == 0)
		return (struct portal_light){ "red", "portal.light.sensor_off" };
	if (s->n_alerts > 0 || s->n_cases > 0)
		return (struct portal_light){ "amber", "portal.light.checking" };
	if (strcmp(s->sensors, "amber") == 0)
		return (struct portal_light){ "amber", "portal.light.sensor_check" };
	if (strcmp(s->sensors, "grey") == 0)
		return (struct portal_light){ "grey", "portal.light.none" };
	return (struct portal_light){ "green", "portal.light.good" };
}

/* The first sentence, or as much as fits. */
static const char *title_of(const char *body, struct arena *a)
{
	static const char stop[] = "。";
	const char *end = strstr(body, stop), *line = strchr(body, '\n');
	size_t n = end ? (size_t)(end - body) : strlen(body);

	if (line && (size_t)(line - body) < n)
		n = (size_t)(line - body);
	while (n > 0 && utf8_count(body, n) > TITLE_CHARS) { /* back to where a character begins */
		n--;
		while (n > 0 && ((unsigned char)body[n] & 0xC0) == 0x80)
			n--;
	}
	return arena_strndup(a, body, n);
}

static int new_case(struct txn *t, struct hub *h, const struct user *u, const char *body,
		    int64_t now_us, int64_t *id_out, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	const struct case_new n = { .company_id = u->company_id,
				    .kind = "general_it",
				    .title = title_of(body, a),
				    .source = "portal",
				    .severity = SEVERITY_OF_QUESTION,
				    .words = body,
				    .contact_name = u->name,
				    .contact_phone = "" };

	return cases_open(t, h, u, &n, now_us, id_out, e);
}

int portal_ask(struct txn *t, struct hub *h, const struct user *u, const struct portal_question *q,
	       int64_t now_us, int64_t *thread_id_out, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	const struct thread_post said = { .direction = THREAD_IN,
					  .channel = "portal",
					  .body = q->body };
	struct incident c;
	int64_t incident, message;
	int r;

	if (!user_is(u, ROLE_COMPANY) || !u->company_id)
		return err_set(e, -EDENIED, "this page belongs to people of a company");
	if (!q->body[0])
		return err_set(e, -EINVAL, "write what you want to ask");
	if (q->number[0]) {
		r = cases_get(t, &u->scope, q->number, a, &c, e);
		incident = r < 0 ? 0 : c.id;
	} else {
		r = new_case(t, h, u, q->body, now_us, &incident, e);
	}
	if (r >= 0)
		r = threads_of_own(t, u, incident, now_us, thread_id_out, e);
	return r < 0 ? r : threads_post(t, u, *thread_id_out, &said, now_us, &message, e);
}
