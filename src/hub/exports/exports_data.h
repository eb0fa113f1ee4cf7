/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of this feature, written by the build from data/. */
#ifndef HUB_EXPORTS_EXPORTS_DATA_H
#define HUB_EXPORTS_EXPORTS_DATA_H

#include <stddef.h>
#include <stdint.h>

struct veris_map { /* data/veris_map.tsv */
	const char *kind, *incident, *action, *variety, *vector, *target, *motive, *asset;
	const char *attribute, *attribute_variety;
};
extern const struct veris_map veris_map_table[];
extern const size_t veris_map_table_n;

#endif
