/* SPDX-License-Identifier: Apache-2.0 */
/* Work on a screen through another program (MeshCentral, RustDesk): the hub gives the address, and
 * records who worked how long on what, under which consent. */
#ifndef HUB_RESPONSE_RESPONSE_SCREEN_H
#define HUB_RESPONSE_RESPONSE_SCREEN_H

#include "hub/response/response_pages.h"

struct response_conf { /* rows in response_web.c */
	char *meshcentral_url, *rustdesk_url;
};
extern struct response_conf response_conf;
/* Addresses must be of the web, or empty. */
int response_screen_check(const struct response_conf *conf, struct err *e);

enum { SCREEN_LOG_MAX = 256 * 1024, SCREEN_MINUTES_MAX = 24 * 60 };

/* Starts one, or finds the one that this person has open on this device. -ECONFLICT without a valid
 * consent. */
int response_screen_begin(struct txn *t, const struct user *u, const char *number, const char *tool,
			  const char *device, int64_t now_us, int64_t *id_out, struct err *e);
struct screen_end {
	int64_t minutes;
	const char *did, *log_name, *log;
};
int response_screen_finish(struct txn *t, const struct user *u, int64_t id,
			   const struct screen_end *end, int64_t now_us, struct err *e);

/* Tools and sessions of the panel on a case. */
int response_screen_panel(struct call *c, struct txn *t, struct remote_panel *p);

int response_screens_list(struct call *c);
int response_screen_start(struct call *c);
int response_screen_show(struct call *c);
int response_screen_end(struct call *c);
int response_screen_log(struct call *c);

#endif
