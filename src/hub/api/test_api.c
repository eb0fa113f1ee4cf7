/* SPDX-License-Identifier: Apache-2.0 */
/* The description leaves no route out, names none that is not there, and is well formed. */
#include <string.h>

#include "base/mem.h"
#include "base/test.h"
#include "hub/api/api.h"
#include "hub/hub_core.h"
#include "hub/test_hub.h"

static bool there(const struct api_row *row)
{
	for (size_t i = 0; hub_features[i]; i++)
		for (size_t k = 0; k < hub_features[i]->n_routes; k++)
			if (strcmp(hub_features[i]->routes[k].method, row->method) == 0 &&
			    strcmp(hub_features[i]->routes[k].pattern, row->pattern) == 0)
				return true;
	return false;
}

static void every_route_has_a_row(void **state)
{
	int missing = 0;

	(void)state;
	for (size_t i = 0; hub_features[i]; i++) {
		for (size_t k = 0; k < hub_features[i]->n_routes; k++) {
			const struct route *r = &hub_features[i]->routes[k];
			const struct api_row *row = api_row_find(r->method, r->pattern);
			if (row && row->summary[LANG_EN][0])
				continue;
			print_error("no row in data/api.tsv: %s %s\n", r->method, r->pattern);
			missing++;
		}
	}
	assert_int_equal(missing, 0);
}

static void every_row_has_a_route(void **state)
{
	(void)state;
	for (size_t i = 0; i < api_table_n; i++)
		if (!there(&api_table[i]))
			fail_msg("no such route: %s %s", api_table[i].method, api_table[i].pattern);
}

/* What is missing here is said by tools/apic.py --check. */
static void everything_is_said_in_both_languages(void **state)
{
	int missing = 0;

	(void)state;
	for (size_t i = 0; i < api_table_n; i++) {
		const struct api_row *r = &api_table[i];
		for (int l = 0; l < LANG_COUNT && !api_row_is_page(r); l++) {
			missing += !r->summary[l] || !r->summary[l][0] || !r->tag[l][0];
			for (size_t k = 0; k < r->n_parts; k++) {
				const char *name = r->parts[k].name;
				bool any = name[strlen(name) - 1] == '*';
				missing += !any && !r->parts[k].text[l][0];
			}
		}
		if (missing)
			fail_msg("%s %s is not said in both languages", r->method, r->pattern);
	}
}

static void it_is_read_by_people_and_programs(struct test_hub *th)
{
	int64_t desk = test_hub_person(th, th->consortium_id, ROLE_DESK, "api.desk");
	struct test_answer a = test_hub_get(th, desk, "/api");

	assert_int_equal(a.status, 200);
	assert_non_null(strstr(a.body, "/cases/{number}/close"));
	assert_null(strstr(a.body, "/orders/{id}/end"));
	a = test_hub_get(th, desk, "/api?of=response");
	assert_non_null(strstr(a.body, "/orders/{id}/end"));
	a = test_hub_get(th, desk, "/api?of=nothing");
	assert_int_equal(a.status, 200);
	a = test_hub_json(th, desk, "/api/openapi.json");
	assert_int_equal(a.status, 200);
	assert_non_null(strstr(a.body, "\"openapi\":\"3.1.0\""));
	assert_non_null(strstr(a.body, "\"operationId\":\"post_cases_number_close\""));
	assert_null(strstr(a.body, "/account/password"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_route_has_a_row),
		cmocka_unit_test(every_row_has_a_route),
		cmocka_unit_test(everything_is_said_in_both_languages),
		ON_BOTH(it_is_read_by_people_and_programs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
