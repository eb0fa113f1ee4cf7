/* SPDX-License-Identifier: Apache-2.0 */
/* Zeek's tab-separated logs: the head names the columns, then each line is a record. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "probe/records/zeek.h"

bool zeek_head_line(struct zeek_head *h, struct str line)
{
	static const char *const others[] = { "#separator", "#set_separator", "#types", "#open",
					      "#close" };
	struct str name;

	str_cut(&line, '\t', &name);
	if (str_eq(name, STR("#fields"))) {
		h->fields[0] = 0;
		if (line.n + 2 < sizeof(h->fields)) /* else its lines are not understood */
			(void)snprintf(h->fields, sizeof(h->fields), "\t%.*s", (int)line.n, line.p);
		return true;
	}
	if (str_eq(name, STR("#path")))
		return str_copy(h->path, sizeof(h->path), line);
	if (str_eq(name, STR("#empty_field")))
		return str_copy(h->empty, sizeof(h->empty), line);
	if (str_eq(name, STR("#unset_field")))
		return str_copy(h->unset, sizeof(h->unset), line);
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		if (str_starts(name, str_of(others[i])))
			return true;
	}
	return false;
}

/* A vector is a list with commas; its first is what readers ask for. */
static void column_add(const struct zeek_head *h, struct fields *f, struct str name,
		       struct str value)
{
	static const char *const lists[] = { "tx_hosts", "rx_hosts", "sources", "cert_chain_fps" };
	char text[FIELD_NAME_MAX];

	if (str_eq(value, str_of(h->unset)) || str_eq(value, str_of(h->empty)))
		return;
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		if (!str_eq(name, str_of(lists[i])))
			continue;
		int n = snprintf(text, sizeof(text), "%s.0", lists[i]);
		struct str rest = value;
		str_cut(&rest, ',', &value);
		fields_add(f, (struct str){ text, (size_t)n }, value);
		return;
	}
	fields_add(f, name, value);
}

int zeek_columns(const struct zeek_head *h, struct str line, struct fields *f, struct err *e)
{
	struct str names = str_of(h->fields + (h->fields[0] == '\t')), name, value;

	while (str_cut(&names, '\t', &name)) {
		if (!str_cut(&line, '\t', &value))
			return err_set(e, -EFORMAT,
				       "the line has fewer columns than \"#fields\" names");
		column_add(h, f, name, value);
	}
	if (line.n > 0)
		return err_set(e, -EFORMAT, "the line has more columns than \"#fields\" names");
	if (h->path[0])
		fields_add(f, STR("_path"), str_of(h->path));
	return 0;
}
