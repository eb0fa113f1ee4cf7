/* SPDX-License-Identifier: Apache-2.0 */
/* main() of a fuzz target in the normal build: runs every file of the corpus folders once. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_MAX = 8 * 1024 * 1024 };

static int run_file(const char *path)
{
	FILE *f = fopen(path, "rbe");
	if (!f) {
		perror(path);
		return -1;
	}
	uint8_t *whole = malloc(INPUT_MAX);
	size_t n = whole ? fread(whole, 1, INPUT_MAX, f) : 0;
	(void)fclose(f);                    /* read only */
	uint8_t *exact = malloc(n ? n : 1); /* exactly N bytes, so that a read past them is seen */
	if (!whole || !exact) {
		free(whole);
		free(exact);
		return -1;
	}
	for (size_t i = 0; i < n; i++)
		exact[i] = whole[i];
	free(whole);
	fprintf(stderr, "%s\n", path);
	(void)LLVMFuzzerTestOneInput(exact, n); /* always 0 */
	free(exact);
	return 0;
}

static int run_folder(const char *folder, int *count)
{
	struct dirent **list;
	int n = scandir(folder, &list, NULL, alphasort);
	if (n < 0) {
		perror(folder);
		return -1;
	}
	int r = 0;
	for (int i = 0; i < n; i++) {
		char path[4096];
		(void)snprintf(path, sizeof(path), "%s/%s", folder, list[i]->d_name);
		if (list[i]->d_type == DT_REG) {
			r |= run_file(path);
			(*count)++;
		}
		free(list[i]);
	}
	free(list);
	return r;
}

int main(int argc, char **argv)
{
	int count = 0, r = 0;
	for (int i = 1; i < argc; i++)
		r |= run_folder(argv[i], &count);
	printf("%d inputs replayed\n", count);
	return r != 0 || count == 0;
}
