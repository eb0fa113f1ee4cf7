/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the hub's answers. */
#ifndef CLI_CLI_JSON_H
#define CLI_CLI_JSON_H

#include <stddef.h>
#include <stdint.h>

/* The text (or number, as text) at PATH, members parted by dots; the caller frees. NULL when there
 * is none or JSON is no JSON. */
char *cli_json_text(const char *json, const char *path);

/* Calls FN with each element of the list at PATH ("" = the top), as JSON of its own. The number of
 * elements, or -1 when there is no list. */
int cli_json_each(const char *json, const char *path, void (*fn)(void *arg, const char *element),
		  void *arg);

#endif
