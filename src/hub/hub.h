/* SPDX-License-Identifier: Apache-2.0 */
/* What every hub feature shares: the hub, who asks, one call, what a feature is. */
#ifndef HUB_HUB_H
#define HUB_HUB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/conf.h"
#include "base/err.h"
#include "base/jsonw.h"
#include "base/text.h"
#include "hub/hub_finding.h"
#include "hub/hub_form.h"
#include "hub/hub_page.h"
#include "hub/hub_user.h"
#include "net/http.h"
#include "net/tmpl.h"
#include "store/db.h"

struct accounts_session;
struct accounts_seen; /* who looked at what; see hub/accounts/accounts_seen.h */
struct live;          /* events to open pages; see hub/live.h */
struct fleet;         /* sensors' connections and the ingest writer; see hub/fleet/fleet.h */
struct intel;         /* the worker on lists; see hub/intel/intel_work.h */
struct related;       /* sightings; see hub/related/related_seen.h */
struct exports_gate;  /* PDFs at once; see hub/exports/exports_gate.h */
struct outbox;        /* tells programs of others; see hub/outbox/outbox.h */
struct watch_fold;    /* findings becoming alerts; see hub/watch/watch_fold.h */
struct response;      /* orders that sensors report on; see hub/response/response_order.h */
struct hub_feature;
struct hub_fill; /* a generated region; see hub/hub_fill.h */

struct hub_conf { /* rows in hub_conf.c */
	char *state_dir;
	char *database;                     /* "" = sqlite in the state folder */
	char *https_address, *http_address; /* "127.0.0.1:8443", "" = off */
	char *sensor_address;               /* "0.0.0.0:8444": mutual TLS for sensors */
	char *public_url;                   /* how people reach the console: links in mails */
	char *public_sensor_host;           /* how sensors reach this hub: printed with codes */
	char *region;                       /* "IW": letters in case numbers */
	char *region_name;
	int64_t zone_min; /* 540 */
	bool demo;        /* lets people put the second factor off */
	int64_t http_threads;
	char *smtp_url, *smtp_user, *smtp_password, *mail_from, *mail_from_name;
};

struct hub {
	struct db *db;
	const struct clock *clock;
	const struct text *text;
	struct live *live;
	struct accounts_seen *seen;   /* set by the accounts feature */
	struct fleet *fleet;          /* set by the fleet feature */
	struct intel *intel;          /* set by the intel feature */
	struct watch_fold *watch;     /* set by the watch feature */
	struct response *response;    /* set by the response feature */
	struct related *related;      /* set by the related feature */
	struct exports_gate *exports; /* set by the exports feature */
	struct outbox *outbox;        /* set by the outbox feature */
	struct conf *conf_rows;
	struct hub_conf conf;
	const struct hub_feature *const *features; /* NULL-terminated, in list order */
	struct hub_router *router;                 /* hub_route.c */
	struct hub_assets *assets;                 /* hub_assets.c */
};

/* Files of the state folder that features use; hub_state_path() gives the whole path. */
#define HUB_CA_CERT     "ca.pem"
#define HUB_CA_KEY      "ca.key"
#define HUB_SERVER_CERT "server.pem" /* console and sensors' door */
#define HUB_SERVER_KEY  "server.key"
#define HUB_ITEM_KEY    "item.key"                           /* signs what goes to sensors */
char *hub_state_path(const struct hub *h, const char *name); /* caller frees */

/* The key that signs items for sensors; sensors get its public half when they are enrolled. */
struct hub_item_key {
	uint8_t public_key[32], secret[64];
};
int hub_item_key_load(const struct hub *h, struct hub_item_key *out, struct err *e);

/* One request being answered. Lives on the server thread's stack; memory from ARENA dies with it.
 */
struct route;
struct call {
	struct hub *hub;
	struct http_req *req;
	struct http_res *res;
	const struct route *route;
	const struct user *user;   /* NULL on ROLE_PUBLIC routes when nobody is signed in */
	const struct scope *scope; /* the user's, or scope_none */
	struct arena *arena;
	enum lang lang;
	int64_t now_us, live_mark; /* of live.h, from before anything was read */
	const char *csrf;
	const char *param[4]; /* {…} parts of the pattern, in order */
	struct err err;
	bool wants_json;                        /* Accept: application/json */
	bool fragment;                          /* HX-Request: answer the part, not the page */
	const struct accounts_session *session; /* for accounts; NULL when nobody is signed in */
	int64_t session_id;                     /* 0 when nobody is signed in */
	bool by_token;           /* a program asks in the person's name (accounts_token.h) */
	bool reads_only;         /* ... and may change nothing */
	bool mfa_later;          /* the demonstration let this person put the second factor off */
	struct form_wrong wrong; /* what its forms complained of */
};

/* Returns 0 when it has filled the answer; negative to let the hub render the error page for that
 * code: -ENOENT 404, -EPERM/-EDENIED 403, -EINVAL/-EFORMAT 400, -ECONFLICT/-EEXIST 409, else 500. A
 * foreign company is always -ENOENT. */
typedef int (*route_fn)(struct call *c);

struct route {
	const char *method;  /* "GET" (serves HEAD too) or "POST": every POST is CSRF-checked before
				FN */
	const char *pattern; /* "/cases/{number}/actions" */
	unsigned roles;      /* who may; ROLE_PUBLIC for everybody */
	route_fn fn;
	unsigned flags;
};
enum {
	ROUTE_NO_MFA = 1 /* reachable before the second factor is given */,
	ROUTE_NO_CSRF = 2 /* log-in form and receipts: says why beside it */,
	ROUTE_UPLOAD = 4 /* files of its form go to the disk: http_upload_get() */,
};

struct job {
	const char *name;
	int64_t every_ms;
	int (*run)(struct hub *h, struct err *e); /* on the job thread, one at a time */
};

struct menu_item {
	const char *path, *text_key, *icon;
	unsigned roles;
	int order; /* within the rail */
};

/* A panel is how a later feature shows itself on an earlier one's page. SLOT is the name the page
 * gives the place; SUBJECT what it is about. */
struct panel {
	const char *slot; /* "alert.actions", "company.side", "case.side", "home.top", ... */
	unsigned roles;
	int (*render)(struct call *c, const char *slot, int64_t subject_id, struct buf *html_out);
};

/* What of a feature can be found by search (hub/search/search.h): marked when it changes, read
 * again soon after. */
struct search_doc {
	int64_t company_id;
	unsigned roles;                  /* who may find it, if they see the company */
	int64_t at_us;                   /* results are sorted by it */
	const char *label, *title, *url; /* LABEL: its number; NULL = none. In the arena */
	struct buf *body;                /* what it may be found by, a line a thing */
};
struct search_source {
	const char *kind;     /* as marked */
	const char *text_key; /* what it is, in a word */
	const char *icon;
	unsigned roles; /* whose JUMP is tried */
	/* -ENOENT: it is gone, or nobody shall find it. */
	int (*read)(struct hub *h, struct txn *t, int64_t ref_id, struct arena *a,
		    struct search_doc *out, struct err *e);
	/* 1 and the address when Q names exactly one thing; 0 else. May be NULL. */
	int (*jump)(struct call *c, struct txn *t, const char *q, const char **url_out);
};

/* Files of a feature in the state folder that rows name: FOLDER/ab/ab12..., by their SHA-256. They
 * go into backups and come back with them. */
enum { HUB_FILES_A_PAGE = 500 };
struct hub_file {
	const char *sha256;
	int64_t size_bytes;
};
struct hub_files {
	const char *folder;
	/* The next ones behind AFTER in the order of their names, at most HUB_FILES_A_PAGE. */
	int (*list)(struct txn *t, const char *after, struct arena *a, struct hub_file **out,
		    size_t *n_out, struct err *e);
	/* Whose it is, for people: a case and a name. "" when nobody names it. */
	int (*whose)(struct txn *t, const char *sha256, struct arena *a, const char **out,
		     struct err *e);
};

struct case_mover;

/* A feature NAME in folder hub/NAME/ declares in NAME.h
 *     extern const struct hub_feature NAME_feature;
 * and is one word of the list in hub/meson.build. Its NAME.sql is compiled in as NAME_sql, declared
 * by the generated header hub/NAME_sql.h. */
struct hub_feature {
	const char *name;
	const char *schema; /* NAME_sql */
	/* Which companies an organisation may see, for db_options; one feature has it, NULL else.
	 */
	const char *scope_select;
	const struct route *routes;
	size_t n_routes;
	const struct job *jobs;
	size_t n_jobs;
	const struct conf_row *conf; /* CONF_TARGET below */
	size_t n_conf;
	void *conf_target;
	const struct menu_item *menu;
	size_t n_menu;
	const struct panel *panels;
	size_t n_panels;
	const struct search_source *search;
	size_t n_search;
	/* Its tables that hang on a case: rows go along when cases are merged or split
	 * (hub/cases/cases_move.h). */
	const struct case_mover *movers;
	size_t n_movers;
	int (*start)(struct hub *h, struct err *e); /* after migrations; may be NULL */
	void (*stop)(struct hub *h);                /* mirrors start; may be NULL */
	/* For the doctor, on a hub that may not be running; may be NULL. */
	int (*check)(struct hub *h, struct check_list *l, struct err *e);
	/* Doors of the feature's own, listeners and threads: after every start, closed before any
	 * stop; not for --check. May be NULL. */
	int (*open)(struct hub *h, struct err *e);
	void (*close)(struct hub *h);
	/* A case was opened (WAS NULL) or is of another kind now (WAS: before), in the transaction
	 * that says so; may be NULL. */
	int (*case_kind)(struct hub *h, struct txn *t, const struct user *u, int64_t case_id,
			 const char *was, int64_t now_us, struct err *e);
	/* Where files of ROUTE_UPLOAD routes go, and how many bytes of them; ANNOUNCED is the
	 * length of the whole form, -1 when it is not known. -ELIMIT, -ENOSPC. One feature has it.
	 */
	int (*upload)(struct hub *h, int64_t announced, struct http_plan *out, struct err *e);
	const struct hub_files *files; /* NULL = none */
	/* Its part of a generated region (hub_fill.h), when everything is started; may be NULL. */
	int (*fill)(struct hub *h, struct hub_fill *f, struct err *e);
};

#endif
