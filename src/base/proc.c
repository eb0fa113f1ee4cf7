/* SPDX-License-Identifier: Apache-2.0 */
/* What a process is called and what it may do. Sandboxing proper is not here. */
#include "base/proc.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "base/buf.h"
#include "base/file.h"

enum { STATUS_MAX = 64 * 1024 };

/* The space of the arguments lies in one piece; what does not fit is cut. */
void proc_name(int argc, char **argv, const char *role)
{
	if (argc < 1 || !argv[0])
		return;
	const char *slash = strrchr(argv[0], '/');
	char name[128];
	(void)snprintf(name, sizeof(name), "%s: %s", slash ? slash + 1 : argv[0], role);
	(void)prctl(PR_SET_NAME, role); /* only for show: a failure does not matter */
	char *end = argv[0];
	for (int i = 0; i < argc && argv[i]; i++) {
		if (argv[i] == end || argv[i] == end + 1)
			end = argv[i] + strlen(argv[i]);
	}
	size_t room = (size_t)(end - argv[0]);
	memset(argv[0], 0, room);
	size_t n = strlen(name) < room ? strlen(name) : room;
	memcpy(argv[0], name, n);
}

int proc_no_new_privs(struct err *e)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return err_set(e, -errno, "cannot give up new rights: %s", err_text(errno));
	return 0;
}

int proc_limit_core(struct err *e)
{
	const struct rlimit none = { 0 };
	if (setrlimit(RLIMIT_CORE, &none) < 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return err_set(e, -errno, "cannot switch core dumps off: %s", err_text(errno));
	return 0;
}

static int64_t status_bytes(const char *key)
{
	SCOPED_BUF struct buf b = { 0 };
	if (file_read("/proc/self/status", STATUS_MAX, &b, NULL) < 0)
		return 0;
	const char *line = strstr(b.p, key);
	int64_t kib = 0;
	if (!line || sscanf(line + strlen(key), ": %" SCNd64 " kB", &kib) != 1)
		return 0;
	return kib * 1024;
}

int64_t proc_peak_rss_bytes(void)
{
	return status_bytes("VmHWM");
}

int64_t proc_rss_bytes(void)
{
	return status_bytes("VmRSS");
}
