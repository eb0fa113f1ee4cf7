/* SPDX-License-Identifier: Apache-2.0 */
/* The logs of remote-screen tools, as they export them: who worked on what, when, for how long.
 *   MeshCentral: the list of events as JSON (its page of events, or meshctrl listevents --json);
 *     those of action "relaylog" count, a session's begin and end are paired by its identifier.
 *   RustDesk Server Pro: the connection log as JSON, {"data": [...]} or a list.
 * Foreign bytes: nothing in them is believed, and what cannot be read is left out. */
#ifndef HUB_RESPONSE_RESPONSE_SCREEN_LOG_H
#define HUB_RESPONSE_RESPONSE_SCREEN_LOG_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

enum { SCREEN_WORK_MAX = 200, SCREEN_WORK_CHARS = 120, SCREEN_WORK_SECONDS_MAX = 7 * 86400 };

struct screen_work {
	const char *person, *device, *session; /* as that program calls them; "" = not said */
	const char *what;                      /* desktop terminal files other */
	int64_t begin_us, end_us;              /* 0 = not said */
	int64_t seconds;                       /* -1 = not said */
};
/* In A, in the order of the log; none when it is no such log. */
void response_screen_log_read(struct str text, struct arena *a, struct screen_work **out,
			      size_t *n_out);

#endif
