/* SPDX-License-Identifier: Apache-2.0 */
/* Names of files that anybody may have made up: how they are shown and how they are sent. */
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/str.h"
#include "hub/evidence/evidence_files.h"

enum { NAME_BYTES_SENT = 180 };

/* Ends of names that a double click runs or that bring macros (cf. Outlook's blocked list). */
static const char *const dangerous[] = {
	"ade",  "adp",  "app", "apk", "bat",  "chm",  "cmd", "com",  "cpl", "dll", "docm", "dotm",
	"exe",  "hta",  "img", "iso", "jar",  "js",   "jse", "lnk",  "mde", "msc", "msi",  "msp",
	"mst",  "one",  "pif", "pl",  "ppam", "pptm", "ps1", "py",   "reg", "rtf", "scf",  "scr",
	"sh",   "svg",  "url", "vb",  "vbe",  "vbs",  "vhd", "vhdx", "wsf", "wsh", "xlam", "xll",
	"xlsm", "html", "htm", "elf", "bin",  "dmg",  "deb", "rpm",
};

/* One code point at P (valid UTF-8); its bytes. */
static size_t decode(const char *s, uint32_t *out)
{
	const unsigned char *p = (const unsigned char *)s;
	size_t n = p[0] < 0x80 ? 1 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	uint32_t v = n == 1 ? p[0] : p[0] & (0x7fu >> n);

	for (size_t i = 1; i < n; i++)
		v = v << 6 | (p[i] & 0x3fu);
	*out = v;
	return n;
}

/* Control characters, marks of direction, and what leaves no trace on the screen. */
static bool unseen(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xad || c == 0x61c || c == 0x180e ||
	       (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xfff0 && c <= 0xfffb) ||
	       (c >= 0xe0000 && c <= 0xe007f);
}

const char *evidence_name_shown(const char *name, struct arena *a)
{
	SCOPED_BUF struct buf b = { 0 };
	uint32_t c;

	if (!utf8_valid(name, strlen(name)))
		return "?";
	for (const char *p = name; *p;) {
		size_t n = decode(p, &c);
		if (unseen(c))
			buf_printf(&b, "\xe2\x80\xb9U+%04X\xe2\x80\xba", c);
		else
			buf_add(&b, p, n);
		p += n;
	}
	return arena_strndup(a, b.p ? b.p : "", b.n);
}

static bool plain(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       c == '.' || c == '-' || c == '_';
}

static const char *last_part(const char *name)
{
	const char *last = name;

	for (const char *p = name; *p; p++)
		if ((*p == '/' || *p == '\\' || *p == ':') && p[1])
			last = p + 1;
	while (*last == '.')
		last++;
	return last;
}

void evidence_name_disposition(const char *name, struct buf *out)
{
	const char *end, *begin = last_part(name);
	uint32_t c;

	if (!utf8_valid(begin, strlen(begin)) || !*begin)
		begin = "file";
	size_t size = strlen(begin);
	end = begin + size;
	while (size > NAME_BYTES_SENT) { /* the end says what kind it is, so the front goes */
		size_t n = decode(begin, &c);
		begin += n;
		size -= n;
	}
	buf_adds(out, "attachment; filename=\"");
	for (const char *p = begin; p < end; p++)
		buf_addc(out, plain((unsigned char)*p) ? *p : '_');
	buf_adds(out, "\"; filename*=UTF-8''");
	for (const char *p = begin; p < end;) {
		size_t n = decode(p, &c);
		bool bad = unseen(c) || c == '/' || c == '\\' || c == ':';
		for (size_t i = 0; i < n && !bad; i++)
			if (plain((unsigned char)p[i]))
				buf_addc(out, p[i]);
			else
				buf_printf(out, "%%%02X", (unsigned char)p[i]);
		if (bad)
			buf_addc(out, '_');
		p += n;
	}
}

bool evidence_name_dangerous(const char *name)
{
	const char *dot = strrchr(name, '.');

	for (size_t i = 0; dot && i < ARRAY_LEN(dangerous); i++)
		if (strcasecmp(dot + 1, dangerous[i]) == 0)
			return true;
	return false;
}
