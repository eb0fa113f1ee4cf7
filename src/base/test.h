/* SPDX-License-Identifier: Apache-2.0 */
/* What every unit test includes: cmocka and a temporary folder. Only for test_*.c. */
#ifndef BASE_TEST_H
#define BASE_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/file.h"

enum { TEST_DIR_MAX = 64, TEST_SKIPPED = 77 /* exit code: the reason is on standard output */ };

/* A new folder under /tmp; remove it with test_dir_free. */
static inline void test_dir_new(char out[TEST_DIR_MAX])
{
	(void)snprintf(out, TEST_DIR_MAX, "/tmp/otasuke-test-XXXXXX");
	assert_non_null(mkdtemp(out));
}

static inline void test_dir_free(const char *dir)
{
	assert_int_equal(dir_remove_all(dir, NULL), 0);
}

#endif
