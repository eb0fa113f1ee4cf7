/* SPDX-License-Identifier: Apache-2.0 */
/* Generated regions: the order of work, random numbers, words. What is made: each feature's own
 * *_fill.c. */
#include "hub/hub_fill.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "hub/members/members.h"
#include "hub/search/search.h"
#include "net/crypto.h"

enum { PASSWORD_CHARS = 15 };

uint64_t fill_random(struct hub_fill *f)
{
	/* splitmix64 (Steele, Lea, Flood 2014) */
	uint64_t z = (f->state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

int64_t fill_between(struct hub_fill *f, int64_t low, int64_t high)
{
	return high <= low ? low : low + (int64_t)(fill_random(f) % (uint64_t)(high - low + 1));
}

bool fill_chance(struct hub_fill *f, int percent)
{
	return fill_random(f) % 100 < (uint64_t)percent;
}

/* The rows of a list stand together. */
static const struct fill_word *list_of(const char *list, size_t *n_out)
{
	size_t from = 0, n = 0;

	while (from < fill_word_table_n && strcmp(fill_word_table[from].list, list) != 0)
		from++;
	while (from + n < fill_word_table_n && strcmp(fill_word_table[from + n].list, list) == 0)
		n++;
	*n_out = n;
	return &fill_word_table[from];
}

const struct fill_word *fill_pick(struct hub_fill *f, const char *list)
{
	static const struct fill_word nothing = { "", "", "", 1 };
	size_t n;
	const struct fill_word *w = list_of(list, &n);
	int64_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += w[i].weight;
	if (n == 0)
		return &nothing;
	int64_t left = fill_between(f, 0, sum - 1);
	for (; left >= w->weight; w++)
		left -= w->weight;
	return w;
}

const struct fill_word *fill_nth(const char *list, size_t n)
{
	size_t count;
	const struct fill_word *w = list_of(list, &count);

	return &w[n % count];
}

size_t fill_count(const char *list)
{
	size_t n;

	(void)list_of(list, &n);
	return n;
}

void fill_name(struct hub_fill *f, const char **name_out, const char **reading_out)
{
	const struct fill_word *a = fill_pick(f, "surname_a");
	const struct fill_word *b = fill_pick(f, "surname_b");
	const struct fill_word *given = fill_pick(f, "given");

	*name_out = arena_printf(f->arena, "%s%s %s", a->text, b->text, given->text);
	*reading_out = arena_printf(f->arena, "%s%s %s", a->reading, b->reading, given->reading);
}

void fill_phone(struct hub_fill *f, int prefecture, char out[20])
{
	static const char first[] = "1245789", second[] = "345689"; /* no 0120, no mobiles */

	(void)snprintf(out, 20, "0%c%c-000-%04d", first[prefecture % 7], second[prefecture % 6],
		       (int)fill_between(f, 0, 9999));
}

struct user fill_user(struct hub_fill *f, const struct fill_org *o, int64_t at_us)
{
	struct user u = o->people[fill_between(f, 0, (int64_t)o->n_people - 1)];

	u.scope.now_us = at_us;
	return u;
}

int fill_each(struct hub *h, struct hub_fill *f, size_t n, size_t chunk, fill_fn one, struct err *e)
{
	int r = 0;

	for (size_t i = 0; i < n && r >= 0;) {
		SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
		size_t end = i + chunk < n ? i + chunk : n;

		if (!t)
			return e->code;
		for (; i < end && r >= 0; i++)
			r = one(h, f, t, i, e);
		if (r >= 0)
			r = txn_commit(&t, e);
	}
	return r < 0 ? r : 0;
}

static int check_empty(struct hub *h, const struct hub_fill *f, struct err *e)
{
	struct company *list;
	size_t n;

	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_READ, e);
	if (!t)
		return e->code;
	const struct scope s = { .kind = SCOPE_SYSTEM, .now_us = f->now_us };
	int r = members_search(t, &s, "", f->arena, &list, &n, e);
	if (r < 0)
		return r;
	if (n > 0 && !f->force)
		return err_set(e, -EEXIST,
			       "there are companies already: --force adds more beside them");
	return 0;
}

static void print_made(const struct hub_fill *f)
{
	printf("companies: %zu\nalerts: %zu\ncases: %zu\npassword: %s\nlogins:", f->n_companies,
	       f->alerts_made, f->n_cases, f->password);
	for (size_t i = 0; i < f->n_logins; i++)
		printf(" %s", f->logins[i]);
	printf("\n");
}

static int fill_all(struct hub *h, struct hub_fill *f, struct err *e)
{
	char password[CRYPTO_CODE_SIZE(PASSWORD_CHARS)];
	int r = check_empty(h, f, e);

	if (r < 0)
		return r;
	if (!f->password) {
		crypto_code(password, PASSWORD_CHARS);
		f->password = arena_strdup(f->arena, password);
	}
	if ((r = crypto_password_hash(f->password, f->password_hash, e)) < 0)
		return r;
	f->companies = arena_array(f->arena, f->n_companies + 1, sizeof(*f->companies));
	f->alerts = arena_array(f->arena, f->n_cases + 1, sizeof(*f->alerts));
	for (size_t i = 0; h->features[i] && r >= 0; i++)
		r = h->features[i]->fill ? h->features[i]->fill(h, f, e) : 0;
	if (r >= 0)
		r = search_run(h, 0, e); /* all of it can be found at once */
	if (r >= 0)
		print_made(f);
	return r < 0 ? r : 0;
}

int hub_fill_run(struct hub *h, struct hub_fill *f, struct err *e)
{
	f->arena = arena_new(0);
	f->state = f->seed;
	if (f->now_us == 0)
		f->now_us = clock_utc_us(h->clock);
	if (f->years == 0)
		f->years = FILL_YEARS;
	int r = fill_all(h, f, e);
	arena_free(f->arena);
	f->arena = NULL;
	return r;
}
