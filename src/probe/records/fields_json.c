/* SPDX-License-Identifier: Apache-2.0 */
/* JSON into fields, with cJSON, which only this file of the pipeline knows. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "probe/records/fields.h"

#define WHOLE_MAX 9007199254740992.0 /* 2^53: beyond it a double is not exact */

/* cJSON walks down by recursion: how deep is known before it begins. */
static bool too_deep(struct str s)
{
	size_t depth = 0;
	bool quoted = false;

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (quoted && c == '\\')
			i++;
		else if (c == '"')
			quoted = !quoted;
		else if (!quoted && (c == '{' || c == '['))
			depth++;
		else if (!quoted && (c == '}' || c == ']') && depth > 0)
			depth--;
		if (depth > JSON_DEPTH_MAX)
			return true;
	}
	return false;
}

static void number_add(struct fields *f, struct str name, double v)
{
	char text[40];

	if (!isfinite(v))
		return;
	bool whole = v >= -WHOLE_MAX && v <= WHOLE_MAX && v == floor(v); /* NOLINT */
	int n = snprintf(text, sizeof(text), whole ? "%.0f" : "%.6g", v);
	if (!whole && fabs(v) < WHOLE_MAX)
		n = snprintf(text, sizeof(text), "%.6f", v);
	fields_add(f, name, (struct str){ .p = text, .n = (size_t)n });
}

static void walk(struct fields *f, const cJSON *at, char *path, size_t used)
{
	const cJSON *item;
	int i = 0;

	cJSON_ArrayForEach(item, at)
	{
		size_t left = FIELD_NAME_MAX - used;
		int n = cJSON_IsArray(at) ? snprintf(path + used, left, "%d", i++)
					  : snprintf(path + used, left, "%s", item->string);
		if (n < 0 || (size_t)n + 2 > left) {
			f->cut++;
			continue;
		}
		struct str name = { .p = path, .n = used + (size_t)n };
		if (cJSON_IsObject(item) || cJSON_IsArray(item)) {
			path[name.n] = '.';
			walk(f, item, path, name.n + 1);
		} else if (cJSON_IsString(item)) {
			fields_add(f, name, str_of(item->valuestring));
		} else if (cJSON_IsNumber(item)) {
			number_add(f, name, item->valuedouble);
		} else if (cJSON_IsBool(item)) {
			fields_add(f, name, cJSON_IsTrue(item) ? STR("true") : STR("false"));
		}
	}
}

int fields_json(struct fields *f, struct str line, struct err *e)
{
	char path[FIELD_NAME_MAX];
	const char *end = NULL;

	if (line.n > RECORD_LINE_MAX)
		return err_set(e, -ELIMIT, "the line is longer than %d bytes", RECORD_LINE_MAX);
	if (too_deep(line))
		return err_set(e, -ELIMIT, "the JSON is nested deeper than %d", JSON_DEPTH_MAX);
	cJSON *root = cJSON_ParseWithLengthOpts(line.p, line.n, &end, false);
	struct str rest = { .p = end, .n = end ? (size_t)(line.p + line.n - end) : 0 };
	bool whole = cJSON_IsObject(root) && str_trim(rest).n == 0;
	if (whole)
		walk(f, root, path, 0);
	cJSON_Delete(root);
	return whole ? 0 : err_set(e, -EFORMAT, "the line is no JSON object");
}
