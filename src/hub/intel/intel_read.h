/* SPDX-License-Identifier: Apache-2.0 */
/* Where a list's bytes come from: files of a person, one that was fetched, or a folder of the
 * server. Private to this feature. */
#ifndef HUB_INTEL_INTEL_READ_H
#define HUB_INTEL_INTEL_READ_H

#include "hub/intel/intel_rules.h"

enum {
	INTEL_FILE_BYTES_MAX = 64 * 1024 * 1024,
	INTEL_FILES_MAX = 2000, /* of a folder */
	INTEL_FORMATS_MAX = 16,
};

struct intel_file {
	const char *name; /* for messages and for what tells its own format */
	const void *p;
	size_t n;
};

struct intel_input {
	const struct intel_file *file; /* one file, or */
	const char *folder;            /* every file in here, by name; whole path */
};

/* Calls FN for each file; its bytes live for the call. -ENOENT, -ELIMIT with words. */
typedef int (*intel_file_fn)(void *arg, const struct intel_file *f, struct err *e);
int intel_input_each(const struct intel_input *in, intel_file_fn fn, void *arg, struct err *e);
/* SHA-256 in hex over names and contents. */
int intel_input_digest(const struct intel_input *in, char out[65], struct err *e);

/* The whole path of a feed's folder; caller frees. */
char *intel_folder_path(const struct hub *h, const char *name);

/* Hears what a list says. */
struct intel_hear {
	void (*one)(void *arg, const struct indicator *i);
	void (*bad)(void *arg, enum indicator_bad why, long line, struct str text);
	void *arg;
	int64_t now_us; /* what ended before is not used */
};
/* Reads F in FORMAT ("" = looks by itself). -EFORMAT when it is nothing of the kind. */
int intel_read_bad(const char *format, const struct intel_file *f, const struct intel_hear *hear,
		   struct err *e);

/* Names of the formats that a form offers. */
size_t intel_formats(const char **out, size_t max);
bool intel_format_ok(const char *name);

#endif
