/* SPDX-License-Identifier: Apache-2.0 */
/* The program's own short list of known-good services (data/known_good.tsv). Private to this
 * feature. */
#ifndef HUB_INTEL_INTEL_GOOD_H
#define HUB_INTEL_INTEL_GOOD_H

#include <stddef.h>

struct intel_good_word {
	const char *way; /* same below net */
	const char *value, *what;
};
extern const struct intel_good_word intel_good_table[];
extern const size_t intel_good_table_n;

#endif
