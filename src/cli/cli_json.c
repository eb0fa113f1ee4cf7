/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the hub's answers with cJSON, which only this file of the command line knows. */
#include "cli/cli_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "base/mem.h"
#include "base/str.h"

static const cJSON *member(const cJSON *at, const char *path)
{
	struct str rest = str_of(path), name;
	char key[64];

	while (at && str_cut(&rest, '.', &name)) {
		str_copy(key, sizeof(key), name);
		at = cJSON_GetObjectItemCaseSensitive(at, key);
	}
	return at;
}

char *cli_json_text(const char *json, const char *path)
{
	cJSON *root = json ? cJSON_Parse(json) : NULL;
	const cJSON *v = root ? member(root, path) : NULL;
	char number[32], *out = NULL;

	if (cJSON_IsString(v)) {
		out = mem_strdup(v->valuestring);
	} else if (cJSON_IsNumber(v)) {
		(void)snprintf(number, sizeof(number), "%.0f", v->valuedouble);
		out = mem_strdup(number);
	}
	cJSON_Delete(root);
	return out;
}

int cli_json_each(const char *json, const char *path, void (*fn)(void *arg, const char *element),
		  void *arg)
{
	cJSON *root = json ? cJSON_Parse(json) : NULL;
	const cJSON *list = root ? member(root, path) : NULL;
	const cJSON *item;
	int n = 0;

	if (!cJSON_IsArray(list)) {
		cJSON_Delete(root);
		return -1;
	}
	cJSON_ArrayForEach(item, list)
	{
		char *text = cJSON_PrintUnformatted(item);
		fn(arg, text);
		free(text);
		n++;
	}
	cJSON_Delete(root);
	return n;
}
