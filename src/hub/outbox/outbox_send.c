/* SPDX-License-Identifier: Apache-2.0 */
/* Sending what is queued, on a thread of its own: a receiver that does not answer holds up nobody
 * but itself. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/mem.h"
#include "hub/outbox/outbox_store.h"
#include "hub/outbox/outbox_work.h"
#include "net/crypto.h"
#include "net/fetch.h"

enum { TICK_S = 1, TIMEOUT_MS = 10 * 1000, ROUNDS_MAX = 1000, HEADER_MAX = 200, GONE = 410 };
#define LIFE_US (3 * US_PER_DAY)

struct outbox_conf outbox_conf;

/* Pauses after so many failures in a row, in seconds; the last one stays. */
static int64_t pause_s(int64_t fails)
{
	static const int64_t rows[] = { 5, 30, 120, 600, 1800, 3600, 3 * 3600, 6 * 3600 };
	size_t i = fails < 1 ? 0 : (size_t)fails - 1;

	return rows[i < ARRAY_LEN(rows) ? i : ARRAY_LEN(rows) - 1];
}

void outbox_sign(const char *secret, const struct delivery *d, int64_t at_s, struct buf *out)
{
	SCOPED_BUF struct buf text = { 0 };
	uint8_t sum[32], key[HOOK_SECRET];
	size_t n = 0;
	char base64[CRYPTO_BASE64_SIZE(sizeof(sum))];

	buf_printf(&text, "%s.%" PRId64 ".", d->event, at_s);
	buf_adds(&text, d->body);
	(void)crypto_base64_read(secret + strlen("whsec_"), key, sizeof(key), &n); /* it is ours */
	crypto_hmac_sha256(key, n, text.p, text.n, sum);
	crypto_wipe(key, sizeof(key));
	crypto_base64(sum, sizeof(sum), base64);
	buf_printf(out, "v1,%s", base64);
}

int outbox_post_https(const struct hook *k, const struct delivery *d, int64_t now_us,
		      int *status_out, struct err *e)
{
	const int64_t at_s = now_us / US_PER_SEC;
	SCOPED_BUF struct buf sign = { 0 };
	char id[HEADER_MAX], time[HEADER_MAX], signature[HEADER_MAX];
	const struct fetch_conf c = { .url = k->url,
				      .timeout_ms = TIMEOUT_MS,
				      .ca_file =
					      outbox_conf.ca_file[0] ? outbox_conf.ca_file : NULL,
				      .private_addresses = outbox_conf.private_addresses };

	outbox_sign(k->secret, d, at_s, &sign);
	(void)snprintf(id, sizeof(id), "webhook-id: %s", d->event); /* they fit */
	(void)snprintf(time, sizeof(time), "webhook-timestamp: %" PRId64, at_s);
	(void)snprintf(signature, sizeof(signature), "webhook-signature: %s", sign.p);
	const char *const headers[] = { "Content-Type: application/json", id, time, signature,
					NULL };
	const struct fetch_body b = { headers, d->body, strlen(d->body) };
	return fetch_post(&c, &b, status_out, e);
}

static int keep_result(struct hub *h, const struct hook *k, const struct delivery *d, struct err *e)
{
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	int r = t ? outbox_store_tried(t, d, e) : e->code;

	if (r >= 0)
		r = outbox_store_hook_tried(t, k, e);
	if (r >= 0 && k->fails > 0)
		r = outbox_store_give_up(t, k->id, d->tried_us - (k->active ? LIFE_US : 0),
					 k->error, e);
	return r < 0 ? r : txn_commit(&t, e);
}

static int one(struct hub *h, outbox_post post, struct delivery *d, struct arena *a, struct err *e)
{
	struct err why = { 0 };
	struct hook k;
	int status = 0;
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_READ, e);
	int r = t ? outbox_store_hook(t, d->hook_id, a, &k, e) : e->code;

	txn_rollback(&t);
	if (r < 0)
		return r;
	r = post(&k, d, clock_utc_us(h->clock), &status, &why);
	d->tried_us = clock_utc_us(h->clock);
	d->tries++;
	if (r >= 0) {
		d->state = OUTBOX_SENT;
		d->error = k.error = "";
		k.fails = k.next_try_us = 0;
		k.ok_us = d->tried_us;
	} else {
		d->error = k.error = why.text;
		k.fails++;
		k.next_try_us = d->tried_us + pause_s(k.fails) * US_PER_SEC;
		k.active = status != GONE; /* the receiver says that it is no more */
	}
	return keep_result(h, &k, d, e);
}

/* A round: one delivery for each receiver that is due. 1 = there was something. */
static int round_once(struct hub *h, outbox_post post, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct delivery *d;
	size_t n;
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_READ, e);
	int r = t ? outbox_store_due(t, clock_utc_us(h->clock), a, &d, &n, e) : e->code;

	txn_rollback(&t);
	for (size_t i = 0; r >= 0 && i < n; i++)
		r = one(h, post, &d[i], a, e);
	return r < 0 ? r : n > 0;
}

static bool stopping(struct hub *h)
{
	if (!h->outbox)
		return false;
	pthread_mutex_lock(&h->outbox->lock);
	bool stop = h->outbox->stop;
	pthread_mutex_unlock(&h->outbox->lock);
	return stop;
}

int outbox_send(struct hub *h, outbox_post post, struct err *e)
{
	int r = 1;

	for (int i = 0; r == 1 && i < ROUNDS_MAX && !stopping(h); i++)
		r = round_once(h, post, e);
	return r < 0 ? r : 0;
}

/* --- the thread --- */

static bool next_turn(struct outbox *o)
{
	struct timespec until;
	int r = 0;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += TICK_S;
	pthread_mutex_lock(&o->lock);
	while (!o->stop && r == 0)
		r = pthread_cond_timedwait(&o->wake, &o->lock, &until);
	bool go = !o->stop;
	pthread_mutex_unlock(&o->lock);
	return go;
}

static void *work(void *arg)
{
	struct outbox *o = arg;

	text_thread_lang(LANG_EN); /* the log, and what is kept with a receiver, are English */
	do {
		struct err e = { 0 };
		if (outbox_feed(o->hub, &e) < 0 || outbox_send(o->hub, outbox_post_https, &e) < 0)
			log_error("outbox: %s", e.text);
	} while (next_turn(o));
	return NULL;
}

int outbox_open(struct hub *h, struct err *e)
{
	int r = pthread_create(&h->outbox->thread, NULL, work, h->outbox);

	if (r != 0)
		return err_set(e, -r, "no thread for the outbox: %s", strerror(r));
	h->outbox->running = true;
	return 0;
}

void outbox_close(struct hub *h)
{
	struct outbox *o = h->outbox;

	if (!o->running)
		return;
	pthread_mutex_lock(&o->lock);
	o->stop = true;
	pthread_cond_signal(&o->wake);
	pthread_mutex_unlock(&o->lock);
	pthread_join(o->thread, NULL);
	o->running = false;
}
