/* SPDX-License-Identifier: Apache-2.0 */
/* Tables made from the TSV files in data/ at build time: facts that change without the code. */
#ifndef HUB_MEMBERS_MEMBERS_DATA_H
#define HUB_MEMBERS_MEMBERS_DATA_H

#include <stddef.h>
#include <stdint.h>

#include "hub/members/members.h"

struct price_cap {
	int class;
	const char *type;
	int64_t base_yen, device_yen; /* cap = base + device x devices; -1 = none */
	int64_t devices_min;
	int64_t valid_from_us, valid_to_us;
	const char *source;
};

struct industry {
	const char *letter, *name, *name_en;
};

extern const struct prefecture members_prefecture_table[];
extern const size_t members_prefecture_table_n;
extern const struct price_cap members_price_cap_table[];
extern const size_t members_price_cap_table_n;
extern const struct industry members_industry_table[];
extern const size_t members_industry_table_n;

const struct industry *members_industry(const char *letter); /* NULL when there is none */

#endif
