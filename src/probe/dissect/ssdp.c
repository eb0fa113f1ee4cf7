/* SPDX-License-Identifier: Apache-2.0 */
/* SSDP, line by line. */
#include "probe/dissect/ssdp.h"

#include "base/err.h"
#include "base/str.h"

/* uuid:<device>::<service>; the device's part is kept. */
static void uuid_copy(char *out, struct str usn)
{
	size_t n = 0;

	if (usn.n < 5 || !str_eq_nocase((struct str){ usn.p, 5 }, STR("uuid:")))
		return;
	for (size_t i = 5; i < usn.n && n + 1 < SSDP_UUID_MAX; i++) {
		char c = usn.p[i];
		if (c == ':')
			break;
		if (c >= 'A' && c <= 'Z')
			c = (char)(c + 32);
		out[n++] = c > 32 && c < 127 ? c : '?';
	}
	out[n] = 0;
}

static struct str line_next(struct str *rest)
{
	struct str line = { 0 };

	(void)str_cut(rest, '\n', &line); /* the last one may have no end */
	return str_trim(line);
}

int ssdp_parse(struct rd p, struct ssdp_message *out)
{
	struct str rest = { (const char *)p.p, p.n }, line = line_next(&rest), name;
	struct ssdp_message m = { .alive = true };

	if (!str_starts(line, STR("NOTIFY ")))
		return -EFORMAT;
	for (int i = 0; i < SSDP_LINES_MAX && rest.n > 0; i++) {
		struct str value = line_next(&rest);
		if (!str_cut(&value, ':', &name))
			continue;
		value = str_trim(value);
		if (str_eq_nocase(name, STR("USN")))
			uuid_copy(m.uuid, value);
		else if (str_eq_nocase(name, STR("NTS")))
			m.alive = !str_eq_nocase(value, STR("ssdp:byebye"));
	}
	*out = m;
	return 0;
}
