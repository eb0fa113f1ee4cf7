/* SPDX-License-Identifier: Apache-2.0 */
/* In meson.build: 'more': test_hub_src, 'drivers': both.
 * For tests: a whole hub on a test database with a clock that stands still, people made in a line,
 * and calls through the real HTTP server as any of them. Not part of the program. */
#ifndef HUB_TEST_HUB_H
#define HUB_TEST_HUB_H

#include <stdbool.h>
#include <stdint.h>

#include "hub/hub.h"

/* A test clock starts here: Mon 2026-11-23 01:00 UTC, 10:00 in Japan. */
#define TEST_HUB_NOW INT64_C(1795395600000000)

struct test_hub {
	struct hub *hub;
	struct clock_fake clock; /* move it with clock_fake_add */
	int64_t consortium_id;   /* an organisation that exists from the start */
	struct test_hub_priv *priv;
};

/* A migrated hub with every feature started. POSTGRES false: SQLite. Returns NULL when PostgreSQL
 * is asked for and not installed: skip the test. Any other failure fails the test. */
struct test_hub *test_hub_new(bool postgres);
void test_hub_free(struct test_hub *th); /* NULL is fine */
/* FN on a fresh hub for each database that OTASUKE_TEST_DRIVER asks for (all when it is unset). */
typedef void (*test_hub_fn)(struct test_hub *th);
void test_hub_each(test_hub_fn fn);
static inline void test_hub_on_both(void **state)
{
	test_hub_each(*(test_hub_fn *)*state);
}

/* A row of a list of tests: the same. */
#define ON_BOTH(fn)                                                                                \
	{                                                                                          \
		.name = #fn, .test_func = test_hub_on_both, .initial_state = &(test_hub_fn)        \
		{                                                                                  \
			fn                                                                         \
		}                                                                                  \
	}
/* Runs the job NAME of a feature now. */
void test_hub_job(struct test_hub *th, const char *name);

/* Everything below fails the test when it cannot be done. */
int64_t test_hub_org(struct test_hub *th, const char *kind, const char *name);
/* A person with a password, second factor given. */
int64_t test_hub_person(struct test_hub *th, int64_t org_id, unsigned roles, const char *login);
/* The user as a call of this person would have it, for calling rules directly. */
struct user test_hub_user(struct test_hub *th, int64_t person_id);

/* With feature members: a company, and a dated relation (KIND "desk", "vendor", ...; from an hour
 * ago, without end) that lets ORG_ID see it. */
int64_t test_hub_company(struct test_hub *th, const char *name);
void test_hub_relate(struct test_hub *th, int64_t company_id, int64_t org_id, const char *kind);

/* One answer; BODY is valid until the next call of the same test_hub. */
struct test_answer {
	int status;
	const char *body;
	const char *location; /* "" without */
	const char *type;
};

/* PERSON_ID 0 = nobody signed in. FORM is "a=b&c=%E5..." without CSRF token (it is added), NULL =
 * none. test_hub_json asks with Accept: application/json. */
struct test_answer test_hub_get(struct test_hub *th, int64_t person_id, const char *path);
struct test_answer test_hub_json(struct test_hub *th, int64_t person_id, const char *path);
struct test_answer test_hub_post(struct test_hub *th, int64_t person_id, const char *path,
				 const char *form);
/* As HTMX asks: HX-Request: true. */
struct test_answer test_hub_part(struct test_hub *th, int64_t person_id, const char *path);
/* A whole request of one's own (headers and body), for what the above cannot say. */
struct test_answer test_hub_raw(struct test_hub *th, const char *request);
uint16_t test_hub_port(const struct test_hub *th); /* of its server on 127.0.0.1 */
/* The Cookie header's value and the CSRF token of a person, for test_hub_raw. */
const char *test_hub_cookie(struct test_hub *th, int64_t person_id);
const char *test_hub_csrf(struct test_hub *th, int64_t person_id);

#endif
