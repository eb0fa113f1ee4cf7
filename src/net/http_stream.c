/* SPDX-License-Identifier: Apache-2.0 */
/* A stream of server-sent events: a queue between whoever pushes and one browser. Knows nothing of
 * sockets. The lock guards every field but LOCK; references are counted under it too. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "net/http_stream.h"

struct http_stream {
	pthread_mutex_t lock;
	int refs;
	struct buf queue;
	size_t queue_max;
	bool closed;  /* no more pushes; the reader ends after the queue */
	bool gone;    /* the browser left */
	bool waiting; /* the reader is suspended */
	void (*wake)(void *arg);
	void *wake_arg;
};

struct http_stream *http_stream_new(size_t queue_max_bytes)
{
	struct http_stream *s = mem_new(sizeof(*s));

	(void)pthread_mutex_init(&s->lock, NULL); /* cannot fail on Linux */
	s->refs = 1;
	s->queue_max = queue_max_bytes ? queue_max_bytes : 64 * 1024;
	buf_adds(&s->queue, "retry: 2000\n\n");
	return s;
}

void http_stream_ref(struct http_stream *s)
{
	(void)pthread_mutex_lock(&s->lock);
	s->refs++;
	(void)pthread_mutex_unlock(&s->lock);
}

void http_stream_unref(struct http_stream *s)
{
	if (!s)
		return;
	(void)pthread_mutex_lock(&s->lock);
	int left = --s->refs;
	(void)pthread_mutex_unlock(&s->lock);
	if (left > 0)
		return;
	buf_done(&s->queue);
	(void)pthread_mutex_destroy(&s->lock);
	free(s);
}

/* Under the lock. */
static void wake(struct http_stream *s)
{
	if (!s->waiting || !s->wake)
		return;
	s->waiting = false;
	s->wake(s->wake_arg);
}

static void put_line(struct buf *b, const char *field, const char *p, size_t n)
{
	buf_printf(b, "%s: ", field);
	buf_add(b, p, n);
	buf_addc(b, '\n');
}

static void put_field(struct buf *b, const char *field, const char *value)
{
	if (value && !strpbrk(value, "\r\n"))
		put_line(b, field, value, strlen(value));
}

static void put_event(struct buf *b, const char *event, const char *id, const char *data)
{
	put_field(b, "id", id);
	put_field(b, "event", event);
	for (const char *p = data ? data : "";;) {
		size_t n = strcspn(p, "\r\n");
		put_line(b, "data", p, n);
		if (!p[n])
			break;
		p += n + (p[n] == '\r' && p[n + 1] == '\n' ? 2 : 1);
	}
	buf_addc(b, '\n');
}

int http_stream_push(struct http_stream *s, const char *event, const char *id, const char *data)
{
	SCOPED_BUF struct buf b = { 0 };
	int r = 0;

	put_event(&b, event, id, data);
	(void)pthread_mutex_lock(&s->lock);
	if (s->closed || s->gone) {
		r = -ECLOSED;
	} else if (s->queue.n + b.n > s->queue_max) {
		s->closed = true;
		r = -ELIMIT;
	} else {
		buf_add(&s->queue, b.p, b.n);
	}
	if (r != -ECLOSED)
		wake(s);
	(void)pthread_mutex_unlock(&s->lock);
	return r;
}

bool http_stream_gone(const struct http_stream *s)
{
	struct http_stream *m = (struct http_stream *)(uintptr_t)s; /* for its lock only */

	(void)pthread_mutex_lock(&m->lock);
	bool gone = m->gone || m->closed;
	(void)pthread_mutex_unlock(&m->lock);
	return gone;
}

/* --- the server's end --- */

void http_stream_attach(struct http_stream *s, void (*fn)(void *arg), void *arg)
{
	(void)pthread_mutex_lock(&s->lock);
	s->wake = fn;
	s->wake_arg = arg;
	(void)pthread_mutex_unlock(&s->lock);
}

void http_stream_detach(struct http_stream *s)
{
	(void)pthread_mutex_lock(&s->lock);
	s->gone = true;
	s->waiting = false;
	s->wake = NULL;
	(void)pthread_mutex_unlock(&s->lock);
}

ssize_t http_stream_read(struct http_stream *s, char *out, size_t max, void (*suspend)(void *arg))
{
	ssize_t r;

	(void)pthread_mutex_lock(&s->lock);
	if (s->queue.n > 0) {
		size_t n = s->queue.n < max ? s->queue.n : max;
		memcpy(out, s->queue.p, n);
		buf_drop(&s->queue, n);
		r = (ssize_t)n;
	} else if (s->closed) {
		r = HTTP_STREAM_END;
	} else {
		s->waiting = true;
		suspend(s->wake_arg);
		r = HTTP_STREAM_WAIT;
	}
	(void)pthread_mutex_unlock(&s->lock);
	return r;
}

void http_stream_close(struct http_stream *s)
{
	(void)pthread_mutex_lock(&s->lock);
	s->closed = true;
	wake(s);
	(void)pthread_mutex_unlock(&s->lock);
}

void http_stream_keep(struct http_stream *s)
{
	(void)pthread_mutex_lock(&s->lock);
	if (s->queue.n == 0)
		buf_adds(&s->queue, ": keep\n\n");
	wake(s);
	(void)pthread_mutex_unlock(&s->lock);
}
