/* SPDX-License-Identifier: Apache-2.0 */
/* The 47 prefectures: looking them up. The table: data/prefectures.tsv. */
#include "hub/members/members_data.h"

const struct prefecture *members_prefectures(size_t *n_out)
{
	*n_out = members_prefecture_table_n;
	return members_prefecture_table;
}

const struct prefecture *members_prefecture(int code)
{
	for (size_t i = 0; i < members_prefecture_table_n; i++)
		if (members_prefecture_table[i].code == code)
			return &members_prefecture_table[i];
	return NULL;
}

const char *members_prefecture_name(int code, enum lang lang)
{
	const struct prefecture *p = members_prefecture(code);

	if (!p)
		return "";
	return lang == LANG_JA ? p->name : p->name_en;
}
