/* SPDX-License-Identifier: Apache-2.0 */
/* Fleet: the sensors, what they watched and what they handed over. For later features: the hook
 * that sees each new finding in the transaction that stores it, and what a company page says about
 * its sensors. */
#ifndef HUB_FLEET_FLEET_H
#define HUB_FLEET_FLEET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "store/db.h"
#include "wire/order.h"
#include "wire/otasuke.pb-c.h"

struct hub;
struct user;
struct fleet; /* running state: listener and writer; hub->fleet */
extern const struct hub_feature fleet_feature;

/* What one sensor handed over in one batch and the hub did not have yet. Lives until done(). */
struct fleet_finding {
	uint64_t sequence;
	const Otasuke__Wire__Finding *finding; /* device may be NULL */
	int64_t device_id; /* row of table device; 0 when the sensor knows no MAC */
};
/* What became of an order; each report once. ORDER_ID 0: an item that the sensor could not believe
 * or read. The report's texts are within bounds and valid UTF-8, but the sensor's. */
struct fleet_order_report {
	int64_t order_id;
	const struct order_report *report;
};
struct fleet_batch {
	int64_t company_id, sensor_id;
	int64_t received_us;
	const struct fleet_finding *findings;
	size_t n_findings;
	const Otasuke__Wire__Summary *const *summaries; /* in table traffic already */
	size_t n_summaries;
	const Otasuke__Wire__Heartbeat *const *beats; /* those that tell of mutes */
	size_t n_beats;
	const struct fleet_order_report *orders;
	size_t n_orders;
};
/* A file that an order asked for: whole, its hash compared. */
struct fleet_upload {
	int64_t company_id, sensor_id, order_id;
	const char *path, *sha256; /* hex */
	int64_t size, received_us;
};

struct fleet_sent {
	int64_t company_id, sensor_id, order_id, at_us;
};

/* A feature that works on findings as they are stored. */
struct fleet_consumer {
	const char *name;
	/* Inside the writing transaction, on the writer thread, scope_system: negative rolls the
	 * group back, and the sensor sends it again later. Rejecting foreign content that way would
	 * stop the sensor for ever: skip it and count it instead. */
	int (*take)(void *arg, struct txn *t, const struct fleet_batch *b, struct err *e);
	/* After the last batch of a group, in the same transaction: what is written once for all of
	 * them. May be NULL. */
	int (*finish)(void *arg, struct txn *t, struct err *e);
	/* Once after each group of batches: COMMITTED says whether what take() did holds. Publish
	 * to open pages here, forget it otherwise. May be NULL. */
	void (*done)(void *arg, bool committed);
	/* A sensor was enrolled, in the same transaction: what it must know goes out as items. May
	 * be NULL. */
	int (*enrolled)(void *arg, struct txn *t, int64_t company_id, int64_t sensor_id,
			struct err *e);
	/* The sensor has an order now, in the same transaction. May be NULL. */
	int (*sent)(void *arg, struct txn *t, const struct fleet_sent *s, struct err *e);
	/* A file is there, in the writing transaction: 1 = copied or linked, fleet removes its own
	 * after the commit; 0 = not mine; negative rolls back and comes again. A file that nobody
	 * takes stays for a while. May be NULL. */
	int (*upload)(void *arg, struct txn *t, const struct fleet_upload *u, struct err *e);
	void *arg;
};
/* From a feature's start(), before the hub listens. C is copied. */
void fleet_on_findings(struct hub *h, const struct fleet_consumer *c);

/* The sensor of a company in words and figures, for other features' pages. */
enum fleet_light { FLEET_GREY, FLEET_GREEN, FLEET_AMBER, FLEET_RED };
struct fleet_company {
	enum fleet_light light; /* the worst of its sensors; grey = none */
	int n_sensors;
	int64_t heard_us; /* the oldest "last heard" of its sensors; 0 = never */
	int64_t blind_us; /* this month, proven or still open */
};
int fleet_company_get(struct txn *t, const struct scope *s, int64_t company_id, int64_t now_us,
		      struct fleet_company *out, struct err *e);
const char *fleet_light_name(enum fleet_light l); /* "green": CSS class and key suffix */

/* The sensors of a company by name, revoked ones too; at most 200. */
struct fleet_sensor_name {
	int64_t id, company_id;
	const char *name;
	bool revoked;
	int64_t heard_us; /* 0 = never */
};
int fleet_sensor_names(struct txn *t, const struct scope *s, int64_t company_id, struct arena *a,
		       struct fleet_sensor_name **out, size_t *n_out, struct err *e);

/* A device as people know it. Texts in the arena, none NULL. */
struct fleet_device {
	int64_t id, company_id, sensor_id;
	const char *mac, *given_name, *hostname, *vendor, *addresses;
	bool random_mac, is_gateway;
	int64_t devices_behind, first_seen_us, last_seen_us;
	const char *given_kind; /* one of fleet_device_kinds, or "" */
	const char *ours;       /* "yes", "no": nobody there knows it, "": nobody said */
	const char *shown; /* given name, else host name, else vendor and last half of the MAC */
};
/* -ENOENT when there is none. */
int fleet_device_get(struct txn *t, const struct scope *s, int64_t company_id, const char *mac,
		     struct arena *a, struct fleet_device *out, struct err *e);
int fleet_devices(struct txn *t, const struct scope *s, int64_t company_id, struct arena *a,
		  struct fleet_device **out, size_t *n_out, struct err *e);

/* What people say of a device; people of the company may, too. In T, with its audit row; a text is
 * trimmed by the caller. -EINVAL, -ENOENT. */
extern const char *const fleet_device_kinds[]; /* NULL-terminated; texts: "fleet.kind.<kind>" */
struct fleet_device_said {
	const char *name, *kind, *ours; /* "" takes it back */
};
int fleet_device_tell(struct txn *t, const struct user *u, int64_t company_id, int64_t device_id,
		      const struct fleet_device_said *said, struct err *e);

/* The newest LIMIT findings of one story (and device, "" = any), unpacked bodies' bytes in A. */
struct fleet_finding_row {
	int64_t sensor_id, sequence, first_us, last_us, received_us, severity, confidence;
	const void *body; /* Finding, packed */
	size_t body_n;
};
struct fleet_story {
	int64_t company_id;
	const char *story, *device_mac;
};
int fleet_findings(struct txn *t, const struct scope *s, const struct fleet_story *q, size_t limit,
		   struct arena *a, struct fleet_finding_row **out, size_t *n_out, struct err *e);

/* What the hub hands to sensors: small, signed, numbered for each sensor (doc/wire.md, Items). */
enum {
	FLEET_BLOB_NAME = 65, /* SHA-256 in hex, with its NUL */
	FLEET_BLOB_MAX = 128 * 1024 * 1024,
};
struct fleet_item {
	int64_t company_id; /* to each of its sensors ... */
	int64_t sensor_id;  /* ... or, when not 0, to this one alone */
	const char *kind;   /* what the sensor does with it: "mutes", "indicators" */
	const void *body;   /* up to ITEM_BODY_MAX (wire/item.h) */
	size_t body_n;
	const char *blob;        /* by fleet_blob_put; NULL or "" = none */
	const char *replace_key; /* a newer one supersedes those that wait; NULL or "" = none */
	int64_t expires_us;
};
/* Makes it ready for the sensors, within T; -ENOENT for a foreign sensor or an unknown blob. Call
 * fleet_items_wake after the commit and connected sensors get it at once, others when they come. */
int fleet_item_put(struct txn *t, const struct scope *s, const struct fleet_item *i, int64_t now_us,
		   struct err *e);
void fleet_items_wake(struct hub *h);
/* Stores bytes under their hash, once however often they come; kept while a newest item names
 * them, and for an hour. -ELIMIT. */
int fleet_blob_put(struct txn *t, const void *p, size_t n, int64_t now_us,
		   char name_out[FLEET_BLOB_NAME], struct err *e);

/* Orders (wire/order.h): items that a sensor carries out once and reports on. */
struct fleet_order {
	int64_t company_id, sensor_id;
	struct order order; /* its id: the caller's, used once for this sensor */
	int64_t expires_us; /* not begun after that */
};
/* As fleet_item_put, and -EEXIST for an id that was used; -EINVAL, -ELIMIT of order_check. */
int fleet_order_put(struct txn *t, const struct scope *s, const struct fleet_order *o,
		    int64_t now_us, struct err *e);
/* No longer wanted: what still waits does not go out (1; 0 = it had gone out or is none), and a
 * capture ends wherever it is. What is isolated or blocked already is released by orders of their
 * own. */
int fleet_order_withdraw(struct txn *t, const struct scope *s, int64_t sensor_id, int64_t order_id,
			 int64_t now_us, struct err *e);

/* Whether a sensor can be given orders now, and which. Texts in the arena. */
struct fleet_reach {
	bool connected;
	bool inline_box;         /* traffic goes through it and it can hold devices back */
	const char *inline_text; /* why not, although it is set up to; "" */
	const char *version;
	int64_t company_id, heard_us, revoked_us;
	int64_t isolated, blocked; /* devices, destinations, now */
};
int fleet_sensor_reach(struct hub *h, struct txn *t, const struct scope *s, int64_t sensor_id,
		       struct arena *a, struct fleet_reach *out, struct err *e);

#endif
