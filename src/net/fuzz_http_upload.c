/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: pieces of a form as libmicrohttpd hands them over. Each begins with three bytes:
 * what it is (bit 0 a file, bit 1 begins a part, bits 2 and 3 which name) and its length, twice. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "net/crypto.h"
#include "net/http_upload.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *folder(void)
{
	static char dir[] = "/tmp/fuzz-upload-XXXXXX";
	static bool made;

	if (!made && (!mkdtemp(dir) || crypto_start(NULL) < 0))
		abort();
	made = true;
	return dir;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = { "csrf", "file", "note", "" };
	struct http_plan plan = { .file_max = 3000, .room = 5000, .advice = "" };
	struct arena *a = arena_new(0);
	struct http_list fields = { .max = 50 };
	struct http_uploaded f;
	char file_name[32];
	uint64_t off = 0;

	(void)str_copy(plan.dir, sizeof(plan.dir), str_of(folder())); /* it fits */
	struct http_upload *u = http_upload_new(&plan, a, &fields);
	while (size >= 3) {
		size_t n = (size_t)data[1] * 16 + data[2];
		unsigned what = data[0];
		data += 3;
		size -= 3;
		n = n < size ? n : size;
		off = what & 2 ? 0 : off;
		size_t named = n < sizeof(file_name) - 1 ? n : sizeof(file_name) - 1;
		memcpy(file_name, data, named);
		file_name[named] = '\0';
		const struct http_piece piece = { names[what >> 2 & 3], what & 1 ? file_name : NULL,
						  (const char *)data, n, off };
		if (http_upload_piece(u, &piece) < 0 && !http_upload_err(u)->code)
			__builtin_trap();
		off += n;
		data += n;
		size -= n;
	}
	if (http_upload_end(u) == 0 && http_upload_find(u, "file", &f) &&
	    (f.size > plan.file_max || strlen(f.sha256) != 64 || access(f.path, R_OK) != 0))
		__builtin_trap();
	http_upload_free(u);
	http_list_done(&fields);
	arena_free(a);
	return 0;
}
