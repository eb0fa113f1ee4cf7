/* SPDX-License-Identifier: Apache-2.0 */
/* Detector: a program, a script or a document that acts like one comes in over plain HTTP in a way
 * that honest software has no reason for: dressed as a picture, from a bare address, under no type.
 * The first bytes of the body tell what it is (content.h); when it is through, its hashes are told
 * too. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "probe/detect/content.h"
#include "probe/detect/detect.h"
#include "probe/story/story.h"

enum {
	EXCHANGES = 2048, /* requests whose answer is awaited; direct-mapped, the newer stays */
	TOLD = 256,       /* downloads told of; direct-mapped */
	HASHED_MAX = 8,   /* of one place */
	HOST_MAX = 96,
	TARGET_MAX = 120,
};

struct exchange {
	struct flow_key key;
	bool used, raw;
	bool shy;   /* who fetches does not say its name, or says a browser's and is none */
	bool cache; /* says it is Windows, which fetches updates from a cache by address */
	char host[HOST_MAX], target[TARGET_MAX], type[48];
};

struct told {
	uint64_t key;
	uint64_t count, hashed;
	int64_t first_us;
	struct telling telling;
};

struct download {
	struct detect_env *env;
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

static bool same_flow(const struct exchange *x, const struct flow *f)
{
	return x->used && flow_key_eq(&x->key, &f->key);
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
		.shy = m->agent.n == 0 || http_poses(m),
		.cache = str_starts(m->agent, STR("Microsoft-Delivery-Optimization/")),
	};
	host_set(x, m->host, &f->key.dst);
	text_set(x->target, sizeof(x->target), m->target);
}

/* Grave wherever it comes from; NULL: no. */
static const char *disguise(const struct exchange *x, enum content what)
{
	struct str target = str_of(x->target), type = str_of(x->type);
	bool dressed = content_is_media(type) || content_is_media_name(target);

	if (what == CONTENT_PROGRAM && (dressed || content_is_text(type)))
		return "a program dressed as something else";
	if ((what == CONTENT_SCRIPT || what == CONTENT_WINDOWS) && dressed)
		return "a script dressed as something else";
	bool starts = what == CONTENT_SHORTCUT || what == CONTENT_PAGE || what == CONTENT_NOTE ||
		      what == CONTENT_DISK;
	if (starts && dressed)
		return "a file that starts programs dressed as something else";
	return NULL;
}

/* Documents and their kin, which act like programs once they are opened. */
static const char *document_fault(const struct exchange *x, const struct http_file *file,
				  const struct thresholds *limit, enum severity *severity_out)
{
	*severity_out = x->raw ? SEVERITY_HIGH : SEVERITY_MEDIUM;
	if (file->what == CONTENT_SHORTCUT)
		return "a shortcut that starts a program";
	if (file->what == CONTENT_PAGE)
		return "a page that runs as a program (HTA)";
	if (file->what == CONTENT_NOTE)
		return "a OneNote file, which can carry programs, over plain HTTP";
	if (file->what == CONTENT_BAIT && (x->raw || x->shy))
		return "an archive of a file that starts programs";
	if (file->what == CONTENT_DISK && x->raw && x->shy)
		return "a disk image from an address without a name";
	if (file->what == CONTENT_OFFICE && file->macros && x->raw)
		return "an Office file with macros from an address without a name";
	*severity_out = SEVERITY_MEDIUM;
	if (file->what == CONTENT_DISK && (x->raw || x->shy))
		return "a disk image that was fetched in an unusual way";
	if (file->what == CONTENT_WINDOWS && (x->raw || x->shy))
		return "a script that runs outside the browser";
	*severity_out = SEVERITY_LOW;
	if (file->what == CONTENT_OFFICE && file->macros)
		return "an Office file with macros over plain HTTP";
	if (file->what == CONTENT_WINDOWS)
		return "a script that runs outside the browser, over plain HTTP";
	if (file->what == CONTENT_DISK && file->length > 0 &&
	    file->length < limit->download.disk_bytes)
		return "a disk image too small for a system, over plain HTTP";
	if (file->what == CONTENT_OFFICE && x->raw)
		return "an Office file from an address without a name";
	if (file->what == CONTENT_ARCHIVE && x->raw && x->shy)
		return "an archive from an address without a name";
	return NULL;
}

/* What is wrong with it; NULL: nothing that counts. */
static const char *fault(const struct download *d, const struct exchange *x,
			 const struct http_file *file, bool inside, enum severity *severity_out)
{
	const char *why = disguise(x, file->what);
	enum content what = file->what;

	*severity_out = SEVERITY_HIGH;
	if (why || inside)
		return why;
	*severity_out = x->cache ? SEVERITY_INFO : SEVERITY_HIGH;
	if (what == CONTENT_PROGRAM && x->raw)
		return "a program from an address without a name";
	if (what == CONTENT_DECLARED && x->raw)
		return "scrambled bytes declared a program, from an address without a name";
	if (x->cache)
		return NULL;
	*severity_out = SEVERITY_MEDIUM;
	if (what == CONTENT_PROGRAM && x->shy && x->type[0] == 0)
		return "a program under no type at all";
	if (what == CONTENT_PROGRAM && x->shy && !content_is_program_name(str_of(x->target)))
		return "a program whose address does not say so";
	if (what == CONTENT_SCRIPT && (x->raw || x->shy))
		return "a PowerShell script fetched by a program that does not say its name";
	*severity_out = SEVERITY_LOW;
	return what == CONTENT_SCRIPT ? "a PowerShell script over plain HTTP"
				      : document_fault(x, file, d->env->thresholds, severity_out);
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
		 const struct http_file *file, const char *why, enum severity severity)
{
	struct told *t = told_of(d, f, x->host);
	struct report r;

	t->telling.due = true;
	t->count += !file->done;
	if (t->first_us == 0)
		t->first_us = d->env->now_us;
	/* The hashes are worth a word of their own, a few times a place. */
	bool hashed = file->whole && t->hashed < HASHED_MAX;
	if (!hashed && !telling_due(&t->telling, severity, d->env->now_us))
		return;
	t->hashed += file->whole;
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
	if (file->whole)
		report_reason(&r, "%.0f bytes, SHA-256 %s", (double)file->size,
			      file->digest.sha256);
	report_text(&r, "content", content_name(file->what));
	report_text(&r, "content_type", x->type);
	report_text(&r, "url_path", x->target);
	report_number(&r, "downloads", (double)t->count);
	if (file->done)
		report_number(&r, "file_bytes", (double)file->size);
	if (file->whole) {
		report_text(&r, "sha256", file->digest.sha256);
		report_text(&r, "sha1", file->digest.sha1);
		report_text(&r, "md5", file->digest.md5);
	}
	report_story(&r, d->env, "%s", x->host);
	detect_report(d->env, &t->telling, &r);
	/* A name that anybody can give himself buys silence here, but not in the story. */
	if (severity == SEVERITY_INFO)
		story_hear(d->env->stories, &r, d->env->thresholds->story.low);
}

static void on_response(struct download *d, const struct flow *f, const struct http_message *m)
{
	struct exchange *x = &d->exchange[f->hash % EXCHANGES];

	if (same_flow(x, f))
		text_set(x->type, sizeof(x->type), http_type(m));
}

static void download_http(void *state, const struct flow *f, const struct http_message *m)
{
	if (m->response)
		on_response(state, f, m);
	else
		on_request(state, f, m);
}

/* What is wrong with FILE and where it comes from; NULL: nothing that counts. */
static const char *verdict(const struct download *d, const struct flow *f,
			   const struct http_file *file, enum severity *severity_out)
{
	const struct inventory *v = d->env->inventory;
	const struct exchange *x = &d->exchange[f->hash % EXCHANGES];

	if (!same_flow(x, f) || !inventory_inside(v, &f->key.src, f->device[0]))
		return NULL;
	/* What lies in another site of the company is no stranger. */
	bool inside =
		inventory_inside(v, &f->key.dst, f->device[1]) || addr_is_private(&f->key.dst);
	return fault(d, x, file, inside, severity_out);
}

static void download_file(void *state, const struct flow *f, const struct http_file *file)
{
	struct download *d = state;
	enum severity severity;
	const char *why = verdict(d, f, file, &severity);

	if (why)
		tell(d, f, &d->exchange[f->hash % EXCHANGES], file, why, severity);
}

/* Macros of an Office file show only later, and that something is a disk image. */
static bool download_wants_digest(void *state, const struct flow *f, const struct http_file *file)
{
	enum severity severity;

	return file->what == CONTENT_OFFICE || file->what == CONTENT_OTHER ||
	       verdict(state, f, file, &severity);
}

const struct detector detector_download = {
	.name = "download",
	.open = download_open,
	.close = download_close,
	.http = download_http,
	.file = download_file,
	.wants_digest = download_wants_digest,
};
