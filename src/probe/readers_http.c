/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies of the moment, in a table of fixed size. What is no file of interest by its first bytes is
 * let go at once. */
#include "probe/readers_http.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "probe/detect/content.h"
#include "probe/dissect/http_body.h"

enum {
	BODIES = 256, /* direct-mapped */
	FIRST_MAX = 1024,
	TYPE_MAX = 64,
	BITS = 4096, /* flows whose last request wants no body */
};

/* Larger files are not hashed to their end. */
#define FILE_MAX (UINT64_C(32) << 20)
/* A file of interest stays in its place so long. */
#define STAYS_US (30 * US_PER_SEC)

struct body {
	struct flow_key key;
	int64_t last_us;
	bool known; /* FILE says what it is */
	size_t n_first;
	struct http_body http;
	struct digest *digest;
	struct http_file file;
	char type[TYPE_MAX];
	uint8_t first[FIRST_MAX];
};

struct http_reader {
	struct detect_env *env;
	uint64_t busy[BODIES / 64];
	uint64_t bodiless[BITS / 64];
	struct body *body[BODIES];
};

struct http_reader *http_reader_new(struct detect_env *env)
{
	struct http_reader *r = mem_new(sizeof(*r));

	r->env = env;
	return r;
}

static void body_free(struct body *b)
{
	if (!b)
		return;
	http_body_done(&b->http);
	digest_free(b->digest);
	free(b);
}

void http_reader_free(struct http_reader *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < BODIES; i++)
		body_free(r->body[i]);
	free(r);
}

static void drop(struct http_reader *r, size_t i)
{
	body_free(r->body[i]);
	r->body[i] = NULL;
	r->busy[i / 64] &= ~(UINT64_C(1) << (i % 64));
}

static void content_add(struct body *b, struct rd p)
{
	b->file.size += p.n;
	if (b->digest && b->file.size <= FILE_MAX)
		digest_add(b->digest, p.p, p.n);
	if (b->known && !b->file.macros)
		b->file.macros = content_has_macros(b->file.what, p);
}

/* The first bytes say what it is; false: nothing of interest. */
static bool identify(struct http_reader *r, const struct flow *f, struct body *b)
{
	struct rd first = rd_of(b->first, b->n_first);

	b->known = true;
	b->file.what = content_of(first, str_of(b->type), r->env->thresholds->download.marks_min);
	if (b->file.what == CONTENT_OTHER)
		return false;
	b->digest = digest_new();
	content_add(b, first);
	detect_file(r->env->detect, f, &b->file);
	return true;
}

struct context {
	struct http_reader *reader;
	const struct flow *flow;
	struct body *body;
};

static void on_content(void *arg, struct rd p)
{
	struct context *x = arg;
	struct body *b = x->body;

	if (!b->known) {
		size_t n = FIRST_MAX - b->n_first < p.n ? FIRST_MAX - b->n_first : p.n;
		memcpy(b->first + b->n_first, p.p, n);
		b->n_first += n;
		rd_skip(&p, n);
		if (b->n_first < FIRST_MAX || !identify(x->reader, x->flow, b))
			return;
	}
	if (b->file.what != CONTENT_OTHER && p.n > 0)
		content_add(b, p);
}

static void finish(struct http_reader *r, const struct flow *f, size_t i, bool whole)
{
	struct body *b = r->body[i];

	bool interesting =
		b->known ? b->file.what != CONTENT_OTHER : b->n_first > 0 && identify(r, f, b);
	if (interesting) {
		b->file.done = true;
		b->file.whole = whole && b->file.size <= FILE_MAX && b->digest;
		if (b->file.whole)
			digest_end(b->digest, &b->file.digest);
		detect_file(r->env->detect, f, &b->file);
	}
	drop(r, i);
}

static void feed(struct http_reader *r, const struct flow *f, size_t i, uint32_t seq, struct rd p,
		 const struct dissected *d)
{
	struct body *b = r->body[i];
	struct context x = { r, f, b };
	uint32_t before = d->payload_wire - (uint32_t)d->payload.n + (uint32_t)p.n;

	b->last_us = d->ts_us;
	enum body_state s = http_body_feed(&b->http, seq, p, before, (d->tcp_flags & TCP_FIN) != 0,
					   on_content, &x);
	if (s != BODY_GOING)
		finish(r, f, i, s == BODY_WHOLE);
	else if (b->known && (b->file.what == CONTENT_OTHER || b->file.size > FILE_MAX))
		finish(r, f, i, false);
}

static bool is_busy(const struct http_reader *r, size_t i)
{
	return r->busy[i / 64] >> (i % 64) & 1;
}

/* May another body take place I? */
static bool gives_way(const struct http_reader *r, size_t i, int64_t now_us)
{
	const struct body *b = r->body[i];

	return !b || !b->known || now_us - b->last_us > STAYS_US || now_us < b->last_us;
}

static void on_response(struct http_reader *r, const struct flow *f, const struct dissected *d,
			const struct http_message *m)
{
	size_t i = f->hash % BODIES;
	bool bodiless = r->bodiless[f->hash % BITS / 64] >> (f->hash % 64) & 1;

	if (m->status != 200 || m->encoded || !m->whole || bodiless ||
	    (m->has_length && m->length == 0 && !m->chunked))
		return;
	if (!gives_way(r, i, d->ts_us)) {
		r->env->forgotten++;
		return;
	}
	if (r->body[i]) {
		r->env->forgotten++;
		drop(r, i);
	}
	struct body *b = r->body[i] = mem_new(sizeof(*b));
	r->busy[i / 64] |= UINT64_C(1) << (i % 64);
	b->key = f->key;
	(void)str_copy(b->type, sizeof(b->type), http_type(m)); /* cut is fine */
	uint32_t seq = d->tcp_seq + (uint32_t)(d->payload.n - m->body.n);
	http_body_start(&b->http, m, seq);
	feed(r, f, i, seq, m->body, d);
}

void http_reader_head(struct http_reader *r, const struct flow *f, const struct dissected *d,
		      const struct http_message *m)
{
	uint64_t bit = UINT64_C(1) << (f->hash % 64), *at = &r->bodiless[f->hash % BITS / 64];

	if (m->response)
		on_response(r, f, d, m);
	else if (str_eq(m->method, STR("HEAD")))
		*at |= bit;
	else
		*at &= ~bit;
}

bool http_reader_body(struct http_reader *r, const struct flow *f, const struct dissected *d)
{
	size_t i = f->hash % BODIES;

	if (!is_busy(r, i) || !flow_key_eq(&r->body[i]->key, &f->key))
		return false;
	feed(r, f, i, d->tcp_seq, d->payload, d);
	return true;
}

void http_reader_end(struct http_reader *r, const struct flow *f)
{
	size_t i = f->hash % BODIES;

	if (is_busy(r, i) && flow_key_eq(&r->body[i]->key, &f->key))
		finish(r, f, i, false);
}
