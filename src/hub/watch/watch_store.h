/* SPDX-License-Identifier: Apache-2.0 */
/* Every SQL statement on the tables of watch.sql. Times are microseconds UTC. */
#ifndef HUB_WATCH_WATCH_STORE_H
#define HUB_WATCH_WATCH_STORE_H

#include "hub/watch/watch.h"

enum { ALERT_LINES_MAX = 20 }; /* peers or names that an alert keeps */

/* What a batch of findings adds to one alert. */
struct alert_change {
	int64_t company_id, sensor_id;
	const char *detector, *story, *device_mac, *device_address, *device_name, *open_key;
	const char *peers, *names;
	int64_t severity, confidence, findings, things, first_us, last_us;
	const void *body;
	size_t body_n;
};
struct alert_state { /* after the change */
	int64_t id;
	bool opened; /* this change opened it */
	bool raised; /* its severity went up */
	int64_t severity;
	char state[12];
};
int watch_store_fold(struct txn *t, const struct scope *s, const struct alert_change *c,
		     int64_t now_us, struct alert_state *out, struct err *e);
int watch_store_set_muted(struct txn *t, const struct scope *s, int64_t alert_id, int64_t mute_id,
			  int64_t now_us, struct err *e);

int watch_store_unmute(struct txn *t, const struct scope *s, int64_t alert_id, int64_t now_us,
		       struct err *e);

int watch_store_get(struct txn *t, const struct scope *s, int64_t id, struct arena *a,
		    struct watch_alert *out, struct err *e);

struct alert_filter {
	int64_t company_id, case_id; /* 0 = any */
	const char *state;           /* NULL = open (new, accepted), "" = any, else one */
	int min_severity;
	bool only_info;       /* severity info alone */
	int prefecture;       /* 0 = any */
	const char *detector; /* NULL = any */
	int64_t since_us;     /* last_us from; 0 = any */
	int64_t offset, limit;
};
int watch_store_list(struct txn *t, const struct scope *s, const struct alert_filter *f,
		     struct arena *a, struct watch_alert **out, size_t *n_out, struct err *e);
int watch_store_count(struct txn *t, const struct scope *s, const struct alert_filter *f,
		      int64_t *out, struct err *e);

/* How many there are of each: open ones of severity low and more, open ones for information, ...
 * The closed are counted up to a thousand. */
struct alert_tabs {
	int64_t n_open, n_info, n_red, n_muted, n_case, n_closed;
	bool more_closed;
};
int watch_store_tabs(struct txn *t, const struct scope *s, struct alert_tabs *out, struct err *e);
/* The closed (of one company, or 0), which tabs() leaves out: counted up to a thousand, because
 * they are many. */
int watch_store_closed(struct txn *t, const struct scope *s, int64_t company_id,
		       struct alert_tabs *out, struct err *e);

/* 1 when one row changed, 0 when the alert was not in a state that allows it. */
int watch_store_accept(struct txn *t, const struct scope *s, int64_t id, int64_t person_id,
		       int64_t now_us, struct err *e);
int watch_store_end(struct txn *t, const struct scope *s, int64_t id, int64_t person_id,
		    const char *why, int64_t now_us, struct err *e);
int watch_store_promote(struct txn *t, const struct scope *s, int64_t id, int64_t case_id,
			int64_t person_id, int64_t now_us, struct err *e);
int watch_store_end_case(struct txn *t, const struct scope *s, int64_t case_id, int64_t person_id,
			 int64_t now_us, struct err *e);

#endif
