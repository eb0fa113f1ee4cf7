/* SPDX-License-Identifier: Apache-2.0 */
/* The host that a plain HTTP request is for. */
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "probe/dissect/greeting.h"

enum { LINES_MAX = 48 };

static bool name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

/* The name before a port; false where there is an odd letter in it, none, or too many. */
static bool host_keep(struct str s, char out[GREETING_NAME_MAX])
{
	size_t n = 0;

	if (s.n >= GREETING_NAME_MAX)
		return false;
	for (; n < s.n && s.p[n] != ':'; n++) {
		char c = s.p[n] >= 'A' && s.p[n] <= 'Z' ? (char)(s.p[n] + 32) : s.p[n];
		if (!name_char(c))
			return false;
		out[n] = c;
	}
	out[n] = '\0';
	return n > 0;
}

/* The next line, without its CR LF; false where it ends otherwise. */
static bool line_next(struct str *rest, struct str *out)
{
	const char *end = rest->n ? memchr(rest->p, '\n', rest->n) : NULL;

	if (!end || end == rest->p || end[-1] != '\r')
		return false;
	*out = (struct str){ rest->p, (size_t)(end - rest->p) - 1 };
	*rest = (struct str){ end + 1, rest->n - out->n - 2 };
	return true;
}

static bool asks_for_path(struct str line)
{
	const struct str version = STR(" HTTP/1.");
	bool method = str_starts(line, STR("GET /")) || str_starts(line, STR("POST /")) ||
		      str_starts(line, STR("HEAD /"));

	return method && line.n >= version.n + 6 &&
	       memcmp(line.p + line.n - version.n - 1, version.p, version.n) == 0;
}

static bool is_host(struct str line)
{
	return line.n > 6 && (line.p[0] | 32) == 'h' && line.p[4] == ':' &&
	       str_eq_nocase((struct str){ line.p, 5 }, STR("host:"));
}

bool greeting_http(struct rd p, struct greeting *out)
{
	struct str rest = { (const char *)p.p, p.n }, line, host = { 0 };

	if (!line_next(&rest, &line) || !asks_for_path(line))
		return false;
	for (int i = 0; i < LINES_MAX && line_next(&rest, &line); i++) {
		if (line.n == 0)
			return rest.n == 0 && host.n > 0 && host_keep(host, out->name);
		if (!is_host(line))
			continue;
		if (host.n > 0 || line.p[5] != ' ')
			return false;
		host = (struct str){ line.p + 6, line.n - 6 };
	}
	return false;
}
