/* SPDX-License-Identifier: Apache-2.0 */
/* What the pages of watch show: the models of its templates. */
#ifndef HUB_WATCH_WATCH_PAGES_H
#define HUB_WATCH_WATCH_PAGES_H

#include "hub/intel/intel.h"
#include "hub/watch/watch.h"
#include "hub/watch/watch_card.h"
#include "hub/watch/watch_mute.h"
#include "hub/watch/watch_notice.h"
#include "hub/watch/watch_rollup.h"
#include "hub/watch/watch_store.h"
#include "net/tmpl.h"

struct alert_item { /* one row of a list */
	struct watch_alert a;
	const char *title;
	const char *light;     /* red amber green grey */
	const char *light_key; /* its word */
	const char *state_key;
	const char *prefecture;
	bool done;
};

struct call_item {
	struct watch_notice n;
	const char *phone_shown; /* as people read it */
	const char *title;       /* of the alert */
	const char *light, *light_key;
};

struct alerts_page {
	struct alert_tabs n;
	const char *tab; /* "", "info", "muted", "case", "closed" */
	struct alert_item *rows;
	size_t n_rows;
	struct call_item *calls;
	size_t n_calls;
	int64_t first, last, total;
	bool more_total;                 /* TOTAL was not counted to its end */
	const char *prev_url, *next_url; /* "" = none */
	bool may_work;
	struct html bulk; /* work on many rows, of a later feature */
};

struct alert_list { /* a panel */
	struct alert_item *rows;
	size_t n_rows;
	const char *more_url;
};

struct connection_dot { /* one finding on the time line */
	int64_t at_us, at_s, count;
};

struct alert_page {
	struct watch_alert a;
	struct watch_card card;
	const char *light, *light_key, *state_key, *prefecture;
	const char *young; /* the finding rests on few days of watching; "" = it does not */
	struct watch_evidence *evidence;
	size_t n_evidence;
	const char *const *peers;
	size_t n_peers;
	const char *const *names;
	size_t n_names;
	const char *const *reasons;
	size_t n_reasons;
	struct watch_notice *notices;
	size_t n_notices;
	struct connection_dot *dots;
	size_t n_dots;
	bool may_work, is_open, is_mine;
	bool may_ours, may_fine; /* accept the device, the one destination */
	const char *destination;
	const struct watch_mute *mute; /* that keeps it quiet; NULL = none */
	struct html actions, side;     /* panels of later features */
	struct html glance, sensors;   /* the company: whom to call, how it is watched */
	const char *error;             /* of the form that came back; NULL = none */
	const char *why;               /* what was typed */
};

struct mute_choice {
	bool device, detector;
	const char *peer, *name; /* "" = not chosen */
	int64_t port, days;      /* port 0 = any */
};

struct mute_page {
	struct watch_alert a;
	struct watch_card card;
	struct mute_choice chosen;
	const char *const *peers;
	size_t n_peers;
	const char *const *names;
	size_t n_names;
	struct mute_preview preview;
	struct alert_item *rows; /* of the preview */
	size_t n_rows;
	bool previewed; /* the preview is of what is chosen */
	int64_t more;   /* of the preview, not shown */
	const char *error, *reason;
};

struct mute_item {
	struct watch_mute m;
	const char *kind; /* the title of the alerts, "" = any */
};

struct mutes_page {
	struct mute_item *rows;
	size_t n_rows;
	int64_t now_us;
	bool may_work;
};

struct receipt_page {
	struct watch_notice n;
	struct watch_card card;
	const char *light, *light_key, *token;
	const char *desk_phone;
	bool read;
};

struct watch_home {
	int64_t n_red, n_open, n_calls;
	struct html actions; /* what other features put beside the headline */
	struct alert_item *rows;
	size_t n_rows;
};

struct watch_intel_panel {
	int64_t alert_id;
	bool about;        /* a list names what it is about */
	const char *value; /* or what one could add to a list */
	const char *kind;
	struct intel_known known;
	bool judged; /* wrong, here or everywhere */
};

struct watch_company { /* on the pages of companies */
	int64_t company_id, n_open, n_red;
};

#endif
