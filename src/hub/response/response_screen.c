/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of work on a screen. Pages: response_screen_web.c. */
#include "hub/response/response_screen.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "hub/accounts/accounts.h"
#include "hub/response/response_store.h"

enum { DEVICE_CHARS = 100, DID_CHARS = 2000 };

struct response_conf response_conf;

static int check_url(const char *key, const char *url, struct err *e)
{
	if (!url || !url[0] || str_starts(str_of(url), STR("https://")) ||
	    str_starts(str_of(url), STR("http://")))
		return 0;
	return err_set(e, -EINVAL, "%s must begin with https://", key);
}

int response_screen_check(const struct response_conf *conf, struct err *e)
{
	int r = check_url("response.meshcentral_url", conf->meshcentral_url, e); /* no text */

	return r < 0 ? r : check_url("response.rustdesk_url", conf->rustdesk_url, e); /* no text */
}

static bool is_tool(const char *tool)
{
	return strcmp(tool, "meshcentral") == 0 || strcmp(tool, "rustdesk") == 0;
}

static int tell(struct txn *t, const struct user *u, const struct response_session *x,
		const char *action, const char *key, int64_t now_us, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	const char *const args[] = { u->name, x->device,
				     arena_printf(a, "#response.tool.%s", x->tool), NULL };
	const struct case_told told = { .case_id = x->incident_id,
					.action = action,
					.kind = "remote",
					.text_key = key,
					.text_arg = cases_args(a, args) };

	return cases_tell(t, u, &told, now_us, e);
}

/* The one that is open already: 1 and its id, 0. */
static int open_already(struct txn *t, const struct user *u, const struct response_session *x,
			struct arena *a, int64_t *id_out, struct err *e)
{
	struct response_session *list;
	size_t n;
	int r = response_store_sessions(t, &u->scope, x->incident_id, a, &list, &n, e);

	for (size_t i = 0; r >= 0 && i < n; i++)
		if (!list[i].ended_us && list[i].person_id == u->person_id &&
		    strcmp(list[i].tool, x->tool) == 0 && strcmp(list[i].device, x->device) == 0) {
			*id_out = list[i].id;
			return 1;
		}
	return r < 0 ? r : 0;
}

int response_screen_begin(struct txn *t, const struct user *u, const char *number, const char *tool,
			  const char *device, int64_t now_us, int64_t *id_out, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	const size_t chars = utf8_count(device, strlen(device));
	struct case_consent k;
	struct incident c;
	int r = cases_get(t, &u->scope, number, a, &c, e);

	if (r < 0)
		return r;
	if (!user_is(u, CASES_WORKERS))
		return err_set(e, -EDENIED, "your role may read cases but not change them");
	if (strcmp(c.state, CASE_CLOSED) == 0)
		return err_set(e, -ECONFLICT, "the case is closed; reopen it first");
	if (!is_tool(tool))
		return err_set(e, -EINVAL, "there is no such program");
	if (chars == 0 || chars > DEVICE_CHARS)
		return err_set(e, -EINVAL, "write the device's name or number in that program");
	r = cases_consent_find(t, &u->scope, c.id, "remote_access", now_us, a, &k, e);
	if (r < 0)
		return r;
	if (r == 0)
		return err_set(e, -ECONFLICT,
			       "there is no valid consent for this; ask the company and record it");
	const struct response_session x = { .company_id = c.company_id,
					    .incident_id = c.id,
					    .tool = tool,
					    .device = device,
					    .consent_id = k.id,
					    .person_id = u->person_id,
					    .started_us = now_us };
	if ((r = open_already(t, u, &x, a, id_out, e)) != 0)
		return r < 0 ? r : 0;
	if ((r = response_store_session_add(t, &u->scope, &x, id_out, e)) < 0)
		return r;
	return tell(t, u, &x, "screen.begin", "response.story.screen_begin", now_us, e);
}

int response_screen_finish(struct txn *t, const struct user *u, int64_t id,
			   const struct screen_end *end, int64_t now_us, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	const size_t chars = utf8_count(end->did, strlen(end->did));
	struct response_session x;
	const char *number;
	int r = response_store_session_get(t, &u->scope, id, a, &x, e);

	if (r < 0)
		return r;
	if (!user_is(u, CASES_WORKERS))
		return err_set(e, -EDENIED, "your role may read cases but not change them");
	if (end->minutes < 0 || end->minutes > SCREEN_MINUTES_MAX)
		return err_set(e, -EINVAL, "minutes must lie between 0 and %d", SCREEN_MINUTES_MAX);
	if (chars == 0 || chars > DID_CHARS)
		return err_set(e, -EINVAL, "say in 1 to %d characters what was done", DID_CHARS);
	if (strlen(end->log) > SCREEN_LOG_MAX)
		return err_set(e, -EINVAL, "the log is too long: at most %d bytes", SCREEN_LOG_MAX);
	x.ended_us = now_us;
	x.minutes = end->minutes;
	x.did = end->did;
	x.log_name = end->log_name;
	x.log = end->log;
	if ((r = response_store_session_end(t, &u->scope, &x, e)) < 0)
		return r;
	if (r == 0)
		return err_set(e, -ECONFLICT, "this session has ended already");
	if ((r = cases_store_number(t, &u->scope, x.incident_id, a, &number, e)) < 0)
		return r;
	const struct case_action_new act = { .channel = CASE_REMOTE,
					     .body = end->did,
					     .minutes = end->minutes,
					     .started_us = x.started_us };
	if ((r = cases_act(t, u, number, &act, now_us, e)) < 0)
		return r;
	return tell(t, u, &x, "screen.end", "response.story.screen_end", now_us, e);
}
