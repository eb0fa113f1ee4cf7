/* SPDX-License-Identifier: Apache-2.0 */
/* Stored values as pages show them: keys of texts, choices of selects, telephone numbers. */
#include <errno.h>
#include <stdio.h>

#include "base/mem.h"
#include "hub/members/members_data.h"
#include "hub/members/members_pages.h"

struct word {
	const char *stored, *key;
};

static const char *key_of(const struct word *words, size_t n, const char *stored)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(words[i].stored, stored) == 0)
			return words[i].key;
	return "members.unknown";
}

const char *members_view_relation_key(const char *kind)
{
	static const struct word words[] = {
		{ "self", "members.relation.self" },       { "desk", "members.relation.desk" },
		{ "vendor", "members.relation.vendor" },   { "it", "members.relation.it" },
		{ "insurer", "members.relation.insurer" },
	};
	return key_of(words, ARRAY_LEN(words), kind);
}

const char *members_view_contract_key(const char *type)
{
	static const struct word words[] = {
		{ "network", "members.contract.network" },
		{ "endpoint", "members.contract.endpoint" },
		{ "combined", "members.contract.combined" },
	};
	return key_of(words, ARRAY_LEN(words), type);
}

const char *members_view_consent_key(const char *data_class)
{
	static const struct word words[] = {
		{ "header_only", "members.consent.header_only" },
		{ "url", "members.consent.url" },
		{ "dns", "members.consent.dns" },
		{ "file_hash", "members.consent.file_hash" },
		{ "payload_sample", "members.consent.payload_sample" },
		{ "remote_access", "members.consent.remote_access" },
	};
	return key_of(words, ARRAY_LEN(words), data_class);
}

static size_t first_option(struct call *c, const char *first_key, struct members_option *out)
{
	if (!first_key)
		return 0;
	*out = (struct members_option){ "", text_get(c->hub->text, c->lang, first_key) };
	return 1;
}

const struct members_option *members_view_prefectures(struct call *c, const char *first_key,
						      size_t *n_out)
{
	size_t n_places;
	const struct prefecture *p = members_prefectures(&n_places);
	struct members_option *list = arena_array(c->arena, n_places + 1, sizeof(*list));
	size_t n = first_option(c, first_key, list);

	for (size_t i = 0; i < n_places; i++)
		list[n++] = (struct members_option){
			arena_printf(c->arena, "%d", p[i].code),
			members_prefecture_name(p[i].code, c->lang),
		};
	*n_out = n;
	return list;
}

const struct members_option *members_view_industries(struct call *c, const char *first_key,
						     size_t *n_out)
{
	struct members_option *list =
		arena_array(c->arena, members_industry_table_n + 1, sizeof(*list));
	size_t n = first_option(c, first_key, list);

	for (size_t i = 0; i < members_industry_table_n; i++) {
		const struct industry *x = &members_industry_table[i];

		list[n++] = (struct members_option){
			x->letter,
			arena_printf(c->arena, "%s %s", x->letter,
				     c->lang == LANG_JA ? x->name : x->name_en),
		};
	}
	*n_out = n;
	return list;
}

const char *members_view_phone(struct call *c, const char *e164)
{
	char shown[32];

	members_phone_format(e164, shown);
	return arena_strdup(c->arena, shown);
}

const char *members_view_postal(struct call *c, const char *code)
{
	return strlen(code) == 7 ? arena_printf(c->arena, "%.3s-%s", code, code + 3) : code;
}
