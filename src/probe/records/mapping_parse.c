/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a mapping file: each row is checked, an error says which line and what to write instead. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "probe/records/mapping_priv.h"

struct named {
	const char *name;
	int value;
};

static const struct named field_keys[] = {
	{ "device", MAP_DEVICE },
	{ "device_port", MAP_DEVICE_PORT },
	{ "mac", MAP_MAC },
	{ "host", MAP_HOST },
	{ "peer", MAP_PEER },
	{ "peer_port", MAP_PEER_PORT },
	{ "proto", MAP_PROTO },
	{ "time", MAP_TIME },
	{ "date", MAP_DATE },
	{ "clock", MAP_CLOCK },
	{ "severity", MAP_SEVERITY },
	{ "what", MAP_WHAT },
	{ "id", MAP_ID },
	{ "class", MAP_CLASS },
	{ "technique", MAP_TECHNIQUE },
	{ "domain", MAP_DOMAIN },
	{ "url", MAP_URL },
	{ "file", MAP_FILE },
	{ "md5", MAP_MD5 },
	{ "sha1", MAP_SHA1 },
	{ "sha256", MAP_SHA256 },
};
static const struct named formats[] = {
	{ "any", FORMAT_ANY },   { "pairs", FORMAT_PAIRS }, { "cef", FORMAT_CEF },
	{ "leef", FORMAT_LEEF }, { "json", FORMAT_JSON },   { "text", FORMAT_TEXT },
};
static const struct named kinds[] = {
	{ "alarm", FOREIGN_ALARM }, { "dns", FOREIGN_DNS },   { "web", FOREIGN_HTTP },
	{ "file", FOREIGN_FILE },   { "flow", FOREIGN_FLOW },
};

struct parse {
	struct mapping *m;
	const char *file;
	unsigned line;
	struct err *e;
};

static const struct named *find(const struct named *list, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(list[i].name, name) == 0)
			return &list[i];
	}
	return NULL;
}

/* Ends the word inside of the text by a NUL. */
static char *word_end(char *p)
{
	while (*p && !isspace((unsigned char)*p))
		p++;
	if (*p)
		*p++ = 0;
	while (isspace((unsigned char)*p))
		p++;
	return p;
}

/* "FIELD in a, b", "FIELD has x", "FIELD there"; "not" before the test turns it round. */
static int read_test(const struct parse *p, char *value, struct mapping_when *out)
{
	char *op = word_end(value), *rest = word_end(op);
	struct mapping_when w = { .field = value };

	if (strcmp(op, "not") == 0) {
		w.no = true;
		op = rest;
		rest = word_end(op);
	}
	if (strcmp(op, "in") == 0 || strcmp(op, "is") == 0)
		w.test = TEST_IN;
	else if (strcmp(op, "has") == 0)
		w.test = TEST_HAS;
	else if (strcmp(op, "there") == 0)
		w.test = TEST_THERE;
	else
		return err_set(p->e, -EINVAL,
			       "%s:%u: a condition is \"FIELD in A, B\", \"FIELD has TEXT\" or "
			       "\"FIELD there\"",
			       p->file, p->line);
	w.values = str_of(rest);
	if ((w.test == TEST_THERE) != (rest[0] == 0))
		return err_set(p->e, -EINVAL, "%s:%u: the condition on \"%s\" lacks its values",
			       p->file, p->line, value);
	*out = w;
	return 0;
}

static int read_when(const struct parse *p, char *value)
{
	if (p->m->n_when == MAPPING_WHEN_MAX)
		return err_set(p->e, -ELIMIT, "%s:%u: more than %d rows \"when\"", p->file, p->line,
			       MAPPING_WHEN_MAX);
	return read_test(p, value, &p->m->when[p->m->n_when++]);
}

static int read_points(const struct parse *p, const char *which, const char *value)
{
	struct mapping_points row = { .value = which };
	struct str high = str_of(which), low;

	if (str_double(str_of(value), 0, 100, &row.points) < 0)
		return err_set(p->e, -EINVAL,
			       "%s:%u: points are a number from 0 to 100, not \"%s\"", p->file,
			       p->line, value);
	if (p->m->n_points == MAPPING_POINTS_MAX)
		return err_set(p->e, -ELIMIT, "%s:%u: more than %d rows \"points\"", p->file,
			       p->line, MAPPING_POINTS_MAX);
	row.range = str_cut(&high, '-', &low) && str_double(low, -1e9, 1e9, &row.low) == 0 &&
		    str_double(high, -1e9, 1e9, &row.high) == 0;
	p->m->points[p->m->n_points++] = row;
	return 0;
}

static int read_choice(const struct parse *p, const struct named *list, size_t n, const char *key,
		       const char *value)
{
	const struct named *c = find(list, n, value);

	if (!c)
		return err_set(p->e, -EINVAL, "%s:%u: \"%s\" is not \"%s\"", p->file, p->line, key,
			       value);
	return c->value;
}

static int read_row(const struct parse *p, const char *key, char *value)
{
	struct mapping *m = p->m;
	const struct named *field = find(field_keys, ARRAY_LEN(field_keys), key);
	int r = 0;

	if (field) {
		m->fields[field->value] = str_of(value);
	} else if (strcmp(key, "name") == 0) {
		m->name = value;
	} else if (strcmp(key, "when") == 0) {
		r = read_when(p, value);
	} else if (strncmp(key, "points.", 7) == 0) {
		r = read_points(p, key + 7, value);
	} else if (strcmp(key, "blocked") == 0) {
		r = read_test(p, value, &m->blocked);
	} else if (strcmp(key, "compromise") == 0) {
		r = read_test(p, value, &m->compromise);
	} else if (strcmp(key, "format") == 0) {
		r = read_choice(p, formats, ARRAY_LEN(formats), key, value);
		m->format = r < 0 ? FORMAT_ANY : (enum record_format)r;
	} else if (strcmp(key, "kind") == 0) {
		r = read_choice(p, kinds, ARRAY_LEN(kinds), key, value);
		m->kind = r < 0 ? FOREIGN_ALARM : (enum foreign_kind)r;
	} else {
		r = err_set(p->e, -EINVAL, "%s:%u: there is no key \"%s\" in a mapping", p->file,
			    p->line, key);
	}
	return r < 0 ? r : 0;
}

static char *trim(char *p)
{
	char *end = p + strlen(p);

	while (end > p && isspace((unsigned char)end[-1]))
		*--end = 0;
	while (isspace((unsigned char)*p))
		p++;
	return p;
}

static int read_line(const struct parse *p, char *line)
{
	line = trim(line);
	if (!line[0] || line[0] == '#')
		return 0;
	char *eq = strchr(line, '=');
	if (!eq)
		return err_set(p->e, -EINVAL, "%s:%u: the row is not \"key = value\"", p->file,
			       p->line);
	*eq = 0;
	char *key = trim(line), *value = trim(eq + 1);
	if (!value[0] || strlen(value) >= FIELD_NAME_MAX)
		return err_set(p->e, -EINVAL, "%s:%u: \"%s\" has no value, or too long a one",
			       p->file, p->line, key);
	return read_row(p, key, value);
}

static int check(const struct parse *p)
{
	const struct mapping *m = p->m;

	if (!m->name[0])
		return err_set(p->e, -EINVAL, "%s: the mapping has no \"name\"", p->file);
	if (m->fields[MAP_DEVICE].n == 0 && m->fields[MAP_MAC].n == 0 && m->fields[MAP_HOST].n == 0)
		return err_set(p->e, -EINVAL,
			       "%s: the mapping names no \"device\", \"mac\" or \"host\"", p->file);
	if (m->kind == FOREIGN_ALARM && (m->fields[MAP_WHAT].n == 0 || m->n_points == 0))
		return err_set(p->e, -EINVAL, "%s: the mapping has no \"what\" or no \"points\"",
			       p->file);
	return 0;
}

int mapping_parse(const char *name, struct str text, struct mapping **out, struct err *e)
{
	struct mapping *m = mem_new(sizeof(*m));
	struct parse p = { .m = m, .file = name, .e = e };
	int r = 0;

	m->kind = FOREIGN_ALARM;
	m->name = "";
	m->text = mem_strndup(text.p, text.n);
	for (char *line = m->text, *next; r >= 0 && line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = 0;
		p.line++;
		r = read_line(&p, line);
	}
	if (r >= 0)
		r = check(&p);
	if (r < 0) {
		mapping_free(m);
		return r;
	}
	*out = m;
	return 0;
}
