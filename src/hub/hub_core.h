/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the hub's own folder share among themselves. Features include hub.h. */
#ifndef HUB_HUB_CORE_H
#define HUB_HUB_CORE_H

#include "hub/hub.h"

/* Files of the state folder. */
#define HUB_CONF_FILE  "otasuke.conf"
#define HUB_DB_FILE    "otasuke.db"
#define HUB_SOCKET     "admin.sock"
#define HUB_BACKUP_LOG "last-backup"

/* --- hub_conf.c --- */
int hub_conf_add(struct hub *h, struct err *e); /* the hub's rows and every feature's */
int hub_conf_complete(struct hub *h, struct err *e);
int hub_conf_print(void); /* --show-config */
/* "127.0.0.1:8443", "[::1]:8443": HOST needs 64 bytes. -EINVAL. */
int hub_address_parse(const char *text, char host_out[64], uint16_t *port_out, struct err *e);

/* --- hub_registry.c, written by the build --- */
extern const struct hub_feature *const hub_features[];

/* --- hub_route.c --- */
struct hub_router *router_new(const struct hub_feature *const *features, struct err *e);
void router_free(struct hub_router *r);
/* 0; -ENOENT; -EOPNOTSUPP when only another method is there. PARAMs live in A. */
int router_find(const struct hub_router *r, const char *method, const char *path, struct arena *a,
		const struct route **out, const char *param_out[4]);
void router_json(const struct hub_router *r, struct buf *out); /* --routes */

/* --- hub_home.c: the hub's own routes --- */
extern const struct route hub_routes[];
extern const size_t hub_routes_count;

/* --- hub_auth.c --- */
/* Fills in who asks, from the cookie, or from DOOR when it is the administrator's socket. */
int hub_auth_user(struct call *c, bool admin_door);
/* May this user call this route, and is a POST their own? 0 go on, 1 answered (redirect to log-in
 * or second factor), negative. */
int hub_auth_check(struct call *c, bool admin_door);
/* The same before the form is there: everything but CSRF. */
int hub_auth_early(struct call *c, bool admin_door);
const char *hub_session_cookie(const struct http_req *q); /* its name */

/* --- hub_handler.c --- */
struct hub_door {
	struct hub *hub;
	bool admin; /* the unix socket: whoever may open it is the administrator */
};
void hub_handle(void *door, struct http_req *q, struct http_res *r);
/* For http_conf.upload: whoever may not call the route sends no file. */
int hub_upload(void *door, struct http_req *q, int64_t announced, struct http_plan *out,
	       struct http_res *r);

/* --- hub_error.c --- */
int call_error(struct call *c, int code); /* fills the answer for a negative code */
/* The same for programs: what is wrong, as RFC 9457 has it. Takes the body that is there away. */
int call_problem(struct call *c, int status);
/* For what the server refuses before anybody is known: too large, not a request. */
void hub_refused(void *door, int status, struct http_res *res);

/* --- hub_assets.c --- */
struct hub_assets *assets_new(void);
void assets_free(struct hub_assets *a);
const char *assets_url(const struct hub_assets *a, const char *name, struct arena *arena);
int assets_route(struct call *c);

/* --- live.c --- */
int live_start(struct hub *h, struct err *e); /* its thread; live_free ends it */

/* --- hub_jobs.c --- */
struct hub_jobs;
int jobs_start(struct hub *h, struct hub_jobs **out, struct err *e);
void jobs_stop(struct hub_jobs *j);
/* Runs the job NAME now, in this thread: for tests. -ENOENT. */
int jobs_run(struct hub *h, const char *name, struct err *e);

/* --- hub_open.c: a hub without its doors, for main, --init, --check and tests --- */
struct hub_open_options {
	const char *state_dir, *conf_file; /* CONF_FILE NULL = in the state folder */
	const char *database;              /* NULL = as configured */
	const struct clock *clock;
	bool no_conf_file;
};
int hub_open(const struct hub_open_options *o, struct hub **out, struct err *e);
int hub_migrate(struct hub *h, int *applied_out, struct err *e);
int hub_features_start(struct hub *h, struct err *e);
void hub_features_stop(struct hub *h);
void hub_close(struct hub *h);

/* --- hub_run.c --- */
struct hub_doors;
/* Starts features, jobs and listeners on an open, migrated hub. */
int doors_open(struct hub *h, struct hub_doors **out, struct err *e);
void doors_close(struct hub_doors *d);                        /* graceful; NULL is fine */
uint16_t doors_http_port(const struct hub_doors *d);          /* 0 when off */
int hub_run(const struct hub_open_options *o, struct err *e); /* until SIGTERM or SIGINT */

/* --- hub_setup.c --- */
struct hub_setup {
	const char *state_dir;
	const char *region, *region_name;
	const char *admin_login, *admin_name;
	const char *const *conf_lines; /* "key=value", NULL-terminated: further configuration */
	bool demo;
};
int hub_init(const struct hub_setup *s, struct err *e); /* prints the one-time password */
int hub_certificates_renew(const struct hub *h,
			   struct err *e); /* the server's, when it ends soon */

/* --- hub_item_key.c --- */
/* Writes a new key into the state folder; one that is there stays. */
int hub_item_key_make(const struct hub *h, struct err *e);

/* --- hub_backup.c, hub_restore.c --- */
/* How it went with the files of features. MISSING, DAMAGED: whose each is, a line each
 * ("IW-2026-000123 / 3 / letter.pdf"), as many as BACKUP_LINES_MAX. */
struct backup_told {
	int64_t n_files, bytes, n_missing, n_damaged;
	struct buf missing, damaged;
};
enum { BACKUP_LINES_MAX = 200 };
void backup_told_done(struct backup_told *told);
void backup_told_text(const struct backup_told *told, const struct text *text, enum lang lang,
		      struct buf *out);
/* TOLD: the caller's to empty, whatever happens. -EBUSY: another one runs. */
int hub_backup(struct hub *h, const char *path, struct backup_told *told, struct err *e);
int hub_restore(const char *state_dir, const char *path, struct backup_told *told, struct err *e);

/* --- hub_check.c --- */
struct check_list *check_new(void);
void check_free(struct check_list *l);
void check_run(struct hub *h, bool running, struct check_list *l);
enum check_level check_worst(const struct check_list *l);
void check_json(const struct check_list *l, const struct text *text, enum lang lang,
		struct buf *out);
void check_text(const struct check_list *l, const struct text *text, enum lang lang,
		struct buf *out);
/* The doctor on a hub that is not running: prints, gives the exit code. */
int hub_check(const struct hub_open_options *o, bool json);

#endif
