/* SPDX-License-Identifier: Apache-2.0 */
/* Memory that is never NULL. */
#include "base/mem.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *check(void *p)
{
	if (!p) {
		static const char text[] = "out of memory\n";
		ssize_t n = write(STDERR_FILENO, text, sizeof(text) - 1);
		(void)n; /* nothing more can be done about it */
		abort();
	}
	return p;
}

void *mem_new(size_t size)
{
	return check(calloc(1, size ? size : 1));
}

void *mem_array(size_t n, size_t size)
{
	return check(calloc(n ? n : 1, size ? size : 1)); /* calloc checks the product */
}

void *mem_resize(void *p, size_t n, size_t size)
{
	size_t bytes;
	if (!size_mul(n, size, &bytes))
		return check(NULL);
	return check(realloc(p, bytes ? bytes : 1));
}

char *mem_strdup(const char *s)
{
	return s ? check(strdup(s)) : NULL;
}

char *mem_strndup(const char *s, size_t n)
{
	return s ? check(strndup(s, n)) : NULL;
}

void *mem_dup(const void *p, size_t n)
{
	void *copy = mem_new(n);
	if (n > 0)
		memcpy(copy, p, n);
	return copy;
}

bool size_add(size_t a, size_t b, size_t *out)
{
	size_t sum;
	if (__builtin_add_overflow(a, b, &sum))
		return false;
	*out = sum;
	return true;
}

bool size_mul(size_t a, size_t b, size_t *out)
{
	size_t product;
	if (__builtin_mul_overflow(a, b, &product))
		return false;
	*out = product;
	return true;
}

void mem_cleanup(void *pp)
{
	void *p;
	memcpy(&p, pp, sizeof(p)); /* PP is a pointer to a pointer of any type */
	free(p);
}

void fd_cleanup(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd); /* nothing to be done about a failure here */
	*fd = -1;
}
