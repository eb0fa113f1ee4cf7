/* SPDX-License-Identifier: Apache-2.0 */
/* The major groups of the Japanese standard industrial classification. The table:
 * data/industries.tsv. */
#include <string.h>

#include "hub/members/members_data.h"

const struct industry *members_industry(const char *letter)
{
	for (size_t i = 0; i < members_industry_table_n; i++)
		if (strcmp(members_industry_table[i].letter, letter) == 0)
			return &members_industry_table[i];
	return NULL;
}

const char *members_industry_name(const char *letter, enum lang lang)
{
	const struct industry *x = members_industry(letter);

	if (!x)
		return "";
	return lang == LANG_JA ? x->name : x->name_en;
}
