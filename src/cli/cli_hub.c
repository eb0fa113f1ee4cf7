/* SPDX-License-Identifier: Apache-2.0 */
/* Talking to the hub: HTTP/1.1 over its unix socket, one request a connection. */
#include "cli/cli_hub.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/cli_json.h"

#define BOUNDARY "----otasuke-part-5f2b8c1e7a90d463"

enum { ANSWER_MAX = 64 * 1024 * 1024, PATH_BYTES = 4096 };

const char *cli_state(const char *given)
{
	const char *env = getenv("OTASUKE_STATE");

	return given ? given : env && *env ? env : CLI_STATE_DEFAULT;
}

static int hub_connect(const char *state, int *fd_out, struct err *e)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	SCOPED_FD int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return err_set(e, -errno, "socket: %s", strerror(errno));
	if (snprintf(a.sun_path, sizeof(a.sun_path), "%s/admin.sock", state) >=
	    (int)sizeof(a.sun_path))
		return err_set(e, -ENAMETOOLONG, "the path %s is too long for a socket", state);
	if (connect(fd, (const struct sockaddr *)&a, sizeof(a)) < 0) {
		if (errno == ENOENT || errno == ECONNREFUSED)
			return err_set(e, -ECONNREFUSED, "no hub is running in %s", state);
		return err_set(e, -errno, "%s: %s", a.sun_path, strerror(errno));
	}
	*fd_out = fd;
	fd = -1;
	return 0;
}

static void parts_write(const struct cli_part *parts, size_t n, struct buf *b)
{
	for (size_t i = 0; i < n; i++) {
		buf_printf(b, "--" BOUNDARY "\r\nContent-Disposition: form-data; name=\"%s\"",
			   parts[i].name);
		if (parts[i].file_name)
			buf_printf(b,
				   "; filename=\"%s\"\r\n"
				   "Content-Type: application/octet-stream",
				   parts[i].file_name);
		buf_adds(b, "\r\n\r\n");
		if (parts[i].file_name)
			buf_add(b, parts[i].p, parts[i].n);
		else
			buf_adds(b, parts[i].text);
		buf_adds(b, "\r\n");
	}
	buf_adds(b, "--" BOUNDARY "--\r\n");
}

static void request_write(const struct cli *c, const char *path, const struct cli_part *parts,
			  size_t n, struct buf *b)
{
	SCOPED_BUF struct buf body = { 0 };

	if (n > 0)
		parts_write(parts, n, &body);
	buf_printf(b,
		   "%s %s HTTP/1.1\r\nHost: otasuke\r\nConnection: close\r\n"
		   "Accept: application/json\r\nAccept-Language: %s\r\n",
		   n > 0 ? "POST" : "GET", path, lang_tag(c->lang));
	if (n > 0)
		buf_printf(b,
			   "Content-Type: multipart/form-data; boundary=" BOUNDARY
			   "\r\nContent-Length: %zu\r\n",
			   body.n);
	buf_adds(b, "\r\n");
	buf_add(b, body.p, body.n);
}

static int answer_read(int fd, int *status_out, struct buf *answer, struct err *e)
{
	char part[16384];
	ssize_t got;
	SCOPED_BUF struct buf raw = { .max = ANSWER_MAX };

	while ((got = read(fd, part, sizeof(part))) > 0)
		buf_add(&raw, part, (size_t)got);
	const char *end = raw.p ? strstr(raw.p, "\r\n\r\n") : NULL;
	if (got < 0 || raw.over || !end || sscanf(raw.p, "HTTP/1.%*d %d", status_out) != 1)
		return err_set(e, -EFORMAT, "the hub gave no answer that can be read");
	end += 4;
	buf_add(answer, end, raw.n - (size_t)(end - raw.p));
	return 0;
}

int cli_hub_call(const struct cli *c, const char *state, const char *path,
		 const struct cli_part *parts, size_t n_parts, int *status_out, struct buf *answer,
		 struct err *e)
{
	SCOPED_BUF struct buf request = { 0 };
	SCOPED_FD int fd = -1;
	int r = hub_connect(state, &fd, e);

	if (r < 0)
		return r;
	request_write(c, path, parts, n_parts, &request);
	if ((r = fd_write_all(fd, request.p, request.n)) < 0)
		return err_set(e, r, "the hub closed the connection: %s", err_text(r));
	return answer_read(fd, status_out, answer, e);
}

int cli_hub_refused(int status, const struct buf *answer)
{
	SCOPED_MEM char *text = cli_json_text(answer->p, "error.text");

	if (text)
		(void)fprintf(stderr, "otasuke: %s\n", text);
	else
		(void)fprintf(stderr, "otasuke: HTTP %d\n", status);
	return EXIT_FAILURE;
}

int cli_failed(const struct err *e)
{
	(void)fprintf(stderr, "otasuke: %s\n", e->text);
	return EXIT_FAILURE;
}

int cli_hub_exec(const char *const *argv, struct err *e)
{
	char path[PATH_BYTES];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 32);
	char *slash = NULL;

	(void)fflush(stdout);
	if (n > 0) {
		path[n] = '\0';
		slash = strrchr(path, '/');
	}
	if (slash) {
		memcpy(slash + 1, "otasuke-hub", sizeof("otasuke-hub"));
		execv(path, (char *const *)(uintptr_t)argv);
	}
	execvp("otasuke-hub", (char *const *)(uintptr_t)argv);
	return err_set(e, -errno, "otasuke-hub cannot be run: %s", strerror(errno));
}
