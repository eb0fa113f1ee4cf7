/* SPDX-License-Identifier: Apache-2.0 */
/* Encodes parameters. Which statement they belong to: store_pg.c. */
#include "store/pg_binds.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void pg_binds_init(struct pg_binds *p, size_t n)
{
	*p = (struct pg_binds){ .n = n };
	p->types = mem_array(n + 1, sizeof(*p->types));
	p->values = mem_array(n + 1, sizeof(*p->values));
	p->lengths = mem_array(n + 1, sizeof(*p->lengths));
	p->formats = mem_array(n + 1, sizeof(*p->formats));
	p->words = mem_array(n + 1, sizeof(*p->words));
}

void pg_binds_done(struct pg_binds *p)
{
	free(p->types);
	free(p->values);
	free(p->lengths);
	free(p->formats);
	free(p->words);
}

static unsigned type_of(const struct dbv *v)
{
	switch (v->type) {
	case DBV_NULL:
		return PG_ANY;
	case DBV_INT:
		return PG_INT8;
	case DBV_DOUBLE:
		return PG_FLOAT8;
	case DBV_TEXT:
		return PG_TEXT;
	case DBV_BLOB:
		return PG_BYTEA;
	}
	return PG_ANY;
}

static const struct dbv *value_at(const struct binds *b, size_t i)
{
	return i < b->n_args ? &b->args[i] : &b->scope[i - b->n_args];
}

bool pg_binds_learn(struct pg_binds *p, const struct binds *b)
{
	bool changed = false;

	for (size_t i = 0; i < p->n; i++) {
		unsigned type = type_of(value_at(b, i));
		if (type == PG_ANY || type == p->types[i])
			continue;
		if (type == PG_INT8 && p->types[i] == PG_FLOAT8)
			continue; /* sent as a double */
		p->types[i] = type;
		changed = true;
	}
	return changed;
}

static void encode_number(struct pg_binds *p, size_t i, const struct dbv *v)
{
	double d = v->type == DBV_INT ? (double)v->i : v->d;
	uint64_t bits = (uint64_t)v->i;

	if (p->types[i] == PG_FLOAT8)
		memcpy(&bits, &d, sizeof(bits));
	p->words[i] = htobe64(bits);
	p->values[i] = (const char *)&p->words[i];
	p->lengths[i] = sizeof(p->words[i]);
}

int pg_binds_encode(struct pg_binds *p, const struct binds *b, struct err *e)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct dbv *v = value_at(b, i);
		p->formats[i] = 1;
		if (v->type == DBV_NULL) {
			p->values[i] = NULL;
		} else if (v->type == DBV_INT || v->type == DBV_DOUBLE) {
			encode_number(p, i, v);
		} else {
			if (v->n > INT32_MAX)
				return err_set(e, -E2BIG, "too large for the database: %s",
					       "a value above 2 GiB");
			p->values[i] = v->n > 0 ? v->p : "";
			p->lengths[i] = (int)v->n;
		}
	}
	return 0;
}
