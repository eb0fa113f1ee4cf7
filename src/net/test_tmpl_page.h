/* SPDX-License-Identifier: Apache-2.0 */
/* The model of the templates that test_tmpl.c renders. */
#ifndef NET_TEST_TMPL_PAGE_H
#define NET_TEST_TMPL_PAGE_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "net/tmpl.h"

struct test_tmpl_row {
	char name[32];
	size_t count;
	const char *url;
};

struct test_tmpl_page {
	const char *title;
	struct str part;
	struct html html;
	const struct test_tmpl_row *rows;
	size_t n_rows;
	const struct test_tmpl_row *chosen;
};

#endif
