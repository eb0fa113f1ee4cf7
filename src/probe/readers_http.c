/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies of the moment, in a table of fixed size, as they lie on the disk in the end: taken out of
 * chunks and of gzip, and put together of ranges that follow one another. What is no file of
 * interest by its first bytes is let go at once. */
#include "probe/readers_http.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"
#include "probe/detect/content.h"
#include "probe/dissect/http_body.h"
#include "probe/dissect/http_inflate.h"
#include "probe/readers_parts.h"

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
	bool known;   /* FILE says what it is */
	bool waiting; /* to know it at DISK_MARK_AT */
	bool stopped; /* nothing more of it is looked at */
	size_t n_first;
	struct http_body http;
	struct http_inflate *inflate; /* NULL = it comes as it is */
	struct digest *digest;
	struct http_file file;
	uint64_t asked, next, total; /* of a part: as in struct part */
	char type[TYPE_MAX], name[TYPE_MAX];
	uint8_t first[FIRST_MAX], mark[DISK_MARK];
};

struct http_reader {
	struct detect_env *env;
	uint64_t busy[BODIES / 64];
	uint64_t bodiless[BITS / 64];
	uint64_t asked[BITS]; /* by flow: hash of who asked for which file last */
	struct body *body[BODIES];
	struct parts *parts;
};

struct http_reader *http_reader_new(struct detect_env *env)
{
	struct http_reader *r = mem_new(sizeof(*r));

	r->env = env;
	r->parts = parts_new();
	return r;
}

static void body_free(struct body *b)
{
	if (!b)
		return;
	http_body_done(&b->http);
	http_inflate_free(b->inflate);
	digest_free(b->digest);
	free(b);
}

void http_reader_free(struct http_reader *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < BODIES; i++)
		body_free(r->body[i]);
	parts_free(r->parts);
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

/* What stands at DISK_MARK_AT, of a piece that begins at AT. */
static void mark_add(struct body *b, uint64_t at, struct rd p)
{
	for (size_t i = 0; i < DISK_MARK; i++) {
		uint64_t place = DISK_MARK_AT + i;
		if (place >= at && place < at + p.n)
			b->mark[i] = p.p[place - at];
	}
}

/* The first bytes say what it is; false: nothing of interest. */
static bool identify(struct http_reader *r, const struct flow *f, struct body *b)
{
	struct rd first = rd_of(b->first, b->n_first);

	b->file.what = content_of(first, str_of(b->type), str_of(b->name),
				  r->env->thresholds->download.marks_min);
	b->waiting = b->file.what == CONTENT_OTHER && content_may_be_disk(first);
	b->known = !b->waiting;
	if (b->known && b->file.what == CONTENT_OTHER)
		return false;
	if (detect_wants_digest(r->env->detect, f, &b->file))
		b->digest = digest_new();
	content_add(b, first);
	if (b->known)
		detect_file(r->env->detect, f, &b->file);
	return true;
}

static void wait_on(struct http_reader *r, const struct flow *f, struct body *b, struct rd p)
{
	mark_add(b, b->file.size, p);
	content_add(b, p);
	if (b->file.size < DISK_MARK_AT + DISK_MARK)
		return;
	b->waiting = false;
	b->known = true;
	if (content_is_disk(b->mark)) {
		b->file.what = CONTENT_DISK;
		detect_file(r->env->detect, f, &b->file);
	}
}

struct context {
	struct http_reader *reader;
	const struct flow *flow;
	struct body *body;
};

static bool of_interest(const struct body *b)
{
	return !b->stopped && (!b->known || b->file.what != CONTENT_OTHER) &&
	       b->file.size <= FILE_MAX;
}

/* A piece as it lies on the disk in the end; false: no more of it is wanted. */
static bool on_plain(void *arg, struct rd p)
{
	struct context *x = arg;
	struct body *b = x->body;

	if (!b->known && !b->waiting) {
		size_t n = FIRST_MAX - b->n_first < p.n ? FIRST_MAX - b->n_first : p.n;
		memcpy(b->first + b->n_first, p.p, n);
		b->n_first += n;
		rd_skip(&p, n);
		if (b->n_first < FIRST_MAX)
			return true;
		(void)identify(x->reader, x->flow, b); /* of_interest() says it */
	}
	if (b->waiting && p.n > 0)
		wait_on(x->reader, x->flow, b, p);
	else if (b->file.what != CONTENT_OTHER && p.n > 0)
		content_add(b, p);
	return of_interest(b);
}

static void on_content(void *arg, struct rd p)
{
	struct context *x = arg;
	struct body *b = x->body;

	if (!of_interest(b))
		return;
	bool more = b->inflate ? http_inflate_feed(b->inflate, p, on_plain, x) : on_plain(x, p);
	b->stopped = !more;
}

/* There is more of it to come in another answer. */
static bool part_keep(struct http_reader *r, struct body *b)
{
	if (b->total == 0 || b->next >= b->total || b->file.size != b->next || !b->known ||
	    b->asked == 0)
		return false;
	parts_keep(r->parts, &(struct part){ .key = b->asked,
					     .next = b->next,
					     .total = b->total,
					     .digest = b->digest,
					     .file = b->file });
	b->digest = NULL;
	return true;
}

static void finish(struct http_reader *r, const struct flow *f, size_t i, bool whole)
{
	struct body *b = r->body[i];

	bool interesting = b->known
				   ? b->file.what != CONTENT_OTHER
				   : !b->waiting && b->n_first > 0 && identify(r, f, b) && b->known;
	bool all = whole && !b->stopped && (!b->inflate || http_inflate_ended(b->inflate));
	if (interesting && !(all && part_keep(r, b))) {
		b->file.done = true;
		b->file.whole = all && b->file.size <= FILE_MAX && b->digest &&
				(b->total == 0 || b->file.size == b->total);
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
	else if (!of_interest(b))
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

/* An answer whose body can be followed. PART: what came before it. */
static bool is_file(struct http_reader *r, const struct flow *f, const struct http_message *m,
		    struct part *part)
{
	bool bodiless = r->bodiless[f->hash % BITS / 64] >> (f->hash % 64) & 1;
	bool ranged = m->status == 206 && m->has_range && m->coding == HTTP_PLAIN;

	if (m->coding == HTTP_CODED || !m->whole || bodiless ||
	    (m->has_length && m->length == 0 && !m->chunked))
		return false;
	if (m->status != 200 && !ranged)
		return false;
	return !ranged || m->first == 0 ||
	       parts_take(r->parts, r->asked[f->hash % BITS], m->first, m->total, part);
}

static struct body *body_new(struct http_reader *r, const struct flow *f,
			     const struct http_message *m, const struct part *part)
{
	struct body *b = mem_new(sizeof(*b));

	b->key = f->key;
	(void)str_copy(b->type, sizeof(b->type), http_type(m));      /* cut is fine */
	(void)str_copy(b->name, sizeof(b->name), http_file_name(m)); /* cut is fine */
	if (m->coding == HTTP_ZLIB)
		b->inflate = http_inflate_new();
	else
		b->file.length = m->length;
	if (m->status != 206)
		return b;
	b->asked = r->asked[f->hash % BITS];
	b->next = m->last + 1;
	b->total = b->file.length = m->total;
	if (part->key) {
		b->known = true;
		b->digest = part->digest;
		b->file = part->file;
	}
	return b;
}

static void on_response(struct http_reader *r, const struct flow *f, const struct dissected *d,
			const struct http_message *m)
{
	size_t i = f->hash % BODIES;
	struct part part = { 0 };

	if (!gives_way(r, i, d->ts_us)) {
		r->env->forgotten += m->status == 200;
		return;
	}
	if (!is_file(r, f, m, &part))
		return;
	if (r->body[i]) {
		r->env->forgotten++;
		drop(r, i);
	}
	struct body *b = r->body[i] = body_new(r, f, m, &part);
	r->busy[i / 64] |= UINT64_C(1) << (i % 64);
	uint32_t seq = d->tcp_seq + (uint32_t)(d->payload.n - m->body.n);
	http_body_start(&b->http, m, seq);
	feed(r, f, i, seq, m->body, d);
}

/* Who asks for which file; never 0. */
static uint64_t asked_of(const struct flow *f, const struct http_message *m)
{
	static const uint8_t fixed[16] = "asked";
	uint64_t h = siphash13(fixed, f->key.src.b, sizeof(f->key.src.b)) * 3 +
		     siphash13(fixed, m->host.p, m->host.n) * 5 +
		     siphash13(fixed, m->target.p, m->target.n);

	return h ? h : 1;
}

void http_reader_head(struct http_reader *r, const struct flow *f, const struct dissected *d,
		      const struct http_message *m)
{
	uint64_t bit = UINT64_C(1) << (f->hash % 64), *at = &r->bodiless[f->hash % BITS / 64];

	if (m->response) {
		on_response(r, f, d, m);
		return;
	}
	r->asked[f->hash % BITS] = asked_of(f, m);
	if (str_eq(m->method, STR("HEAD")))
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
