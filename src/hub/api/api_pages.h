/* SPDX-License-Identifier: Apache-2.0 */
/* Model of this feature's template. */
#ifndef HUB_API_API_PAGES_H
#define HUB_API_API_PAGES_H

#include <stdbool.h>
#include <stddef.h>

struct api_tab {
	const char *feature, *text;
	int n;
	bool current;
};
struct api_field {
	const char *name, *type, *limits, *text;
	const char *where_key;
	bool need;
};
struct api_line {
	const char *method, *pattern, *id, *roles, *summary;
	struct api_field *asked, *answered;
	size_t n_asked, n_answered;
};
struct api_page {
	const char *url, *of;
	struct api_tab *tabs;
	size_t n_tabs;
	const struct api_line *lines;
	size_t n_lines;
};

#endif
