/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures of programs and scripts, and the lists of names and types they hide behind. */
#include "probe/detect/content.h"

#include <string.h>

#include "base/mem.h"

enum {
	PE_OFFSET_AT = 0x3c,
	PE_OFFSET_MAX = 0x1000,
	SCRIPT_LOOK = 1024,
};

static bool is_pe(struct rd b)
{
	if (b.n < 2 || b.p[0] != 'M' || b.p[1] != 'Z')
		return false;
	if (b.n < PE_OFFSET_AT + 4)
		return b.n < 16; /* cut short: the two letters must do */
	struct rd at = rd_of(b.p + PE_OFFSET_AT, 4);
	uint32_t offset = rd_le32(&at);
	if (offset > PE_OFFSET_MAX)
		return false;
	return b.n < (size_t)offset + 2 || memcmp(b.p + offset, "PE", 2) == 0;
}

static char lower(uint8_t c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
}

/* Words that PowerShell scripts are made of; case means nothing to it. */
static unsigned marks(const char *text)
{
	static const char *const words[] = {
		"$env:",      "new-object", "invoke-",       "frombase64string",   "downloadstring",
		"powershell", "iex(",       "iex (",         "[byte[]]",           "=@(",
		"-join",      "[char]",     "start-process", "set-executionpolicy"
	};
	unsigned n = 0;

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		n += strstr(text, words[i]) != NULL;
	return n;
}

static bool is_script(struct rd b, uint64_t marks_min)
{
	char text[SCRIPT_LOOK + 1];
	size_t n = b.n < SCRIPT_LOOK ? b.n : SCRIPT_LOOK, begin = 0;

	for (size_t i = 0; i < n; i++) {
		if (b.p[i] == 0)
			return false;
		text[i] = lower(b.p[i]);
	}
	text[n] = 0;
	while (begin < n && strchr(" \t\r\n\xef\xbb\xbf", text[begin]))
		begin++;
	if (text[begin] == '<' || text[begin] == '{')
		return false; /* a page or data about scripts */
	bool variable = text[begin] == '$' || text[begin] == '.' || text[begin] == '&';
	return marks(text) >= (variable ? 1 : marks_min);
}

static bool among(struct str s, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (str_eq_nocase(s, str_of(list[i])))
			return true;
	}
	return false;
}

static bool declared(struct str type)
{
	static const char *const types[] = {
		"application/x-msdownload",
		"application/x-dosexec",
		"application/x-msdos-program",
		"application/x-executable",
		"application/vnd.microsoft.portable-executable",
	};

	return among(type, types, ARRAY_LEN(types));
}

enum content content_of(struct rd body, struct str type, bool chunked, uint64_t marks_min)
{
	if (chunked) {
		const uint8_t *end =
			body.n ? memchr(body.p, '\n', body.n < 20 ? body.n : 20) : NULL;
		rd_skip(&body, end ? (size_t)(end - body.p) + 1 : 0);
	}
	if (is_pe(body) || (body.n >= 4 && memcmp(body.p,
						  "\x7f"
						  "ELF",
						  4) == 0))
		return CONTENT_PROGRAM;
	if (declared(type))
		return CONTENT_DECLARED;
	return is_script(body, marks_min) ? CONTENT_SCRIPT : CONTENT_OTHER;
}

const char *content_name(enum content c)
{
	static const char *const names[] = { "other", "program", "script", "declared program" };

	return names[c];
}

static bool begins(struct str s, struct str prefix)
{
	return s.n >= prefix.n && str_eq_nocase((struct str){ s.p, prefix.n }, prefix);
}

bool content_is_media(struct str type)
{
	return begins(type, STR("image/")) || begins(type, STR("audio/")) ||
	       begins(type, STR("video/")) || begins(type, STR("font/"));
}

bool content_is_text(struct str type)
{
	return begins(type, STR("text/"));
}

static struct str ending(struct str target)
{
	struct str path = { 0 };
	size_t i;

	if (!str_cut(&target, '?', &path))
		return path;
	for (i = path.n; i > 0 && path.p[i - 1] != '.' && path.p[i - 1] != '/'; i--)
		;
	if (i == 0 || path.p[i - 1] == '/')
		return (struct str){ 0 };
	return (struct str){ path.p + i, path.n - i };
}

bool content_is_media_name(struct str target)
{
	static const char *const endings[] = {
		"jpg", "jpeg", "png", "gif", "bmp",  "ico",  "svg",
		"mp3", "mp4",  "css", "pdf", "woff", "webp",
	};

	return among(ending(target), endings, ARRAY_LEN(endings));
}

bool content_is_program_name(struct str target)
{
	static const char *const endings[] = {
		"exe", "dll", "msi", "cab", "sys", "scr", "ocx",
		"psf", "bin", "esd", "msu", "drv", "upd", "so",
	};

	return among(ending(target), endings, ARRAY_LEN(endings));
}
