/* SPDX-License-Identifier: Apache-2.0 */
/* Detector: a program or a script comes in over plain HTTP in a way that honest software has no
 * reason for: dressed as a picture, from a bare address, under no type. The first bytes of the
 * body tell what it is; nothing is kept of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "probe/detect/content.h"
#include "probe/detect/detect.h"

enum {
	EXCHANGES = 2048, /* requests whose answer is awaited; direct-mapped, the newer stays */
	TOLD = 256,       /* downloads told of; direct-mapped */
	HOST_MAX = 96,
	TARGET_MAX = 120,
};

struct exchange {
	struct flow_key key;
	bool used, raw, chunked;
	bool shy;   /* who fetches does not say its name, or says a browser's and is none */
	bool cache; /* Windows fetches updates from a cache of the provider's, by address */
	char host[HOST_MAX], target[TARGET_MAX], type[48];
};

struct told {
	uint64_t key;
	uint64_t count;
	int64_t first_us;
	struct telling telling;
};

struct download {
	struct detect_env *env;
	uint64_t awaits[EXCHANGES / 64]; /* bits: the head is through, the body is not */
	struct exchange exchange[EXCHANGES];
	struct told told[TOLD];
};

static void *download_open(struct detect_env *env)
{
	struct download *d = mem_new(sizeof(*d));

	d->env = env;
	return d;
}

static void download_close(void *state)
{
	free(state);
}

static void awaits_set(struct download *d, const struct flow *f, bool on)
{
	uint64_t bit = UINT64_C(1) << (f->hash % 64), *at = &d->awaits[f->hash % EXCHANGES / 64];

	*at = on ? *at | bit : *at & ~bit;
}

/* Asked for each packet: the exchanges themselves would not stay in the cache. */
static bool awaits(const struct download *d, const struct flow *f)
{
	return d->awaits[f->hash % EXCHANGES / 64] >> (f->hash % 64) & 1;
}

static bool same_flow(const struct exchange *x, const struct flow *f)
{
	return x->used && x->key.sport == f->key.sport && x->key.dport == f->key.dport &&
	       addr_eq(&x->key.src, &f->key.src) && addr_eq(&x->key.dst, &f->key.dst);
}

static void text_set(char *out, size_t size, struct str s)
{
	(void)str_copy(out, size, s); /* cut is fine */
	for (; *out; out++) {
		if (*out < 32 || *out > 126)
			*out = '?';
	}
}

/* Host without port; RAW when it is an address. */
static void host_set(struct exchange *x, struct str host, const struct addr *dst)
{
	struct str name;
	struct addr a;

	if (host.n && host.p[0] != '[')
		(void)str_cut(&host, ':', &name);
	else
		name = host;
	x->raw = name.n == 0 || name.p[0] == '[' || addr_parse(name, &a) == 0;
	if (name.n)
		text_set(x->host, sizeof(x->host), name);
	else
		addr_format(dst, x->host);
}

static void on_request(struct download *d, const struct flow *f, const struct http_message *m)
{
	struct exchange *x = &d->exchange[f->hash % EXCHANGES];

	*x = (struct exchange){
		.key = f->key,
		.used = true,
		.shy = m->agent.n == 0 ||
		       (m->whole && !m->accepts && str_starts(m->agent, STR("Mozilla/"))),
		.cache = str_starts(m->agent, STR("Microsoft-Delivery-Optimization/")),
	};
	host_set(x, m->host, &f->key.dst);
	text_set(x->target, sizeof(x->target), m->target);
}

/* What is wrong with it; NULL: nothing that counts. */
static const char *fault(const struct exchange *x, enum content what, bool inside,
			 enum severity *severity_out)
{
	struct str target = str_of(x->target), type = str_of(x->type);
	bool dressed = content_is_media(type) || content_is_media_name(target);

	*severity_out = SEVERITY_HIGH;
	if (what == CONTENT_PROGRAM && (dressed || content_is_text(type)))
		return "a program dressed as something else";
	if (what == CONTENT_SCRIPT && dressed)
		return "a script dressed as something else";
	if (inside)
		return NULL;
	*severity_out = x->cache ? SEVERITY_INFO : SEVERITY_HIGH;
	if (what == CONTENT_PROGRAM && x->raw)
		return "a program from an address without a name";
	if (what == CONTENT_DECLARED && x->raw)
		return "scrambled bytes declared a program, from an address without a name";
	*severity_out = SEVERITY_MEDIUM;
	if (what == CONTENT_PROGRAM && x->shy && type.n == 0)
		return "a program under no type at all";
	if (what == CONTENT_PROGRAM && x->shy && !content_is_program_name(target))
		return "a program whose address does not say so";
	if (what == CONTENT_SCRIPT && (x->raw || x->shy))
		return "a PowerShell script fetched by a program that does not say its name";
	*severity_out = SEVERITY_LOW;
	return what == CONTENT_SCRIPT ? "a PowerShell script over plain HTTP" : NULL;
}

static struct told *told_of(struct download *d, const struct flow *f, const char *host)
{
	static const uint8_t fixed[16] = "download";
	uint64_t key = siphash13(fixed, host, strlen(host)) ^
		       siphash13(fixed, f->key.src.b, sizeof(f->key.src.b));
	struct told *t = &d->told[key % TOLD];

	if (t->key != key)
		*t = (struct told){ .key = key };
	return t;
}

static void tell(struct download *d, const struct flow *f, const struct exchange *x,
		 enum content what, const char *why, enum severity severity)
{
	struct told *t = told_of(d, f, x->host);
	struct report r;

	t->telling.due = true;
	t->count++;
	if (t->first_us == 0)
		t->first_us = d->env->now_us;
	if (!telling_due(&t->telling, severity, d->env->now_us))
		return;
	report_init(&r, detector_download.name, f->device[0], &f->key.src);
	r.severity = severity;
	r.confidence = severity == SEVERITY_HIGH ? 0.85 : 0.6;
	r.first_us = t->first_us;
	r.last_us = f->last_us > t->first_us ? f->last_us : t->first_us;
	r.count = t->count;
	report_peer(&r, &f->key.dst, f->key.dport);
	if (!x->raw)
		report_name(&r, x->host);
	report_reason(&r, "%s: http://%s%s, said to be \"%s\"", why, x->host, x->target, x->type);
	if (x->shy)
		report_reason(&r, "the program that fetched it does not say its name");
	report_text(&r, "content", content_name(what));
	report_text(&r, "content_type", x->type);
	report_text(&r, "url_path", x->target);
	report_number(&r, "downloads", (double)t->count);
	report_story(&r, d->env, "%s", x->host);
	detect_report(d->env, &t->telling, &r);
}

static void judge(struct download *d, const struct flow *f, struct exchange *x, struct rd body)
{
	enum content what = content_of(body, str_of(x->type), x->chunked,
				       d->env->thresholds->download.marks_min);
	bool inside = inventory_inside(d->env->inventory, &f->key.dst, f->device[1]);
	enum severity severity;

	awaits_set(d, f, false);
	if (what == CONTENT_OTHER ||
	    !inventory_inside(d->env->inventory, &f->key.src, f->device[0]))
		return;
	const char *why = fault(x, what, inside, &severity);
	if (why)
		tell(d, f, x, what, why, severity);
}

static void on_response(struct download *d, const struct flow *f, const struct http_message *m)
{
	struct exchange *x = &d->exchange[f->hash % EXCHANGES];

	if (!same_flow(x, f) || m->status != 200 || m->encoded || !m->whole)
		return;
	struct str type = m->type, kind;
	text_set(x->type, sizeof(x->type),
		 str_cut(&type, ';', &kind) ? str_trim(kind) : (struct str){ 0 });
	x->chunked = m->chunked && m->body.n == 0;
	awaits_set(d, f, m->body.n == 0);
	if (m->body.n > 0)
		judge(d, f, x, m->body);
}

static void download_http(void *state, const struct flow *f, const struct http_message *m)
{
	if (m->response)
		on_response(state, f, m);
	else
		on_request(state, f, m);
}

static void download_payload(void *state, const struct flow *f, int dir, const struct dissected *p)
{
	struct download *d = state;

	if (dir == 0 || !awaits(d, f))
		return;
	struct exchange *x = &d->exchange[f->hash % EXCHANGES];
	if (same_flow(x, f))
		judge(d, f, x, p->payload);
}

const struct detector detector_download = {
	.name = "download",
	.open = download_open,
	.close = download_close,
	.http = download_http,
	.payload = download_payload,
};
