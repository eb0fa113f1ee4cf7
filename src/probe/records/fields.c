/* SPDX-License-Identifier: Apache-2.0 */
/* The list of names and texts. How JSON gets into it: fields_json.c. */
#include "probe/records/fields.h"

#include <string.h>

void fields_clear(struct fields *f)
{
	f->n = f->used = 0;
}

/* Room for N bytes and a NUL, or NULL. */
static char *room(struct fields *f, size_t n)
{
	if (n + 1 > sizeof(f->text) - f->used)
		return NULL;
	char *p = f->text + f->used;
	f->used += n + 1;
	p[n] = 0;
	return p;
}

static void clean(char *p, size_t n)
{
	bool valid = utf8_valid(p, n);

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)p[i];
		if (c < 0x20 || c == 0x7f || (c >= 0x80 && !valid))
			p[i] = c == '\t' || c == '\n' || c == '\r' ? ' ' : '?';
	}
}

void fields_add(struct fields *f, struct str name, struct str value)
{
	char cut[FIELD_VALUE_MAX];

	if (f->n == FIELDS_MAX || name.n == 0 || name.n >= FIELD_NAME_MAX) {
		f->cut++;
		return;
	}
	(void)str_copy(cut, sizeof(cut), value); /* cut is fine */
	size_t n = strlen(cut), before = f->used;
	char *key = room(f, name.n), *text = key ? room(f, n) : NULL;
	if (!text) {
		f->used = before;
		f->cut++;
		return;
	}
	memcpy(key, name.p, name.n);
	memcpy(text, cut, n);
	clean(key, name.n);
	clean(text, n);
	f->field[f->n++] = (struct field){ .name = key, .value = text, .name_len = name.n };
}

const char *fields_find(const struct fields *f, const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < f->n; i++) {
		if (f->field[i].name_len == n && memcmp(f->field[i].name, name, n) == 0)
			return f->field[i].value;
	}
	return NULL;
}

const char *fields_get(const struct fields *f, const char *name)
{
	const char *v = fields_find(f, name);

	return v ? v : "";
}

const char *fields_first(const struct fields *f, const char *const *names)
{
	for (; *names; names++) {
		const char *v = fields_get(f, *names);
		if (v[0])
			return v;
	}
	return "";
}

bool fields_has(const struct fields *f, const char *name)
{
	return fields_find(f, name) != NULL;
}

int64_t fields_number(const struct fields *f, const char *name)
{
	int64_t v = 0;

	return str_i64(str_of(fields_get(f, name)), INT64_MIN, INT64_MAX, &v) < 0 ? 0 : v;
}
