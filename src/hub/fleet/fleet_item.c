/* SPDX-License-Identifier: Apache-2.0 */
/* What goes from the hub to sensors: items, numbered for each, and blobs under their hash. How they
 * are signed and sent: fleet_post.c. */
#include <errno.h>
#include <string.h>

#include "hub/fleet/fleet_item_store.h"
#include "net/crypto.h"
#include "wire/item.h"

_Static_assert((int)FLEET_BLOB_MAX == (int)BLOB_SIZE_MAX, "what is stored can be sent");

static int item_row_of(struct txn *t, const struct fleet_item *i, int64_t now_us,
		       struct item_row *out, struct err *e)
{
	*out = (struct item_row){
		.kind = i->kind,
		.replace_key = i->replace_key ? i->replace_key : "",
		.blob = i->blob ? i->blob : "",
		.made_us = now_us,
		.expires_us = i->expires_us,
		.body = i->body ? i->body : "",
		.body_n = i->body_n,
	};
	if (i->body_n > ITEM_BODY_MAX)
		return err_set(e, -ELIMIT, "an item for sensors has %zu bytes, the limit is %d",
			       i->body_n, ITEM_BODY_MAX);
	if (!*out->blob)
		return 0;
	int r = fleet_blob_store_find(t, out->blob, &out->blob_size, e);
	return r == 0 ? err_set(e, -ENOENT, "there is no such blob") : r;
}

int fleet_item_put(struct txn *t, const struct scope *s, const struct fleet_item *i, int64_t now_us,
		   struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct item_row row;
	int64_t *sensors;
	size_t n;
	int r = item_row_of(t, i, now_us, &row, e);

	if (r < 0)
		return r;
	if (i->sensor_id) {
		row.sensor_id = i->sensor_id;
		return fleet_item_store_add(t, s, &row, e);
	}
	r = fleet_item_store_sensors(t, s, i->company_id, a, &sensors, &n, e);
	for (size_t k = 0; r >= 0 && k < n; k++) {
		row.sensor_id = sensors[k];
		r = fleet_item_store_add(t, s, &row, e);
	}
	return r;
}

int fleet_blob_put(struct txn *t, const void *p, size_t n, int64_t now_us,
		   char name_out[FLEET_BLOB_NAME], struct err *e)
{
	char name[FLEET_BLOB_NAME];
	uint8_t digest[32];
	int64_t size = 0;
	int r;

	if (n == 0 || n > FLEET_BLOB_MAX)
		return err_set(e, -ELIMIT, "a blob for sensors has %zu bytes, the limit is %d", n,
			       FLEET_BLOB_MAX);
	crypto_sha256(p, n, digest);
	crypto_hex(digest, sizeof(digest), name);
	if ((r = fleet_blob_store_find(t, name, &size, e)) < 0)
		return r;
	if (r > 0)
		r = fleet_blob_store_touch(t, name, now_us, e);
	else
		r = fleet_blob_store_add(t, name, (int64_t)n, now_us, e);
	for (size_t at = 0; r == 0 && size != (int64_t)n && at < n; at += BLOB_CHUNK_MAX) {
		size_t part = n - at < BLOB_CHUNK_MAX ? n - at : BLOB_CHUNK_MAX;

		r = fleet_blob_store_part(t, name, (int64_t)at, (const char *)p + at, part, e);
	}
	if (r < 0)
		return r;
	memcpy(name_out, name, sizeof(name));
	return 0;
}
