/* SPDX-License-Identifier: Apache-2.0 */
/* The list and its file. */
#include "sensor/enforcer/holds.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/str.h"

enum { FILE_MAX = 64 * 1024 };

static bool same_target(const struct hold *a, const struct hold *b)
{
	if (a->type != b->type)
		return false;
	if (a->type == ORDER_ISOLATE)
		return strcmp(a->mac, b->mac) == 0;
	return a->network.bits == b->network.bits && a->port == b->port &&
	       a->protocol == b->protocol &&
	       memcmp(a->network.address, b->network.address, sizeof(a->network.address)) == 0;
}

static void take_out(struct holds *h, size_t i, struct hold *out)
{
	*out = h->list[i];
	h->n--;
	memmove(&h->list[i], &h->list[i + 1], (h->n - i) * sizeof(h->list[0]));
}

int holds_add(struct holds *h, const struct hold *x, struct hold *out, struct err *e)
{
	int replaced = 0;

	for (size_t i = 0; i < h->n && !replaced; i++) {
		if (same_target(&h->list[i], x)) {
			take_out(h, i, out);
			replaced = 1;
		}
	}
	if (h->n == HOLDS_MAX)
		return err_set(
			e, -ELIMIT,
			"%d devices and destinations are held back already, which is the limit",
			HOLDS_MAX);
	h->list[h->n++] = *x;
	return replaced;
}

int holds_remove(struct holds *h, const struct order *o, struct hold *out)
{
	struct hold x = { .type = o->type == ORDER_RELEASE ? ORDER_ISOLATE : ORDER_BLOCK,
			  .network = o->network,
			  .port = o->port,
			  .protocol = o->protocol };

	memcpy(x.mac, o->mac, sizeof(x.mac));
	for (size_t i = 0; i < h->n; i++) {
		if (same_target(&h->list[i], &x)) {
			take_out(h, i, out);
			return 1;
		}
	}
	return 0;
}

int holds_expire(struct holds *h, int64_t now_us, struct hold *out)
{
	for (size_t i = 0; i < h->n; i++) {
		if (h->list[i].until_us <= now_us) {
			take_out(h, i, out);
			return 1;
		}
	}
	return 0;
}

size_t holds_count(const struct holds *h, enum order_type type)
{
	size_t n = 0;

	for (size_t i = 0; i < h->n; i++)
		n += h->list[i].type == type;
	return n;
}

/* --- the file: type item order until target port protocol --- */

static bool number(struct str *line, int64_t max, int64_t *out)
{
	struct str word;

	return str_cut(line, ' ', &word) && str_i64(word, 0, max, out) >= 0;
}

static bool line_read(struct str line, struct hold *out)
{
	char type[16], target[ORDER_NETWORK_MAX];
	struct order o = { 0 };
	int64_t item, port = 0, protocol = 0;
	struct str word;

	if (!str_cut(&line, ' ', &word) || !str_copy(type, sizeof(type), word) ||
	    !number(&line, INT64_MAX, &item) || !number(&line, INT64_MAX, &out->order) ||
	    !number(&line, INT64_MAX, &out->until_us) || !str_cut(&line, ' ', &word) ||
	    !str_copy(target, sizeof(target), word) || !number(&line, UINT16_MAX, &port) ||
	    !number(&line, UINT8_MAX, &protocol))
		return false;
	out->type = order_type_find(type);
	out->item = (uint64_t)item;
	out->port = (uint16_t)port;
	out->protocol = (uint8_t)protocol;
	if (out->type == ORDER_BLOCK)
		return order_network_set(&out->network, target, NULL) >= 0;
	if (out->type != ORDER_ISOLATE || order_mac_set(&o, target, NULL) < 0)
		return false;
	memcpy(out->mac, o.mac, sizeof(out->mac));
	return true;
}

int holds_load(const char *path, struct holds *out, struct err *e)
{
	SCOPED_BUF struct buf b = { 0 };
	struct holds h = { 0 };
	struct str rest, line;

	if (file_exists(path)) {
		int r = file_read(path, FILE_MAX, &b, e);
		if (r < 0)
			return r;
		rest = (struct str){ b.p, b.n };
		while (h.n < HOLDS_MAX && str_cut(&rest, '\n', &line)) {
			h.list[h.n] = (struct hold){ 0 };
			h.n += line_read(line, &h.list[h.n]);
		}
	}
	*out = h;
	return 0;
}

int holds_store(const char *path, const struct holds *h, struct err *e)
{
	SCOPED_BUF struct buf b = { 0 };
	char target[ORDER_NETWORK_MAX];

	buf_adds(&b, "");
	for (size_t i = 0; i < h->n; i++) {
		const struct hold *x = &h->list[i];

		order_network_format(&x->network, target);
		buf_printf(&b, "%s %" PRIu64 " %" PRId64 " %" PRId64 " %s %d %d\n",
			   order_type_name(x->type), x->item, x->order, x->until_us,
			   x->type == ORDER_ISOLATE ? x->mac : target, x->port, x->protocol);
	}
	return file_write(path, 0644, b.p ? b.p : "", b.n, e);
}
