/* SPDX-License-Identifier: Apache-2.0 */
/* What the first bytes of a file are, whatever its sender calls it. */
#ifndef PROBE_DETECT_CONTENT_H
#define PROBE_DETECT_CONTENT_H

#include <stdbool.h>

#include "base/rd.h"
#include "base/str.h"

enum content {
	CONTENT_OTHER,
	CONTENT_PROGRAM,  /* Windows (PE) or Linux (ELF) */
	CONTENT_SCRIPT,   /* PowerShell */
	CONTENT_DECLARED, /* called a program, but its bytes are none */
	CONTENT_SHORTCUT, /* .lnk: starts whatever it says */
	CONTENT_PAGE,     /* .hta: a page that runs as a program */
	CONTENT_WINDOWS,  /* JavaScript or VBScript for Windows itself, not for a browser */
	CONTENT_OFFICE,   /* Word, Excel, PowerPoint */
	CONTENT_ARCHIVE,  /* ZIP, RAR, 7z, CAB */
	CONTENT_BAIT, /* a ZIP whose first file is a shortcut, a script, a disk image or the like */
	CONTENT_NOTE, /* OneNote: carries files that a click starts */
	CONTENT_DISK, /* ISO, UDF, VHD, VHDX: Windows opens it like a folder */
	CONTENT_KINDS
};

/* BODY as it begins. TYPE: what it is said to be, NAME: under which name it shall be kept, "" when
 * nothing is said. MARKS_MIN: words of PowerShell that make a script. */
enum content content_of(struct rd body, struct str type, struct str name, uint64_t marks_min);
/* A disk image of ISO 9660 or UDF begins with emptiness; what it is stands at DISK_MARK_AT. */
enum { DISK_MARK_AT = 0x8001, DISK_MARK = 5 };
bool content_may_be_disk(struct rd body);
bool content_is_disk(const uint8_t mark[DISK_MARK]);
/* Does a piece of a file of kind C name the place where Office keeps macros? */
bool content_has_macros(enum content c, struct rd piece);
const char *content_name(enum content c);

bool content_is_media(struct str type); /* picture, sound, film, font */
bool content_is_text(struct str type);
bool content_is_media_name(struct str target);   /* by the ending, without what follows '?' */
bool content_is_program_name(struct str target); /* .exe and its kin, archives of updates */

#endif
