/* SPDX-License-Identifier: Apache-2.0 */
/* What the story of a case says of orders: who gave them, under which consent, when the sensor had
 * them and when they were done. */
#include "hub/response/response_story.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "hub/accounts/accounts.h"
#include "hub/response/response_order.h"

/* Every reason that has a text. */
static const char *const reasons[] = {
	ORDER_WHY_SIGNATURE,  ORDER_WHY_REPLAYED, ORDER_WHY_LATE,      ORDER_WHY_CLOCK,
	ORDER_WHY_FORMAT,     ORDER_WHY_UNKNOWN,  ORDER_WHY_PASSIVE,   ORDER_WHY_PROTECTED,
	ORDER_WHY_LIMIT,      ORDER_WHY_CONSENT,  ORDER_WHY_NOTHING,   ORDER_WHY_BUSY,
	ORDER_WHY_DISK,       ORDER_WHY_SYSTEM,   ORDER_WHY_CANCELLED, ORDER_WHY_OFF,
	RESPONSE_WHY_REVOKED, RESPONSE_WHY_DESK,  RESPONSE_WHY_SILENT,
};

const char *response_why_key(const char *reason, struct arena *a)
{
	for (size_t i = 0; i < ARRAY_LEN(reasons); i++)
		if (strcmp(reason, reasons[i]) == 0)
			return arena_printf(a, "response.why.%s", reason);
	return "response.why.other";
}

static const char *at(struct arena *a, int64_t us)
{
	return us ? arena_printf(a, "@%" PRId64, us) : "–";
}

static const char *who(const struct response_order *o)
{
	return o->made_name[0] ? o->made_name : "otasuke";
}

/* Both clocks, where they are why it was refused. */
static const char *clocks_key(const struct response_order *o, struct arena *a)
{
	const bool clock =
		strcmp(o->reason, ORDER_WHY_CLOCK) == 0 || strcmp(o->reason, ORDER_WHY_LATE) == 0;

	if (clock && o->sensor_us)
		return arena_printf(a, "response.story.clock_%s", o->state);
	return arena_printf(a, "response.story.not_%s", o->state);
}

int response_story_of(struct txn *t, const struct user *u, const struct response_order *o,
		      int64_t now_us, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	const struct user hub = accounts_system_user(now_us);
	const bool done = strcmp(o->state, ORDER_ST_DONE) == 0;
	const char *type = arena_printf(a, "#response.type.%s", o->type);
	const char *why = arena_printf(a, "#%s", response_why_key(o->reason, a));
	const char *const said[] = { who(o),
				     o->target,
				     done ? o->consent_by : type,
				     done ? at(a, o->made_us) : why,
				     done ? at(a, o->heard_us) : at(a, o->sensor_us),
				     at(a, o->done_us),
				     NULL };
	const char *key = !done           ? clocks_key(o, a)
			  : o->consent_id ? arena_printf(a, "response.story.%s", o->type)
					  : arena_printf(a, "response.story.%s_plain", o->type);
	const struct case_told told = { .case_id = o->incident_id,
					.action = arena_printf(a, "order.%s", o->state),
					.kind = "remote",
					.text_key = key,
					.text_arg = cases_args(a, said) };

	return cases_tell(t, u ? u : &hub, &told, now_us, e);
}

int response_story_ended(struct txn *t, const struct response_order *o, int64_t now_us,
			 struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	const struct user hub = accounts_system_user(now_us);
	const char *const said[] = { o->target, at(a, o->ended_us), NULL };
	const struct case_told told = { .case_id = o->incident_id,
					.action = "order.over",
					.kind = "remote",
					.text_key =
						arena_printf(a, "response.story.%s_over", o->type),
					.text_arg = cases_args(a, said) };

	return cases_tell(t, &hub, &told, now_us, e);
}
