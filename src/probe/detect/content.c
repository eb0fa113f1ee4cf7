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

static bool is_script(const char *text, uint64_t marks_min)
{
	text += strspn(text, " \t\r\n\xef\xbb\xbf");
	if (*text == '<' || *text == '{')
		return false; /* a page or data about scripts */
	bool variable = *text == '$' || *text == '.' || *text == '&';
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

static bool starts(struct rd b, const char *magic, size_t n)
{
	return b.n >= n && memcmp(b.p, magic, n) == 0;
}

static bool contains(struct rd b, const char *text, size_t n)
{
	return b.n >= n && memmem(b.p, b.n, text, n) != NULL;
}

/* [MS-SHLLINK] 2.1: the size of the head, then its class. */
static bool is_shortcut(struct rd b)
{
	return starts(b, "L\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0F", 20);
}

static bool is_office(struct rd b)
{
	/* Packages begin with their list of parts, and name these soon after it. */
	return starts(b, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8) ||
	       (starts(b, "PK\3\4", 4) && (contains(b, "[Content_Types].xml", 19) ||
					   contains(b, "word/", 5) || contains(b, "xl/", 3)));
}

static struct str ending(struct str target);

/* Files that start something at a click; programs themselves lie in many an honest archive. */
static bool is_bait(struct str name)
{
	static const char *const endings[] = { "lnk",  "hta", "js",  "jse", "vbs", "vbe",
					       "wsf",  "wsh", "scr", "iso", "img", "vhd",
					       "vhdx", "one", "chm", "url", "cpl", "xll" };

	return among(ending(name), endings, ARRAY_LEN(endings));
}

/* The first file of a ZIP (APPNOTE 4.3.7). */
static bool holds_bait(struct rd b)
{
	if (!starts(b, "PK\3\4", 4))
		return false;
	rd_skip(&b, 26);
	size_t n = rd_le16(&b);
	rd_skip(&b, 2);
	return !b.bad && n > 0 && n <= b.n && is_bait((struct str){ (const char *)b.p, n });
}

/* [MS-ONESTORE] 2.3.1: the identity of its format. */
static bool is_note(struct rd b)
{
	return starts(b, "\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3", 16);
}

bool content_may_be_disk(struct rd b)
{
	static const uint8_t none[64];

	return b.n >= sizeof(none) && memcmp(b.p, none, sizeof(none)) == 0;
}

/* ECMA-119, 8.4.3; ECMA-167, 2/9.1.2. */
bool content_is_disk(const uint8_t mark[DISK_MARK])
{
	return memcmp(mark, "CD001", DISK_MARK) == 0 || memcmp(mark, "BEA01", DISK_MARK) == 0;
}

/* [MS-VHDX] 2.2.1; a VHD that grows begins with a copy of its end. */
static bool is_virtual_disk(struct rd b)
{
	return starts(b, "vhdxfile", 8) || starts(b, "conectix", 8);
}

/* Installers are made of the same stuff as Office files. */
static bool is_installer(struct str type, struct str name)
{
	static const char *const endings[] = { "msi", "msp" };

	return str_eq_nocase(type, STR("application/x-msi")) ||
	       among(ending(name), endings, ARRAY_LEN(endings));
}

static bool is_archive(struct rd b)
{
	return starts(b, "PK\3\4", 4) || starts(b, "Rar!\x1a\a", 6) ||
	       starts(b, "7z\xbc\xaf\x27\x1c", 6) || starts(b, "MSCF\0\0\0\0", 8);
}

/* The text B in lower case; false when it is none. */
static bool text_of(struct rd b, char text[SCRIPT_LOOK + 1])
{
	size_t n = b.n < SCRIPT_LOOK ? b.n : SCRIPT_LOOK;

	for (size_t i = 0; i < n; i++) {
		if (b.p[i] == 0)
			return false;
		text[i] = lower(b.p[i]);
	}
	text[n] = 0;
	return true;
}

/* Objects that a browser does not have. */
static bool is_for_windows(const char *text)
{
	return strstr(text, "wscript.") ||
	       (strstr(text, "activexobject(") && strstr(text, "shell")) ||
	       (strstr(text, "createobject(") && strstr(text, "shell"));
}

/* A script that is to be kept as a file is not meant for the browser. */
static bool is_kept_script(struct str name)
{
	static const char *const endings[] = { "js", "jse", "vbs", "vbe", "wsf", "wsh" };

	return among(ending(name), endings, ARRAY_LEN(endings));
}

static enum content text_kind(struct rd b, struct str type, struct str name, uint64_t marks_min)
{
	char text[SCRIPT_LOOK + 1];

	if (!text_of(b, text))
		return CONTENT_OTHER;
	if (strstr(text, "<hta:application") || str_eq_nocase(type, STR("application/hta")))
		return CONTENT_PAGE;
	if (is_script(text, marks_min))
		return CONTENT_SCRIPT;
	bool windows = (text[0] != '<' && is_for_windows(text)) || is_kept_script(name);
	return windows ? CONTENT_WINDOWS : CONTENT_OTHER;
}

enum content content_of(struct rd body, struct str type, struct str name, uint64_t marks_min)
{
	if (is_pe(body) || starts(body,
				  "\x7f"
				  "ELF",
				  4))
		return CONTENT_PROGRAM;
	if (declared(type))
		return CONTENT_DECLARED;
	if (is_shortcut(body))
		return CONTENT_SHORTCUT;
	if (is_note(body))
		return CONTENT_NOTE;
	if (is_virtual_disk(body))
		return CONTENT_DISK;
	if (is_office(body))
		return is_installer(type, name) ? CONTENT_PROGRAM : CONTENT_OFFICE;
	if (holds_bait(body))
		return CONTENT_BAIT;
	return is_archive(body) ? CONTENT_ARCHIVE : text_kind(body, type, name, marks_min);
}

bool content_has_macros(enum content c, struct rd piece)
{
	static const char wide[] = "_\0V\0B\0A\0_\0P\0R\0O\0J\0E\0C\0T";

	/* A part's name in a package; a folder's name in the older form ([MS-OVBA] 2.2.1). */
	return c == CONTENT_OFFICE &&
	       (contains(piece, "vbaProject.bin", 14) || contains(piece, wide, sizeof(wide)));
}

const char *content_name(enum content c)
{
	static const char *const names[CONTENT_KINDS] = {
		[CONTENT_OTHER] = "other",
		[CONTENT_PROGRAM] = "program",
		[CONTENT_SCRIPT] = "script",
		[CONTENT_DECLARED] = "declared program",
		[CONTENT_SHORTCUT] = "shortcut",
		[CONTENT_PAGE] = "HTML application",
		[CONTENT_WINDOWS] = "Windows script",
		[CONTENT_OFFICE] = "Office file",
		[CONTENT_ARCHIVE] = "archive",
		[CONTENT_BAIT] = "archive of a file that starts programs",
		[CONTENT_NOTE] = "OneNote file",
		[CONTENT_DISK] = "disk image",
	};

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
