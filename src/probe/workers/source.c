/* SPDX-License-Identifier: Apache-2.0 */
/* Windows are taken in turn; one is read into again when all blocks that show into it are through.
 */
#include "probe/workers/source.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* So many windows have to be free for one call. What it asks for beyond them, looking for the next
 * good record after damage, is these in turn: no packet was handed out of them. */
enum { WINDOWS_A_CALL = 2 };

static uint8_t *window_next(void *arg)
{
	struct source *s = arg;

	if (++s->asked <= WINDOWS_A_CALL || s->asked % 2 == 0)
		s->windows++;
	else
		s->windows--;
	uint8_t **bytes = &s->window[s->windows % SOURCE_WINDOWS].bytes;
	if (!*bytes)
		*bytes = mem_new(CAPTURE_WINDOW);
	return *bytes;
}

int source_open_file(struct source *s, const char *path, struct err *e)
{
	s->live = false;
	s->capture.window = window_next;
	s->capture.window_arg = s;
	return capture_open_file(&s->capture, path, e);
}

int source_open_live(struct source *s, const char *interface, struct err *e)
{
	s->live = true;
	return capture_open_live(&s->capture, interface, e);
}

void source_close(struct source *s)
{
	capture_close(&s->capture);
	for (size_t i = 0; i < SOURCE_WINDOWS; i++)
		free(s->window[i].bytes);
	*s = (struct source){ 0 };
}

bool source_ready(const struct source *s, uint64_t judged)
{
	for (unsigned i = 1; i <= WINDOWS_A_CALL; i++) {
		if (s->window[(s->windows + i) % SOURCE_WINDOWS].until > judged)
			return false;
	}
	return true;
}

static int file_read(struct source *s, uint64_t number, uint64_t judged, struct packet *out,
		     struct err *e)
{
	int n = 0;

	while (!s->over && n < CAPTURE_BATCH && source_ready(s, judged)) {
		s->asked = 0;
		int r = capture_next(&s->capture, out + n, (size_t)(CAPTURE_BATCH - n), 0, &s->why);
		if (r <= 0) {
			s->over = true;
			s->result = r;
			break;
		}
		s->window[s->windows % SOURCE_WINDOWS].until = number + 1;
		n += r;
	}
	if (n == 0 && s->result < 0)
		*e = s->why;
	return n ? n : s->result;
}

static int live_read(struct source *s, struct block *b, struct packet *out, int wait_ms,
		     struct err *e)
{
	int n = capture_next(&s->capture, out, CAPTURE_BATCH, wait_ms, e);
	size_t used = 0;

	if (!b->bytes)
		b->bytes = mem_new(CAPTURE_AT_ONCE);
	for (int i = 0; i < n; i++) {
		assert(out[i].len <= CAPTURE_AT_ONCE - used);
		memcpy(b->bytes + used, out[i].p, out[i].len);
		out[i].p = b->bytes + used;
		used += out[i].len;
	}
	return n;
}

int source_read(struct source *s, uint64_t number, uint64_t judged, struct block *b,
		struct packet *out, int wait_ms, struct err *e)
{
	return s->live ? live_read(s, b, out, wait_ms, e) : file_read(s, number, judged, out, e);
}
