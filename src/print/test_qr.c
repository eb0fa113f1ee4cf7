/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of qr.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "print/qr.h"

enum { SIZE = 21, QUIET = 4 }; /* of version 1 */

/* The dark modules that the path draws. */
static void draw(const char *svg, char m[SIZE][SIZE])
{
	const char *p = strstr(svg, "fill=\"#000\" d=\"");
	int x, y, n, used;

	assert_non_null(p);
	p += strlen("fill=\"#000\" d=\"");
	while (sscanf(p, "M%d %dh%dv1h-%*dz%n", &x, &y, &n, &used) == 3) {
		assert_in_range(x, QUIET, QUIET + SIZE - n);
		assert_in_range(y, QUIET, QUIET + SIZE - 1);
		for (int i = 0; i < n; i++)
			m[y - QUIET][x - QUIET + i] = 1;
		p += used;
	}
	assert_string_equal(p, "\"/></svg>");
}

static void the_corners_are_where_readers_look(void **state)
{
	(void)state;
	SCOPED_BUF struct buf svg = { 0 };
	char m[SIZE][SIZE] = { 0 };

	assert_int_equal(qr_svg("otasuke", &svg, NULL), 0);
	assert_non_null(strstr(svg.p, "viewBox=\"0 0 29 29\""));
	draw(svg.p, m);
	for (int i = 0; i < 7; i++) {
		assert_int_equal(m[0][i], 1);            /* top left, outer ring */
		assert_int_equal(m[6][SIZE - 1 - i], 1); /* top right */
		assert_int_equal(m[SIZE - 1][i], 1);     /* bottom left */
	}
	assert_int_equal(m[1][1], 0);
	assert_int_equal(m[3][3], 1);
	for (int i = 8; i < SIZE - 8; i++)
		assert_int_equal(m[6][i], i % 2 == 0); /* timing pattern */
}

static void it_holds_an_enrolment_address(void **state)
{
	(void)state;
	SCOPED_BUF struct buf svg = { 0 };

	assert_int_equal(qr_svg("otasuke://hub.example:8444/?code=AB12C-DE34F-GH56J&ca="
				"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
				&svg, NULL),
			 0);
	assert_true(svg.n > 1000 && svg.n < 30000);
}

static void nothing_and_too_much_are_refused(void **state)
{
	(void)state;
	SCOPED_BUF struct buf svg = { 0 };
	char text[1002];
	struct err e = { 0 };

	memset(text, 'a', sizeof(text));
	text[1001] = '\0';
	assert_int_equal(qr_svg("", &svg, &e), -ELIMIT);
	assert_int_equal(qr_svg(text, &svg, &e), -ELIMIT);
	text[1000] = '\0';
	assert_int_equal(qr_svg(text, &svg, &e), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_corners_are_where_readers_look),
		cmocka_unit_test(it_holds_an_enrolment_address),
		cmocka_unit_test(nothing_and_too_much_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
