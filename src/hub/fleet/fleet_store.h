/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on sensors, codes, devices and findings, as people ask for them. What sensors write:
 * fleet_ingest_store.h. */
#ifndef HUB_FLEET_FLEET_STORE_H
#define HUB_FLEET_FLEET_STORE_H

#include "hub/fleet/fleet.h"
#include "hub/fleet/fleet_rules.h"

struct fleet_filter {
	int64_t company_id, sensor_id; /* 0 = all */
	const char *light;             /* "" = all */
	bool revoked;                  /* with revoked ones */
	size_t limit, offset;
};

int fleet_store_sensors(struct txn *t, const struct scope *s, const struct fleet_filter *f,
			struct arena *a, struct fleet_sensor **out, size_t *n_out, struct err *e);
int fleet_store_count(struct txn *t, const struct scope *s, const struct fleet_filter *f,
		      int64_t *out, struct err *e);
int fleet_store_get(struct txn *t, const struct scope *s, int64_t id, struct arena *a,
		    struct fleet_sensor *out, struct err *e);
/* By certificate: -ENOENT for one that this hub never signed. */
int fleet_store_by_cert(struct txn *t, const char *cert_sha256, struct arena *a,
			struct fleet_sensor *out, struct err *e);
int fleet_store_add(struct txn *t, const struct scope *s, const struct fleet_sensor *x,
		    int64_t *id_out, struct err *e);
int fleet_store_revoke(struct txn *t, const struct scope *s, int64_t id, const char *why,
		       int64_t now_us, struct err *e);
int fleet_store_rename(struct txn *t, const struct scope *s, int64_t id, const char *name,
		       struct err *e);
int fleet_store_set_light(struct txn *t, const struct scope *s, int64_t id, const char *light,
			  struct err *e);

struct fleet_code_row {
	int64_t id, company_id, site_id, made_us, expires_us, used_us;
	const char *sensor_name;
};
int fleet_store_code_add(struct txn *t, const struct scope *s, const struct fleet_enrol_code *c,
			 const char *code_sha256, int64_t made_by, int64_t made_us, struct err *e);
int fleet_store_code_find(struct txn *t, const char *code_sha256, struct arena *a,
			  struct fleet_code_row *out, struct err *e); /* 1, 0 or negative */
int fleet_store_code_use(struct txn *t, int64_t id, int64_t sensor_id, int64_t now_us,
			 struct err *e);
int fleet_store_codes(struct txn *t, const struct scope *s, int64_t company_id, int64_t now_us,
		      struct arena *a, struct fleet_code_row **out, size_t *n_out, struct err *e);
int fleet_store_code_expire(struct txn *t, int64_t before_us, struct err *e);

#endif
