/* SPDX-License-Identifier: Apache-2.0 */
/* The table of failures of PostgreSQL. How one is noticed: store_pg.c. */
#include "store/pg_error.h"

#include <errno.h>

#include "base/mem.h"
#include "base/str.h"

struct code_row {
	const char *sqlstate; /* or its first two letters */
	int code;
	const char *format;
};

static const struct code_row codes[] = {
	{ "23505", -EEXIST, "another record is in the way: %s" },
	{ "23503", -EEXIST, "another record is in the way: %s" },
	{ "23", -EINVAL, "the database refuses the value: %s" },
	{ "22", -EINVAL, "the database refuses the value: %s" },
	{ "40", -EAGAIN, "the database is busy: %s" },
	{ "55P03", -EAGAIN, "the database is busy: %s" },
	{ "53100", -ENOSPC, "no room left for the database: %s" },
	{ "53", -EAGAIN, "the database is busy: %s" },
	{ "54", -E2BIG, "too large for the database: %s" },
	{ "25006", -EROFS, "the database cannot be written here: %s" },
	{ "42501", -EDENIED, "the database denies it: %s" },
	{ "42", -EINVAL, "SQL: %s" },
	{ "08", -ECLOSED, "the database server is gone: %s" },
	{ "57P", -ECLOSED, "the database server is gone: %s" },
	{ "58", -EIO, "the database file cannot be read or written: %s" },
	{ "XX", -EFORMAT, "the database file is damaged: %s" },
};

int pg_error(const char *sqlstate, const char *text, struct err *e)
{
	for (size_t i = 0; sqlstate && i < ARRAY_LEN(codes); i++)
		if (str_starts(str_of(sqlstate), str_of(codes[i].sqlstate)))
			return err_set(e, codes[i].code, codes[i].format, text);
	return err_set(e, -EIO, "the database: %s", text);
}
