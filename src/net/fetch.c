/* SPDX-License-Identifier: Apache-2.0 */
/* Fetches one thing by libcurl: https only, so much and no more, and never from inside. The address
 * is looked at when the socket is made, so that neither a redirect nor a name that changes its mind
 * leads to a neighbour of the hub. */
#include "net/fetch.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <curl/curl.h>

#include "base/str.h"

enum { CONNECT_TIMEOUT_MS = 15 * 1000, SLOW_BYTES = 100, SLOW_SECONDS = 30 };

struct fetching {
	const struct fetch_conf *conf;
	struct fetch_answer *out;
	bool too_large, refused;
};

/* A network of addresses that are nobody's on the Internet (RFC 6890 and its successors). */
struct net {
	uint8_t a[16];
	unsigned bits;
};

static const struct net not_public_4[] = {
	{ { 0 }, 8 },
	{ { 10 }, 8 },
	{ { 100, 64 }, 10 },
	{ { 127 }, 8 },
	{ { 169, 254 }, 16 },
	{ { 172, 16 }, 12 },
	{ { 192, 0, 0 }, 24 },
	{ { 192, 0, 2 }, 24 },
	{ { 192, 168 }, 16 },
	{ { 198, 18 }, 15 },
	{ { 198, 51, 100 }, 24 },
	{ { 203, 0, 113 }, 24 },
	{ { 224 }, 3 }, /* multicast and what is reserved */
};
/* All of IPv6 but 2000::/3, and of that: Teredo, documentation, 6to4. */
static const struct net not_public_6[] = {
	{ { 0x20, 0x01, 0x00, 0x00 }, 32 },
	{ { 0x20, 0x01, 0x0d, 0xb8 }, 32 },
	{ { 0x20, 0x02 }, 16 },
};

static bool within(const uint8_t *a, const struct net *n)
{
	for (unsigned i = 0; i * 8 < n->bits; i++) {
		unsigned left = n->bits - i * 8;
		uint8_t mask = left >= 8 ? 0xff : (uint8_t)(0xff00U >> left);
		if ((a[i] & mask) != n->a[i])
			return false;
	}
	return true;
}

bool fetch_is_public(const uint8_t *address, size_t n)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	if (n == 16 && memcmp(address, mapped, sizeof(mapped)) == 0)
		return fetch_is_public(address + 12, 4);
	const struct net *list = n == 4 ? not_public_4 : not_public_6;
	size_t count = n == 4 ? sizeof(not_public_4) / sizeof(*list)
			      : sizeof(not_public_6) / sizeof(*list);
	if (n == 16 && (address[0] & 0xe0) != 0x20)
		return false;
	for (size_t i = 0; i < count; i++)
		if (within(address, &list[i]))
			return false;
	return n == 4 || n == 16;
}

static curl_socket_t open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *to)
{
	struct fetching *f = arg;
	bool fine = f->conf->private_addresses;

	(void)purpose;
	if (!fine && to->family == AF_INET) {
		struct sockaddr_in in;
		memcpy(&in, &to->addr, sizeof(in));
		fine = fetch_is_public((const uint8_t *)&in.sin_addr, 4);
	} else if (!fine && to->family == AF_INET6) {
		struct sockaddr_in6 in;
		memcpy(&in, &to->addr, sizeof(in));
		fine = fetch_is_public(in.sin6_addr.s6_addr, 16);
	}
	if (!fine) {
		f->refused = true;
		return CURL_SOCKET_BAD;
	}
	return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

static size_t take(char *p, size_t size, size_t n, void *arg)
{
	struct fetching *f = arg;

	if (f->out->body.n + size * n > f->conf->bytes_max) {
		f->too_large = true;
		return 0;
	}
	buf_add(&f->out->body, p, size * n);
	return size * n;
}

static void header_value(struct str line, struct str name, char *out)
{
	if (line.n <= name.n || !str_eq_nocase((struct str){ line.p, name.n }, name))
		return;
	struct str v = str_trim((struct str){ line.p + name.n, line.n - name.n });
	if (v.n >= FETCH_TAG_MAX || !utf8_valid(v.p, v.n))
		return;                        /* without it the next fetch is a whole one */
	(void)str_copy(out, FETCH_TAG_MAX, v); /* fits */
}

static size_t hear(char *p, size_t size, size_t n, void *arg)
{
	struct fetching *f = arg;
	struct str line = { p, size * n };

	if (str_starts(line, STR("HTTP/"))) { /* the next answer of a chain */
		f->out->etag[0] = '\0';
		f->out->modified[0] = '\0';
		buf_clear(&f->out->body);
	}
	header_value(line, STR("etag:"), f->out->etag);
	header_value(line, STR("last-modified:"), f->out->modified);
	return size * n;
}

static void curl_done(CURL **h)
{
	curl_easy_cleanup(*h);
}

static void slist_done(struct curl_slist **l)
{
	curl_slist_free_all(*l);
}

static void set_up(CURL *h, struct fetching *f, char *words)
{
	const struct fetch_conf *c = f->conf;

	(void)curl_easy_setopt(h, CURLOPT_URL, c->url);
	(void)curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR, "https");
	(void)curl_easy_setopt(h, CURLOPT_REDIR_PROTOCOLS_STR, "https");
	(void)curl_easy_setopt(h, CURLOPT_FOLLOWLOCATION, 1L);
	(void)curl_easy_setopt(h, CURLOPT_MAXREDIRS, (long)FETCH_REDIRECTS_MAX);
	(void)curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(h, CURLOPT_NOPROXY, "*");
	(void)curl_easy_setopt(h, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_TIMEOUT_MS);
	(void)curl_easy_setopt(h, CURLOPT_TIMEOUT_MS,
			       (long)(c->timeout_ms > 0 ? c->timeout_ms : FETCH_TIMEOUT_MS));
	(void)curl_easy_setopt(h, CURLOPT_LOW_SPEED_LIMIT, (long)SLOW_BYTES);
	(void)curl_easy_setopt(h, CURLOPT_LOW_SPEED_TIME, (long)SLOW_SECONDS);
	(void)curl_easy_setopt(h, CURLOPT_ACCEPT_ENCODING, ""); /* whatever libcurl can undo */
	(void)curl_easy_setopt(h, CURLOPT_USERAGENT, "otasuke-hub");
	(void)curl_easy_setopt(h, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	(void)curl_easy_setopt(h, CURLOPT_OPENSOCKETDATA, f);
	(void)curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, take);
	(void)curl_easy_setopt(h, CURLOPT_WRITEDATA, f);
	(void)curl_easy_setopt(h, CURLOPT_HEADERFUNCTION, hear);
	(void)curl_easy_setopt(h, CURLOPT_HEADERDATA, f);
	(void)curl_easy_setopt(h, CURLOPT_ERRORBUFFER, words);
	if (c->ca_file)
		(void)curl_easy_setopt(h, CURLOPT_CAINFO, c->ca_file);
}

static struct curl_slist *conditions(const struct fetch_conf *c)
{
	struct curl_slist *l = NULL;
	char line[FETCH_TAG_MAX + 32];

	if (c->etag && *c->etag) {
		(void)snprintf(line, sizeof(line), "If-None-Match: %s", c->etag);
		l = curl_slist_append(l, line);
	}
	if (c->modified && *c->modified) {
		(void)snprintf(line, sizeof(line), "If-Modified-Since: %s", c->modified);
		l = curl_slist_append(l, line);
	}
	return l;
}

static int failed(const struct fetching *f, CURLcode r, const char *words, struct err *e)
{
	const char *url = f->conf->url;

	if (f->too_large)
		return err_set(e, -ELIMIT, "what %s sends is larger than %zu bytes", url,
			       f->conf->bytes_max);
	if (f->refused)
		return err_set(e, -EDENIED, "%s leads to an address that is not on the Internet",
			       url);
	if (r == CURLE_URL_MALFORMAT || r == CURLE_UNSUPPORTED_PROTOCOL)
		return err_set(e, -EINVAL, "'%s' is not an address that begins with https://", url);
	return err_set(e, -EAGAIN, "%s cannot be fetched: %s", url,
		       *words ? words : curl_easy_strerror(r));
}

static int status_error(const char *url, long status, struct err *e)
{
	if (status >= 200 && status <= 299)
		return 0;
	return err_set(e, status >= 500 || status == 429 || status == 408 ? -EAGAIN : -EPERM,
		       "%s answers with status %ld", url, status);
}

static size_t forget(char *p, size_t size, size_t n, void *arg)
{
	(void)p;
	(void)arg;
	return size * n;
}

int fetch_post(const struct fetch_conf *c, const struct fetch_body *b, int *status_out,
	       struct err *e)
{
	struct fetch_answer none = { 0 };
	struct fetching f = { .conf = c, .out = &none };
	char words[CURL_ERROR_SIZE] = "";
	long status = 0;

	*status_out = 0;
	if (!str_starts(str_of(c->url), STR("https://")))
		return err_set(e, -EINVAL, "'%s' is not an address that begins with https://",
			       c->url);
	__attribute__((cleanup(curl_done))) CURL *h = curl_easy_init();
	__attribute__((cleanup(slist_done))) struct curl_slist *head = NULL;
	if (!h)
		return err_set(e, -ENOMEM, "not enough memory to send anything");
	for (size_t i = 0; b->headers[i]; i++)
		head = curl_slist_append(head, b->headers[i]);
	set_up(h, &f, words);
	(void)curl_easy_setopt(h, CURLOPT_FOLLOWLOCATION, 0L);
	(void)curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, forget);
	(void)curl_easy_setopt(h, CURLOPT_HEADERFUNCTION, forget);
	(void)curl_easy_setopt(h, CURLOPT_HTTPHEADER, head);
	(void)curl_easy_setopt(h, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)b->n);
	(void)curl_easy_setopt(h, CURLOPT_POSTFIELDS, b->p);
	CURLcode r = curl_easy_perform(h);
	if (r != CURLE_OK)
		return failed(&f, r, words, e);
	(void)curl_easy_getinfo(h, CURLINFO_RESPONSE_CODE, &status);
	*status_out = (int)status;
	return status_error(c->url, status, e);
}

void fetch_answer_done(struct fetch_answer *a)
{
	buf_done(&a->body);
}

int fetch_get(const struct fetch_conf *c, struct fetch_answer *out, struct err *e)
{
	struct fetching f = { .conf = c, .out = out };
	char words[CURL_ERROR_SIZE] = "";
	long status = 0;

	if (!str_starts(str_of(c->url), STR("https://")))
		return err_set(e, -EINVAL, "'%s' is not an address that begins with https://",
			       c->url ? c->url : "");
	buf_init(&out->body, c->bytes_max);
	__attribute__((cleanup(curl_done))) CURL *h = curl_easy_init();
	__attribute__((cleanup(slist_done))) struct curl_slist *head = conditions(c);
	if (!h)
		return err_set(e, -ENOMEM, "not enough memory to fetch anything");
	set_up(h, &f, words);
	(void)curl_easy_setopt(h, CURLOPT_HTTPHEADER, head);
	CURLcode r = curl_easy_perform(h);
	if (r != CURLE_OK)
		return failed(&f, r, words, e);
	(void)curl_easy_getinfo(h, CURLINFO_RESPONSE_CODE, &status);
	if (status == 304) {
		out->unchanged = true;
		buf_clear(&out->body);
		return 0;
	}
	return status_error(c->url, status, e);
}
