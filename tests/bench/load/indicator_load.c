/* SPDX-License-Identifier: Apache-2.0 */
/* indicator-load COUNT FOLDER: packs COUNT mixed indicators, looks things up that are listed and
 * that are not, swaps one bundle file for another, and prints the figures as JSON. Beside each
 * round of look-ups it chases a pointer through 64 MiB: what one random read costs on this machine
 * now. Each look-up waits for the one before, as each read of the chase does. */
#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "wire/indicator/bundle.h"

enum { QUERIES = 200000, ROUNDS = 7, CHASE = 16 * 1024 * 1024, CHASE_READS = 2000000 };

enum { HIT_DOMAIN, HIT_ADDR, HIT_URL, HIT_HASH, MISS_DOMAIN, MISS_ADDR, MISS_URL, MISS_HASH, SETS };

static const char *const set_names[SETS] = {
	"domain, listed",     "address, listed",     "URL, listed",     "hash, listed",
	"domain, not listed", "address, not listed", "URL, not listed", "hash, not listed",
};

struct query {
	char text[56];
	uint8_t bytes[16];
	uint32_t n, target; /* of a URL: where the path begins */
};

static volatile size_t zero;
static uint64_t state = 88172645463325252u;

static uint64_t draw(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static double seconds(int64_t from_ns)
{
	return (double)(clock_mono_ns(&clock_real) - from_ns) / 1e9;
}

/* Number I of the list: 55 % names, 25 % addresses, 1 % networks, 10 % URLs, the rest hashes. */
static void indicator_of(uint64_t i, char *out, size_t size, enum indicator_kind *kind)
{
	uint64_t x = (i + 1) * UINT64_C(0x9e3779b97f4a7c15), part = i % 100;

	x ^= x >> 29;
	x *= UINT64_C(0xbf58476d1ce4e5b9);
	x ^= x >> 32;
	unsigned a = (unsigned)(x % 100 + 11), b = (unsigned)(x >> 8 & 255),
		 c = (unsigned)(x >> 16 & 255), d = (unsigned)(x >> 24 & 255);
	if (part < 55) {
		*kind = INDICATOR_DOMAIN;
		(void)snprintf(out, size, "%s%" PRIx64 ".example", part % 3 ? "" : "cdn.",
			       x & 0xffffffffff);
	} else if (part < 80) {
		*kind = INDICATOR_IP;
		(void)snprintf(out, size, "%u.%u.%u.%u", a, b, c, d);
	} else if (part < 81) {
		*kind = INDICATOR_CIDR;
		(void)snprintf(out, size, "%u.%u.%u.%u/%u", a, b, c, d, (unsigned)(16 + x % 14));
	} else if (part < 91) {
		*kind = INDICATOR_URL;
		(void)snprintf(out, size, "h%" PRIx64 ".example/%" PRIx64 "/a.php", x & 0xffffff,
			       x >> 40);
	} else {
		*kind = part < 97 ? INDICATOR_FILE : INDICATOR_JA3;
		(void)snprintf(out, size, "%016" PRIx64 "%016" PRIx64, x, x * 3);
	}
}

static struct bundle *pack(size_t count, double *seconds_out)
{
	struct bundle_writer *w = bundle_writer_new(0);
	unsigned feed = bundle_writer_feed(w, STR("bench"));
	struct indicator i = { 0 };
	char text[128];
	int64_t from = clock_mono_ns(&clock_real);

	for (size_t k = 0; k < count; k++) {
		enum indicator_kind kind;
		indicator_of(k, text, sizeof(text), &kind);
		if (indicator_set(&i, kind, str_of(text)) != INDICATOR_OK)
			continue;
		(void)snprintf(i.label, sizeof(i.label), "kind %zu", k % 500);
		(void)bundle_writer_add(w, feed, &i);
	}
	struct bundle *b = bundle_writer_finish(w, 1);
	bundle_writer_free(w);
	*seconds_out = seconds(from);
	return b;
}

static void query_finish(struct query *q)
{
	size_t n;

	q->n = (uint32_t)strlen(q->text);
	const char *slash = strchr(q->text, '/');
	q->target = slash ? (uint32_t)(slash - q->text) : 0;
	memset(q->bytes, 0, sizeof(q->bytes));
	q->bytes[10] = q->bytes[11] = 0xff;
	if (inet_pton(AF_INET, q->text, q->bytes + 12) != 1)
		(void)str_hex(str_of(q->text), q->bytes, sizeof(q->bytes), &n); /* or neither */
}

static void query_hit(struct query *q, int set, size_t count)
{
	static const enum indicator_kind wanted[] = { INDICATOR_DOMAIN, INDICATOR_IP, INDICATOR_URL,
						      INDICATOR_FILE };
	enum indicator_kind kind;
	char text[128];

	do
		indicator_of(draw() % count, text, sizeof(text), &kind);
	while (kind != wanted[set]);
	if (set == HIT_DOMAIN)
		(void)snprintf(q->text, sizeof(q->text), "www.%.40s", text);
	else
		(void)snprintf(q->text, sizeof(q->text), "%.50s", text);
	query_finish(q);
}

static void query_miss_draw(struct query *q, int set)
{
	uint64_t x = draw();

	if (set == MISS_DOMAIN)
		(void)snprintf(q->text, sizeof(q->text), "www.n%" PRIx64 ".shop.example", x >> 20);
	else if (set == MISS_ADDR)
		(void)snprintf(q->text, sizeof(q->text), "%u.%u.%u.%u", (unsigned)(x % 200 + 11),
			       (unsigned)(x >> 8 & 255), (unsigned)(x >> 16 & 255),
			       (unsigned)(x >> 24 & 255));
	else if (set == MISS_URL)
		(void)snprintf(q->text, sizeof(q->text), "www.shop.example/%" PRIx64 "?q=1", x);
	else
		(void)snprintf(q->text, sizeof(q->text), "%016" PRIx64 "%016" PRIx64, x, draw());
}

static bool ask(const struct bundle *b, int set, const struct query *q, struct bundle_hit *hit)
{
	switch (set % MISS_DOMAIN) {
	case HIT_DOMAIN:
		return bundle_domain(b, (struct str){ q->text, q->n }, hit);
	case HIT_ADDR:
		return bundle_addr(b, q->bytes, hit);
	case HIT_URL:
		return bundle_url(b, (struct str){ q->text, q->target },
				  (struct str){ q->text + q->target, q->n - q->target }, hit);
	default:
		return bundle_hash(b, INDICATOR_FILE, q->bytes, 16, hit);
	}
}

/* Addresses that lie in a listed network are drawn again. */
static void query_miss(const struct bundle *b, struct query *q, int set)
{
	struct bundle_hit hit;

	do {
		query_miss_draw(q, set);
		query_finish(q);
	} while (set == MISS_ADDR && ask(b, set, q, &hit));
}

static double lookups(const struct bundle *b, int set, const struct query *q, size_t *hits)
{
	size_t none = zero, at = 0, found = 0;
	struct bundle_hit hit;
	int64_t from = clock_mono_ns(&clock_real);

	while (at < QUERIES) {
		size_t is = ask(b, set, &q[at], &hit);
		found += is;
		at += 1 + (is & none); /* the next one waits for this one */
	}
	*hits = found;
	return seconds(from) * 1e9 / QUERIES;
}

/* One cycle through all of the array. */
static uint32_t *chase_new(void)
{
	uint32_t *a = mem_array(CHASE, sizeof(*a));

	for (uint32_t i = 0; i < CHASE; i++)
		a[i] = i;
	for (uint32_t i = CHASE - 1; i > 0; i--) {
		uint32_t k = (uint32_t)(draw() % i), t = a[i];
		a[i] = a[k];
		a[k] = t;
	}
	return a;
}

static double chase(const uint32_t *a)
{
	uint32_t at = (uint32_t)zero;
	int64_t from = clock_mono_ns(&clock_real);

	for (size_t i = 0; i < CHASE_READS; i++)
		at = a[at];
	zero = at == CHASE; /* never: keeps the loop */
	return seconds(from) * 1e9 / CHASE_READS;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double median(double *v)
{
	qsort(v, ROUNDS, sizeof(*v), by_value);
	return v[ROUNDS / 2];
}

static void measure_lookups(const struct bundle *b, size_t count)
{
	static double ns[SETS][ROUNDS], read_ns[ROUNDS];
	struct query *q[SETS];
	uint32_t *a = chase_new();
	size_t hits[SETS];

	for (int s = 0; s < SETS; s++) {
		q[s] = mem_array(QUERIES, sizeof(**q));
		for (size_t i = 0; i < QUERIES; i++) {
			if (s < MISS_DOMAIN)
				query_hit(&q[s][i], s, count);
			else
				query_miss(b, &q[s][i], s);
		}
	}
	for (int r = 0; r < ROUNDS; r++) {
		read_ns[r] = chase(a);
		for (int s = 0; s < SETS; s++)
			ns[s][r] = lookups(b, s, q[s], &hits[s]);
	}
	(void)printf("\"queries\": %d, \"random_read_ns\": %.1f, \"lookups\": {", QUERIES,
		     median(read_ns));
	for (int s = 0; s < SETS; s++) {
		(void)printf("%s\"%s\": {\"ns\": %.1f, \"hits\": %zu}", s ? ", " : "", set_names[s],
			     median(ns[s]), hits[s]);
		free(q[s]);
	}
	(void)printf("}, ");
	free(a);
}

static double memory_mib(const char *what)
{
	char line[256];
	double kib = 0;
	FILE *f = fopen("/proc/self/status", "re");

	while (f && fgets(line, sizeof(line), f)) {
		if (strncmp(line, what, strlen(what)) == 0)
			kib = strtod(line + strlen(what), NULL);
	}
	if (f)
		(void)fclose(f); /* only read */
	return kib / 1024;
}

static void peak_reset(void)
{
	FILE *f = fopen("/proc/self/clear_refs", "we");

	if (f && fputs("5", f) >= 0)
		(void)fclose(f); /* without it the peak is only too high */
}

static void touch(const struct bundle *b)
{
	size_t n;
	const uint8_t *p = bundle_bytes(b, &n);

	for (size_t i = 0; i < n; i += 4096)
		(void)*(const volatile uint8_t *)(p + i);
}

/* The bundle in use, wholly in memory, gives way to the next one. */
static int measure_swap(const char *path)
{
	struct bundle *old = NULL, *next = NULL;
	struct err e = { 0 };

	if (bundle_open(path, &old, &e) < 0)
		return fprintf(stderr, "%s\n", e.text);
	touch(old);
	peak_reset();
	double before = memory_mib("VmRSS:");
	int64_t from = clock_mono_ns(&clock_real);
	if (bundle_open(path, &next, &e) < 0)
		return fprintf(stderr, "%s\n", e.text);
	double open_s = seconds(from);
	from = clock_mono_ns(&clock_real);
	struct bundle *gone = old;
	old = next;
	bundle_free(gone);
	double swap_s = seconds(from);
	touch(old);
	(void)printf("\"open_ms\": %.2f, \"swap_ms\": %.3f, \"rss_before_mib\": %.1f, "
		     "\"rss_peak_mib\": %.1f}\n",
		     open_s * 1e3, swap_s * 1e3, before, memory_mib("VmHWM:"));
	bundle_free(old);
	return 0;
}

int main(int argc, char **argv)
{
	char path[256];
	struct bundle_stats s;
	struct err e = { 0 };
	double pack_s;
	size_t n;

	if (argc != 3)
		return 2;
	size_t count = (size_t)strtoull(argv[1], NULL, 10);
	(void)snprintf(path, sizeof(path), "%s/bundle", argv[2]);
	struct bundle *b = pack(count, &pack_s);
	bundle_stats_get(b, &s);
	const void *image = bundle_bytes(b, &n);
	if (file_write(path, 0600, image, n, &e) < 0) {
		(void)fprintf(stderr, "%s\n", e.text);
		return EXIT_FAILURE;
	}
	(void)printf("{\"count\": %" PRIu64 ", \"bytes\": %zu, \"pack_s\": %.3f, ", s.count[0], n,
		     pack_s);
	measure_lookups(b, count);
	bundle_free(b);
	return measure_swap(path) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
