/* SPDX-License-Identifier: Apache-2.0 */
/* Chooses the source for a file or an interface and passes calls on; knows no format itself. */
#include "probe/capture/capture.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"

static const struct capture_ops *const file_sources[] = { &capture_pcap, &capture_pcapng };

static int read_head(const char *path, uint8_t *head, size_t size, struct err *e)
{
	SCOPED_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_set(e, -errno, "cannot open %s: %s", path, err_text(-errno));
	ssize_t n = read(fd, head, size);
	if (n < 0)
		return err_set(e, -errno, "cannot read %s: %s", path, err_text(-errno));
	return (int)n;
}

int capture_open_file(struct capture *c, const char *path, struct err *e)
{
	uint8_t head[32];
	int n = read_head(path, head, sizeof(head), e);

	if (n < 0)
		return n;
	if (n == 0)
		return err_set(e, -EFORMAT, "%s is empty", path);
	if (!str_copy(c->name, sizeof(c->name), str_of(path)))
		return err_set(e, -ENAMETOOLONG, "the path of the capture is too long");
	for (size_t i = 0; i < ARRAY_LEN(file_sources); i++) {
		if (!file_sources[i]->accepts(head, (size_t)n))
			continue;
		int r = file_sources[i]->open(c, e);
		if (r == 0)
			c->ops = file_sources[i];
		return r;
	}
	return err_set(e, -EFORMAT, "%s is not a pcap or pcapng capture (offset 0)", path);
}

int capture_open_live(struct capture *c, const char *interface, struct err *e)
{
	if (!str_copy(c->name, sizeof(c->name), str_of(interface)))
		return err_set(e, -ENAMETOOLONG, "the name of the interface is too long");
	int r = capture_live.open(c, e);
	if (r == 0)
		c->ops = &capture_live;
	return r;
}

int capture_next(struct capture *c, struct packet *out, size_t max, int wait_ms, struct err *e)
{
	return c->ops->next(c, out, max, wait_ms, e);
}

void capture_close(struct capture *c)
{
	if (c->ops)
		c->ops->close(c);
	c->ops = NULL;
	c->state = NULL;
}

void capture_tell(struct capture *c)
{
	if (c->problem)
		c->problem(c->problem_arg, c->why.text);
}

void capture_damaged(struct capture *c)
{
	c->stats.records_bad++;
	if (c->problems >= CAPTURE_PROBLEMS_MAX)
		return;
	c->problems++;
	capture_tell(c);
	if (c->problems < CAPTURE_PROBLEMS_MAX)
		return;
	(void)err_set(&c->why, -EFORMAT, "%s: further damage is only counted", c->name);
	capture_tell(c);
}
