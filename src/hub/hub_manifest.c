/* SPDX-License-Identifier: Apache-2.0 */
/* The manifest of a backup: lines of text that people can read too. */
#include "hub/hub_manifest.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "hub/hub_core.h"

#define TITLE "otasuke backup 1\n"

const char *const manifest_files[MANIFEST_FILES] = { HUB_DB_FILE, HUB_CONF_FILE,   HUB_CA_CERT,
						     HUB_CA_KEY,  HUB_SERVER_CERT, HUB_SERVER_KEY,
						     HUB_ITEM_KEY };

void manifest_write(const struct manifest *m, int64_t now_us, const char *region, struct buf *out)
{
	char when[TIME_TEXT_MAX];

	buf_adds(out, TITLE);
	buf_printf(out, "made %s\nregion %s\n", time_format(now_us, when, sizeof(when)), region);
	for (size_t i = 0; i < m->n; i++)
		buf_printf(out, "file %s %" PRIu64 " %s\n", m->file[i].name, m->file[i].size,
			   m->file[i].hash);
	buf_printf(out, "files %" PRId64 " %" PRId64 "\n", m->n_files, m->bytes);
}

static bool known_file(const char *name)
{
	for (size_t i = 0; i < MANIFEST_FILES; i++)
		if (strcmp(manifest_files[i], name) == 0)
			return true;
	return false;
}

static bool file_line(const char *line, struct manifest_file *out)
{
	struct str rest = str_of(line), word, name, size, hash;
	uint8_t bytes[32];
	int64_t n;
	size_t n_hash;

	if (!str_cut(&rest, ' ', &word) || !str_cut(&rest, ' ', &name) ||
	    !str_cut(&rest, ' ', &size) || !str_cut(&rest, ' ', &hash) || rest.n)
		return false;
	if (str_i64(size, 0, INT64_MAX, &n) < 0 ||
	    str_hex(hash, bytes, sizeof(bytes), &n_hash) < 0 || n_hash != sizeof(bytes))
		return false;
	*out = (struct manifest_file){ .size = (uint64_t)n };
	return str_copy(out->name, sizeof(out->name), name) &&
	       str_copy(out->hash, sizeof(out->hash), hash) && known_file(out->name);
}

static bool files_line(struct str line, struct manifest *m)
{
	struct str word, n, bytes;

	return str_cut(&line, ' ', &word) && str_cut(&line, ' ', &n) &&
	       str_cut(&line, ' ', &bytes) && !line.n &&
	       str_i64(n, 0, INT64_MAX, &m->n_files) >= 0 &&
	       str_i64(bytes, 0, INT64_MAX, &m->bytes) >= 0;
}

int manifest_parse(const char *text, struct manifest *out, struct err *e)
{
	struct str rest = str_of(text), line;
	struct manifest m = { .n_files = -1 };
	char copy[256];

	if (!str_starts(rest, STR(TITLE)))
		return err_set(e, -EFORMAT, "this is not a backup, or it is damaged");
	while (str_cut(&rest, '\n', &line)) {
		if (str_starts(line, STR("files ")) && !files_line(line, &m))
			return err_set(e, -EFORMAT, "the backup's manifest is damaged");
		if (!str_starts(line, STR("file ")))
			continue;
		if (m.n == MANIFEST_FILES || !str_copy(copy, sizeof(copy), line) ||
		    !file_line(copy, &m.file[m.n]))
			return err_set(e, -EFORMAT, "the backup's manifest is damaged");
		m.n++;
	}
	*out = m;
	return 0;
}
