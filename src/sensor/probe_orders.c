/* SPDX-License-Identifier: Apache-2.0 */
/* Orders of kind "order", one after the other; a recording runs beside the pipeline. */
#include "sensor/probe_orders.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "sensor/enforcer/journal.h"
#include "sensor/order_capture.h"
#include "sensor/order_news.h"
#include "sensor/sensor_version.h"

enum { DEVICES_A_REPORT = 100, FILES_MAX = 20 };
#define TELL_NS       INT64_C(10000000000)
#define STATUS_AGE_US (2 * US_PER_MIN)
#define UNBROUGHT_MAX_BYTES                                                                        \
	(UINT64_C(64) << 20) /* of recordings that the hub has not taken yet                       \
			      */

struct probe_orders {
	struct probe_orders_conf c;
	char dir[SENSOR_PATH_MAX];
	struct order_capture capture;
	uint32_t told; /* number of its last report */
	struct order_news news;
	uint64_t packets_before; /* at the last look, for packets a second */
	int64_t looked_ns;
	int64_t packets_per_s;
};

static void report(struct probe_orders *x, const struct order_report *r)
{
	struct record rec = { .kind = RECORD_ORDER, .order = *r };

	rec.order.at_us = clock_utc_us(x->c.clock);
	if (!rec.order.reason)
		rec.order.reason = "";
	if (!rec.order.text)
		rec.order.text = "";
	spool_append(x->c.spool, &rec);
	spool_run(x->c.spool);
}

static int refuse(struct probe_orders *x, const struct order *o, uint64_t item, const char *why,
		  struct err *e)
{
	report(x, &(struct order_report){ .order = o->id,
					  .item = item,
					  .number = REPORT_FIRST,
					  .state = ORDER_REFUSED,
					  .reason = why,
					  .text = e->text });
	return -EDENIED;
}

void probe_orders_refused(struct probe_orders *x, uint64_t sequence, const struct item *i,
			  const char *why, const struct err *e)
{
	struct order o = { 0 };
	struct err said = *e;

	if (!why[0]) /* told already, by what said no */
		return;
	if (i)
		(void)order_decode(i->body, i->body_n, &o, NULL); /* for its id */
	(void)refuse(x, &o, sequence, why, &said);
}

/* --- the devices --- */

struct listing {
	struct probe_orders *x;
	struct arena *a;
	struct order_report r;
	struct device_info list[DEVICES_A_REPORT];
	int64_t total;
};

static void listing_send(struct listing *l)
{
	l->r.number++;
	l->r.devices = l->list;
	report(l->x, &l->r);
	l->r.n_devices = 0;
	arena_reset(l->a);
}

static const char *kept(struct arena *a, const char *s)
{
	return arena_strdup(a, s ? s : "");
}

static void on_device(void *arg, const struct device_info *d)
{
	struct listing *l = arg;
	struct device_info *out = &l->list[l->r.n_devices++];
	const char **addresses = arena_array(l->a, d->n_addresses + 1, sizeof(*addresses));

	for (size_t i = 0; i < d->n_addresses; i++)
		addresses[i] = kept(l->a, d->addresses[i]);
	*out = *d;
	out->addresses = addresses;
	out->mac = kept(l->a, d->mac);
	out->hostname = kept(l->a, d->hostname);
	out->vendor = kept(l->a, d->vendor);
	out->dhcp_fingerprint = kept(l->a, d->dhcp_fingerprint);
	out->dhcp_class = kept(l->a, d->dhcp_class);
	out->dhcp6_fingerprint = kept(l->a, d->dhcp6_fingerprint);
	l->total++;
	if (l->r.n_devices == DEVICES_A_REPORT)
		listing_send(l);
}

static void list_devices(struct probe_orders *x, const struct order *o, uint64_t item)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	SCOPED_MEM struct listing *l = mem_new(sizeof(*l));

	l->x = x;
	l->a = a;
	l->r = (struct order_report){ .order = o->id, .item = item, .state = ORDER_RUNNING };
	probe_devices_each(x->c.probe, on_device, l);
	if (l->r.n_devices > 0)
		listing_send(l);
	struct order_figure figures[] = { { "devices", l->total, NULL } };
	report(x, &(struct order_report){ .order = o->id,
					  .item = item,
					  .number = REPORT_LAST,
					  .state = ORDER_DONE,
					  .figures = figures,
					  .n_figures = ARRAY_LEN(figures) });
}

/* --- how it is --- */

static void test(struct probe_orders *x, const struct order *o, uint64_t item)
{
	const struct sensor_conf *conf = x->c.conf;
	struct enforcer_status enforcer = { 0 };
	struct probe_stats s;

	probe_stats_get(x->c.probe, &s);
	if (conf->enforcer_enabled)
		enforcer_status_load(x->news.dir, STATUS_AGE_US, &enforcer);
	struct order_figure figures[] = {
		{ "interface", 0, conf->replay[0] ? conf->replay : conf->interface },
		{ "capture_up", conf->replay[0] || s.capture_up, NULL },
		{ "capture_text", 0, s.capture_text },
		{ "packets", (int64_t)s.packets, NULL },
		{ "packets_per_s", x->packets_per_s, NULL },
		{ "dropped", (int64_t)s.packets_dropped, NULL },
		{ "devices", (int64_t)s.devices, NULL },
		{ "findings", (int64_t)s.findings, NULL },
		{ "indicators", (int64_t)s.indicators, NULL },
		{ "up_since_us", s.up_since_us, NULL },
		{ "clock_us", clock_utc_us(x->c.clock), NULL },
		{ "inline", enforcer.able, NULL },
		{ "inline_text", 0, enforcer.text },
		{ "isolated", enforcer.isolated, NULL },
		{ "blocked", enforcer.blocked, NULL },
		{ "version", 0, SENSOR_VERSION },
	};
	report(x, &(struct order_report){ .order = o->id,
					  .item = item,
					  .number = REPORT_LAST,
					  .state = ORDER_DONE,
					  .figures = figures,
					  .n_figures = ARRAY_LEN(figures) });
}

static void rate_look(struct probe_orders *x)
{
	int64_t now_ns = clock_mono_ns(x->c.clock), ms = (now_ns - x->looked_ns) / 1000000;
	struct probe_stats s;

	if (x->looked_ns != 0 && ms < 1000)
		return;
	probe_stats_get(x->c.probe, &s);
	if (x->looked_ns != 0)
		x->packets_per_s = (int64_t)(s.packets - x->packets_before) * 1000 / ms;
	x->packets_before = s.packets;
	x->looked_ns = now_ns;
}

/* --- recording --- */

static uint64_t unbrought_bytes(const struct probe_orders *x, size_t *n_out)
{
	const struct dirent *entry;
	DIR *d = opendir(x->dir);
	uint64_t bytes = 0;

	*n_out = 0;
	while (d && (entry = readdir(d))) {
		char path[SENSOR_PATH_MAX];
		struct stat st;

		if (!str_ends(str_of(entry->d_name), STR(".pcap")))
			continue;
		sensor_path(x->dir, entry->d_name, path);
		bytes += stat(path, &st) == 0 ? (uint64_t)st.st_size : 0;
		(*n_out)++;
	}
	if (d)
		(void)closedir(d); /* read only */
	return bytes;
}

static void capture_report(struct probe_orders *x, const struct order_report *like)
{
	const struct order_capture *c = &x->capture;
	int64_t seconds = (clock_mono_ns(x->c.clock) - c->started_ns) / 1000000000;
	struct order_figure figures[] = { { "packets", (int64_t)c->packets, NULL },
					  { "bytes", (int64_t)c->bytes, NULL },
					  { "seconds", seconds, NULL } };
	struct order_report r = *like;

	r.order = c->order.id;
	r.item = c->item;
	r.figures = figures;
	r.n_figures = ARRAY_LEN(figures);
	report(x, &r);
}

static int capture_begin(struct probe_orders *x, const struct order *o, uint64_t item,
			 struct err *e)
{
	const struct sensor_conf *conf = x->c.conf;
	size_t n = 0;
	int r;

	if (!conf->orders_capture || !conf->interface[0]) {
		(void)err_set(e, -EDENIED, "recording is switched off on this box"); /* words */
		return refuse(x, o, item, ORDER_WHY_OFF, e);
	}
	if (x->capture.running) {
		(void)err_set(e, -EBUSY, "the recording of order %" PRId64 " runs",
			      x->capture.order.id); /* words */
		return refuse(x, o, item, ORDER_WHY_BUSY, e);
	}
	if (unbrought_bytes(x, &n) + o->bytes > UNBROUGHT_MAX_BYTES || n >= FILES_MAX) {
		(void)err_set(e, -ENOSPC,
			      "recordings that the hub has not taken yet fill their room");
		return refuse(x, o, item, ORDER_WHY_DISK, e);
	}
	x->capture = (struct order_capture){ .order = *o,
					     .item = item,
					     .lasts_ms = (int64_t)o->seconds * 1000 };
	if (x->capture.order.bytes > (uint64_t)conf->orders_capture_max_bytes)
		x->capture.order.bytes = (uint64_t)conf->orders_capture_max_bytes;
	if (x->capture.lasts_ms > conf->orders_capture_max_ms)
		x->capture.lasts_ms = conf->orders_capture_max_ms;
	if ((r = dir_make(x->dir, 0700, e)) >= 0)
		r = order_capture_start(&x->capture, conf->interface, x->dir, x->c.clock, e);
	if (r < 0)
		return refuse(x, o, item, r == -ENODEV ? ORDER_WHY_SYSTEM : ORDER_WHY_DISK, e);
	x->told = REPORT_FIRST;
	log_info("order %" PRId64 " of %s: records %s for at most %d s (consent %" PRId64 ")",
		 o->id, o->by[0] ? o->by : "the hub", o->mac[0] ? o->mac : "an address",
		 (int)(x->capture.lasts_ms / 1000), o->consent);
	capture_report(x,
		       &(struct order_report){ .number = REPORT_FIRST, .state = ORDER_ACCEPTED });
	return 0;
}

static void capture_fail(struct probe_orders *x, const char *why, const char *text)
{
	struct order_report r = {
		.number = REPORT_LAST, .state = ORDER_FAILED, .reason = why, .text = text
	};

	order_capture_drop(&x->capture);
	capture_report(x, &r);
	log_warn("the recording of order %" PRId64 " has ended: %s", x->capture.order.id, text);
}

static void capture_end(struct probe_orders *x)
{
	struct order_report r = { .number = REPORT_LAST, .state = ORDER_DONE };
	uint8_t hash[ORDER_HASH];
	struct err e = { 0 };

	if (order_capture_finish(&x->capture, hash, &e) < 0) {
		capture_fail(x, ORDER_WHY_DISK, e.text);
		return;
	}
	r.file = hash;
	r.file_size = x->capture.bytes;
	capture_report(x, &r);
	log_info("the recording of order %" PRId64 " is done: %" PRIu64 " packets",
		 x->capture.order.id, x->capture.packets);
}

static void capture_step(struct probe_orders *x)
{
	int64_t now_ns = clock_mono_ns(x->c.clock);
	struct err e = { 0 };

	if (!x->capture.running)
		return;
	int r = order_capture_step(&x->capture, x->c.clock, &e);
	if (r < 0)
		capture_fail(x, r == -ENOSPC || r == -EDQUOT ? ORDER_WHY_DISK : ORDER_WHY_SYSTEM,
			     e.text);
	else if (r == 0)
		capture_end(x);
	else if (now_ns - x->capture.told_ns >= TELL_NS) {
		x->capture.told_ns = now_ns;
		capture_report(
			x, &(struct order_report){ .number = ++x->told, .state = ORDER_RUNNING });
	}
}

/* A file that is not with the hub yet goes too. The recording itself reports that it was cancelled,
 * so a cancellation under its own number says nothing more. */
static int cancel(struct probe_orders *x, const struct order *o, uint64_t item, struct err *e)
{
	if (!x->capture.running || x->capture.order.id != o->subject) {
		(void)err_set(e, -ENOENT, "no recording of order %" PRId64 " runs",
			      o->subject); /* words */
		return o->id == o->subject ? 0 : refuse(x, o, item, ORDER_WHY_NOTHING, e);
	}
	capture_fail(x, ORDER_WHY_CANCELLED, "it was cancelled");
	if (o->id != o->subject)
		report(x, &(struct order_report){ .order = o->id,
						  .item = item,
						  .number = REPORT_LAST,
						  .state = ORDER_DONE });
	return 0;
}

/* --- the seam --- */

int probe_orders_apply(struct probe_orders *x, const struct item_news *n, struct err *e)
{
	uint64_t item = n->item->sequence;
	struct order o;

	/* To a box that only listens the enforcer's orders come as well. */
	if (order_decode(n->body, n->body_n, &o, e) < 0)
		return refuse(x, &o, item, ORDER_WHY_FORMAT, e);
	if (strcmp(n->item->kind, ORDER_KIND_ENFORCER) == 0) {
		(void)err_set(e, -EDENIED, "this box only listens: no traffic goes through it");
		return refuse(x, &o, item, ORDER_WHY_PASSIVE, e);
	}
	switch (o.type) {
	case ORDER_LIST_DEVICES:
		list_devices(x, &o, item);
		return 0;
	case ORDER_TEST:
		test(x, &o, item);
		return 0;
	case ORDER_CAPTURE:
		return capture_begin(x, &o, item, e);
	case ORDER_CANCEL:
		return cancel(x, &o, item, e);
	default:
		(void)err_set(e, -EDENIED, "an order of this type is not the probe's"); /* words */
		return refuse(x, &o, item, ORDER_WHY_FORMAT, e);
	}
}

void probe_orders_run(struct probe_orders *x)
{
	rate_look(x);
	capture_step(x);
	(void)order_news_run(&x->news, x->c.spool);
}

/* Its order is not known any more: the item's number is. */
static void unfinished_tell(struct probe_orders *x)
{
	const struct dirent *entry;
	DIR *d = opendir(x->dir);

	while (d && (entry = readdir(d))) {
		struct str name = str_of(entry->d_name), number;
		char path[SENSOR_PATH_MAX];
		int64_t item;

		if (!str_ends(name, STR(".part")) || !str_cut(&name, '.', &number) ||
		    str_i64(number, 1, INT64_MAX, &item) < 0)
			continue;
		sensor_path(x->dir, entry->d_name, path);
		(void)unlink(path); /* of no use */
		report(x, &(struct order_report){ .item = (uint64_t)item,
						  .number = REPORT_LAST,
						  .state = ORDER_FAILED,
						  .reason = ORDER_WHY_SYSTEM,
						  .text = "the sensor was started anew" });
	}
	if (d)
		(void)closedir(d); /* read only */
}

struct probe_orders *probe_orders_new(const struct probe_orders_conf *c)
{
	struct probe_orders *x = mem_new(sizeof(*x));

	x->c = *c;
	sensor_path(c->conf->state, SENSOR_CAPTURES, x->dir);
	order_news_init(&x->news, c->conf->state);
	unfinished_tell(x);
	return x;
}

void probe_orders_free(struct probe_orders *x)
{
	if (!x)
		return;
	if (x->capture.running)
		capture_fail(x, ORDER_WHY_SYSTEM, "the sensor was stopped");
	free(x);
}
