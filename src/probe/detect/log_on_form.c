/* SPDX-License-Identifier: Apache-2.0 */
/* Forms of web pages that ask for a password. A refusal is said by the status, by being sent back
 * to the form, or by the same page again (as long as the last one) after another password. Of
 * passwords a hash is kept, to tell whether it is another one. */
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/map.h"
#include "base/mem.h"
#include "probe/detect/log_on.h"

enum {
	TRIES = 1024, /* requests whose answer is awaited; direct-mapped, the newer stays */
	PAGES = 1024, /* forms and what they answered last; direct-mapped */
	TARGET_MAX = 64,
};

struct
try {
	struct flow_key key;
	bool used;
	bool log_on;             /* the address of the form says so */
	bool password;           /* its body does */
	uint64_t body;           /* hash */
	char target[TARGET_MAX]; /* without what follows '?' */
};

struct page {
	uint64_t key;
	uint64_t body;   /* hash of what was sent last */
	uint64_t length; /* of the page that answered */
};

struct forms {
	uint8_t secret[16];
	uint64_t awaits[TRIES / 64]; /* bits: the head is through, the body is not */
	struct try try[TRIES];
	struct page page[PAGES];
};

struct forms *forms_new(void)
{
	struct forms *s = mem_new(sizeof(*s));

	if (getrandom(s->secret, sizeof(s->secret), 0) != sizeof(s->secret))
		abort(); /* sixteen bytes never come short once the kernel is up */
	return s;
}

void forms_free(struct forms *s)
{
	free(s);
}

static bool has_word(struct str s, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(words[i]);
		for (size_t at = 0; at + len <= s.n; at++) {
			if (str_eq_nocase((struct str){ s.p + at, len },
					  (struct str){ words[i], len }))
				return true;
		}
	}
	return false;
}

static bool is_log_on(struct str target)
{
	static const char *const words[] = { "login",   "logon", "signin", "sign-in",
					     "sign_in", "auth",  "session" };

	return has_word(target, words, ARRAY_LEN(words));
}

/* A field of a form, or of an object in JSON. */
static bool has_password(struct str body)
{
	static const char *const words[] = { "pass=",      "passwd=",   "password=",
					     "pwd=",       "passwort=", "\"password\"",
					     "\"passwd\"", "\"pwd\"",   "password%5d=" };

	return has_word(body, words, ARRAY_LEN(words));
}

static void awaits_set(struct forms *s, const struct flow *f, bool on)
{
	uint64_t bit = UINT64_C(1) << (f->hash % 64), *at = &s->awaits[f->hash % TRIES / 64];

	*at = on ? *at | bit : *at & ~bit;
}

bool forms_awaits(const struct forms *s, const struct flow *f)
{
	return s->awaits[f->hash % TRIES / 64] >> (f->hash % 64) & 1;
}

static struct try *try_of(struct forms *s, const struct flow *f)
{
	struct try *t = &s->try[f->hash % TRIES];

	return t->used && flow_key_eq(&t->key, &f->key) ? t : NULL;
}

void forms_body(struct forms *s, const struct flow *f, struct rd body)
{
	struct try *t = try_of(s, f);

	awaits_set(s, f, false);
	if (!t)
		return;
	t->password = has_password((struct str){ (const char *)body.p, body.n });
	t->body = siphash13(s->secret, body.p, body.n);
}

void forms_request(struct forms *s, const struct flow *f, const struct http_message *m)
{
	struct try *t = &s->try[f->hash % TRIES];
	struct str rest = m->target, path = { 0 };

	(void)str_cut(&rest, '?', &path);
	t->used = str_eq(m->method, STR("POST"));
	awaits_set(s, f, t->used && m->body.n == 0);
	if (!t->used)
		return;
	t->key = f->key;
	t->log_on = is_log_on(path);
	t->password = false;
	t->body = 0;
	(void)str_copy(t->target, sizeof(t->target), path); /* cut is fine */
	if (m->body.n > 0)
		forms_body(s, f, m->body);
}

static struct page *page_of(struct forms *s, const struct flow *f, const struct try *t)
{
	struct {
		struct addr src, dst;
		uint64_t port, target;
	} k = { f->key.src, f->key.dst, f->key.dport,
		siphash13(s->secret, t->target, strlen(t->target)) };
	uint64_t key = siphash13(s->secret, &k, sizeof(k));
	struct page *p = &s->page[key % PAGES];

	if (p->key != key)
		*p = (struct page){ .key = key };
	return p;
}

/* Sent back to the form itself, or on to where log-ons are asked for? */
static bool leads_back(const struct try *t, struct str location)
{
	static const char *const words[] = { "error", "fail", "denied", "invalid" };

	const char *const target[] = { t->target };
	return has_word(location, words, ARRAY_LEN(words)) || is_log_on(location) ||
	       (strlen(t->target) > 1 && has_word(location, target, 1));
}

/* The same page again, after something else was sent. */
static enum form_answer same_page(struct page *p, const struct try *t, uint64_t length)
{
	bool again = p->body != 0, same = p->length == length, other = p->body != t->body;

	p->body = t->body;
	p->length = length;
	if (!again || !other || length == 0)
		return FORM_NONE;
	return same ? FORM_REFUSED : FORM_ENTERED;
}

enum form_answer forms_response(struct forms *s, const struct flow *f, const struct http_message *m)
{
	struct try *t = try_of(s, f);

	awaits_set(s, f, false);
	if (!t || !(t->password || t->log_on))
		return FORM_NONE;
	t->used = false;
	switch (m->status) {
	case 401:
	case 403:
	case 429: /* RFC 6585, 4: too many */
		return FORM_REFUSED;
	case 302:
	case 303:
		if (!t->password)
			return FORM_NONE;
		return leads_back(t, m->location) ? FORM_REFUSED : FORM_ENTERED;
	case 200:
		/* In chunks nobody says how long it is: then what came with the head. */
		return t->password ? same_page(page_of(s, f, t), t,
					       m->has_length ? m->length : m->body.n)
				   : FORM_NONE;
	default:
		return FORM_NONE;
	}
}
