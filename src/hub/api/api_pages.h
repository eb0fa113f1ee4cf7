/* SPDX-License-Identifier: Apache-2.0 */
/* Model of this feature's template. */
#ifndef HUB_API_API_PAGES_H
#define HUB_API_API_PAGES_H

#include <stddef.h>

struct api_line {
	const char *method, *pattern, *fields, *summary;
};
struct api_page {
	const char *url;
	const struct api_line *lines;
	size_t n_lines;
};

#endif
