/* SPDX-License-Identifier: Apache-2.0 */
/* What people may do with sensors, and what a sensor is as a row. Private to this feature. */
#ifndef HUB_FLEET_FLEET_RULES_H
#define HUB_FLEET_FLEET_RULES_H

#include "hub/fleet/fleet.h"
#include "hub/fleet/fleet_blind.h"
#include "hub/hub.h"

enum {
	FLEET_EDITORS = ROLE_ADMIN | ROLE_DESK,
	FLEET_CODE_CHARS = 20, /* 95 bits and a check character */
	FLEET_CODE_SIZE = 32,  /* as shown, with hyphens */
	FLEET_CODE_DAYS = 14,
	FLEET_CERT_DAYS = 730,
	FLEET_NAME_MAX = 64,
	FLEET_DEVICES_MAX =
		5000, /* a company; more are not recorded, the sensor's row counts them */
};
enum { FLEET_ZONE_MIN = 540 }; /* months are cut in Japan, where the deck counts them */
#define FLEET_AMBER_AFTER_US (3 * US_PER_MIN)
#define FLEET_RED_AFTER_US   (15 * US_PER_MIN)

/* A sensor; texts in the arena, none NULL. */
struct fleet_sensor {
	int64_t id, company_id, site_id;
	const char *name, *state, *light, *cert_sha256, *version, *hardware, *revoked_why;
	int64_t cert_expires_us, enrolled_us, revoked_us, heard_us, beat_us;
	bool capture_up;
	const char *capture_text, *problems;
	int64_t uptime_s, packets, packets_dropped, flows_dropped;
	int64_t spool_bytes, spool_quota, spool_dropped, rss_bytes;
	int64_t devices_left_out;
	int64_t records, records_unknown, records_dropped; /* lines of other programs */
	bool inline_box;                                   /* it can hold devices back ... */
	const char *inline_text;                           /* ... or why not */
	int64_t isolated, blocked;
	const char *company_name, *site_name; /* shown */
};

enum fleet_light fleet_light_of(const struct fleet_sensor *s, int64_t now_us);

struct fleet_enrol_code {
	int64_t company_id, site_id; /* site 0 = none */
	const char *sensor_name;
};
/* Makes a code for one sensor of a company. CODE_OUT is shown once and stored nowhere. */
int fleet_code_make(struct db *db, const struct user *u, const struct fleet_enrol_code *c,
		    char code_out[FLEET_CODE_SIZE], int64_t *expires_us_out, struct err *e);

int fleet_revoke(struct hub *h, const struct user *u, int64_t sensor_id, const char *why,
		 struct err *e);
int fleet_rename(struct db *db, const struct user *u, int64_t sensor_id, const char *name,
		 struct err *e);
/* What people call a device; "" takes the name back. People of the company may do it too. */
int fleet_device_name(struct db *db, const struct user *u, int64_t company_id, int64_t device_id,
		      const char *name, struct err *e);

/* What a sensor asks for with a code: used once, within its time. -EDENIED with words for the log
 * of the sensor. */
struct fleet_enrol {
	const char *code, *csr_pem, *version, *hardware;
	size_t csr_n;
};
struct fleet_enrolled {
	char *cert_pem; /* caller frees */
	int64_t sensor_id, company_id;
	char company[256]; /* its name */
};
struct fleet_ca {
	char *key_pem, *cert_pem;
	struct hub_item_key item;
};
struct fleet_consumers; /* fleet_ingest.h; NULL = nobody wants to know */
struct fleet_enroller {
	struct db *db;
	const struct fleet_ca *ca;
	const struct fleet_consumers *consumers;
};
int fleet_enrol(const struct fleet_enroller *by, const struct fleet_enrol *q, int64_t now_us,
		struct fleet_enrolled *out, struct err *e);

/* Blind time of one sensor, or of a whole company (a place is blind when no sensor of the site
 * watched, a company when one of its places was). */
int fleet_coverage_sensor(struct txn *t, const struct scope *s, const struct fleet_sensor *x,
			  struct span period, int64_t now_us, struct blind_result *out,
			  struct err *e);
/* LIST: every sensor of the company, revoked ones too. */
struct fleet_sensors {
	const struct fleet_sensor *list;
	size_t n;
};
int fleet_coverage_company(struct txn *t, const struct scope *s, const struct fleet_sensors *of,
			   struct span period, int64_t now_us, struct blind_result *out,
			   struct err *e);
struct span fleet_coverage_month(int64_t now_us, int zone_min); /* the current one, in local time */

/* Jobs. */
int fleet_mark_lights(struct hub *h, struct err *e);
int fleet_expire_codes(struct hub *h, struct err *e);

#endif
