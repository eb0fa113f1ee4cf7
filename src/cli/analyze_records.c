/* SPDX-License-Identifier: Apache-2.0 */
/* Which files of a folder are records, and their way into the pipeline. */
#include "cli/analyze_records.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/str.h"
#include "probe/records/record_files.h"

enum { OFFSET_MIN = 540, PATH_TEXT_MAX = 4096 }; /* Japan, for texts that name no zone */

static bool is_folder(const char *path)
{
	struct stat s;

	return stat(path, &s) == 0 && S_ISDIR(s.st_mode);
}

bool analyze_is_records(const char *path)
{
	return is_folder(path) || record_file_is(path);
}

static int wanted(const struct dirent *d)
{
	struct str name = str_of(d->d_name);

	return d->d_name[0] != '.' &&
	       (str_ends(name, STR(".json")) || str_ends(name, STR(".jsonl")) ||
		str_ends(name, STR(".log")));
}

static int run_paths(struct probe *p, const char *mappings, char **paths, size_t n,
		     void (*tell)(void *arg, const char *text), void *arg, struct err *e)
{
	struct record_reader *r = record_reader_new(OFFSET_MIN);
	int got = mappings ? record_reader_load(r, mappings, e) : 0;

	if (got >= 0)
		got = record_files_run(p, r, (const char *const *)paths, n, tell, arg, e);

	record_reader_free(r);
	return got;
}

static int run_folder(struct probe *p, const char *mappings, const char *folder,
		      void (*tell)(void *arg, const char *text), void *arg, struct err *e)
{
	struct dirent **list = NULL;
	char path[PATH_TEXT_MAX];
	int n = scandir(folder, &list, wanted, alphasort);

	if (n < 0)
		return err_set(e, -errno, "cannot read %s: %s", folder, err_text(-errno));
	char **paths = mem_array((size_t)n + 1, sizeof(*paths));
	size_t used = 0;
	for (int i = 0; i < n; i++) {
		if (snprintf(path, sizeof(path), "%s/%s", folder, list[i]->d_name) <
			    (int)sizeof(path) &&
		    record_file_is(path))
			paths[used++] = mem_strdup(path);
		free(list[i]);
	}
	free(list);
	int got = used == 0 ? err_set(e, -ENODATA, "%s holds no records (.json, .jsonl, .log)",
				      folder)
			    : run_paths(p, mappings, paths, used, tell, arg, e);
	for (size_t i = 0; i < used; i++)
		free(paths[i]);
	free(paths);
	return got;
}

int analyze_records(struct probe *p, const char *path, const char *mappings,
		    void (*tell)(void *arg, const char *text), void *arg, struct err *e)
{
	char *one[] = { mem_strdup(path) };

	if (is_folder(path)) {
		free(one[0]);
		return run_folder(p, mappings, path, tell, arg, e);
	}
	int got = run_paths(p, mappings, one, 1, tell, arg, e);
	free(one[0]);
	return got;
}
