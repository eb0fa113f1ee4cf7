/* SPDX-License-Identifier: Apache-2.0 */
/* Events to open pages. Publishers only queue; one thread decides who may see an event and pushes
 * it, so that neither ingest nor a page waits for a browser. */
#include "hub/live.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "hub/accounts/accounts_login.h"
#include "hub/hub_core.h"
#include "hub/hub_store.h"

enum {
	STREAMS_MAX = 2000,
	STREAMS_PER_PERSON = 12, /* tabs; beyond, the oldest is let go and connects again */
	EVENTS_MAX = 4096,
	RECENT_MAX = 1024, /* kept for pages whose stream is only about to begin */
	STREAM_QUEUE_BYTES = 64 * 1024,
	CHECK_EVERY_S = 20, /* a sign of life to every page, and: is the session still good? */
	SEEN_MAX = 256,
};

struct event {
	char kind[24];
	int64_t company_id, subject_id;
	const struct http_stream *only; /* NULL = for all */
};

struct stream {
	struct http_stream *http;
	struct scope scope;
	unsigned roles;
	int64_t session_id;
};

struct live {
	pthread_mutex_t lock; /* guards everything below */
	pthread_cond_t wake;
	struct stream streams[STREAMS_MAX]; /* oldest first */
	size_t n_streams;
	struct event events[EVENTS_MAX];
	size_t n_events;
	struct event recent[RECENT_MAX];
	int64_t published;
	bool lost; /* events did not fit: pages fetch everything */
	bool stop, running;
	pthread_t thread;
	struct hub *hub;
};

struct live *live_new(void)
{
	struct live *l = mem_new(sizeof(*l));
	pthread_condattr_t attr;

	pthread_mutex_init(&l->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&l->wake, &attr);
	pthread_condattr_destroy(&attr);
	return l;
}

int64_t live_mark(struct hub *h)
{
	struct live *l = h->live;
	int64_t n = 0;

	if (l) {
		pthread_mutex_lock(&l->lock);
		n = l->published;
		pthread_mutex_unlock(&l->lock);
	}
	return n;
}

/* Puts it into the queue of the thread once; called with the lock held. */
static void queue_event(struct live *l, const struct event *ev)
{
	size_t i = 0;

	while (i < l->n_events && memcmp(&l->events[i], ev, sizeof(*ev)) != 0)
		i++;
	if (i == EVENTS_MAX)
		l->lost = true;
	else if (i == l->n_events && l->n_streams > 0)
		l->events[l->n_events++] = *ev;
	pthread_cond_signal(&l->wake);
}

void live_publish(struct hub *h, const char *kind, int64_t company_id, int64_t subject_id)
{
	struct live *l = h->live;
	struct event ev = { .company_id = company_id, .subject_id = subject_id };

	if (!l)
		return;
	str_copy(ev.kind, sizeof(ev.kind), str_of(kind));
	pthread_mutex_lock(&l->lock);
	l->recent[l->published++ % RECENT_MAX] = ev;
	queue_event(l, &ev);
	pthread_mutex_unlock(&l->lock);
}

/* What the thread works on outside the lock. */
struct round {
	struct stream *streams;
	size_t n_streams;
	struct event *events;
	size_t n_events;
	bool lost, check;
	struct {
		int64_t org_id, company_id;
		bool sees;
	} seen[SEEN_MAX]; /* the same question is asked once a round */
	size_t n_seen;
};

static bool round_sees(struct hub *h, struct round *r, const struct stream *s,
		       const struct event *ev)
{
	struct err e = { 0 };
	struct scope scope = s->scope;

	if (ev->company_id == 0)
		return (s->roles & ROLES_STAFF) != 0;
	for (size_t i = 0; i < r->n_seen; i++)
		if (r->seen[i].org_id == scope.org_id && r->seen[i].company_id == ev->company_id)
			return r->seen[i].sees;
	scope.now_us = clock_utc_us(h->clock);
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_READ, &e);
	bool sees = t && hub_store_sees(t, &scope, ev->company_id, &e) == 1;
	if (r->n_seen < SEEN_MAX) {
		r->seen[r->n_seen].org_id = scope.org_id;
		r->seen[r->n_seen].company_id = ev->company_id;
		r->seen[r->n_seen++].sees = sees;
	}
	return sees;
}

/* False when the browser has left or its session has ended. */
static bool stream_serve(struct hub *h, struct round *r, const struct stream *s)
{
	char data[96];

	if (http_stream_gone(s->http))
		return false;
	if (r->check && s->session_id &&
	    !accounts_session_alive(h, s->session_id, clock_utc_us(h->clock)))
		return false;
	if (r->check && http_stream_push(s->http, "ping", NULL, "{}") < 0)
		return false;
	if (r->lost && http_stream_push(s->http, "lost", NULL, "{}") < 0)
		return false;
	for (size_t i = 0; i < r->n_events; i++) {
		if ((r->events[i].only && r->events[i].only != s->http) ||
		    !round_sees(h, r, s, &r->events[i]))
			continue;
		snprintf(data, sizeof(data), "{\"kind\":\"%s\",\"id\":%lld}", r->events[i].kind,
			 (long long)r->events[i].subject_id);
		if (http_stream_push(s->http, r->events[i].kind, NULL, data) < 0)
			return false;
	}
	return true;
}

static void stream_drop(struct live *l, const struct http_stream *http)
{
	pthread_mutex_lock(&l->lock);
	for (size_t i = 0; i < l->n_streams; i++) {
		if (l->streams[i].http != http)
			continue;
		http_stream_close(l->streams[i].http);
		http_stream_unref(l->streams[i].http);
		memmove(&l->streams[i], &l->streams[i + 1],
			(l->n_streams - i - 1) * sizeof(*l->streams));
		l->n_streams--;
		break;
	}
	pthread_mutex_unlock(&l->lock);
}

/* Takes what there is; called with the lock held. */
static void round_take(struct live *l, struct round *r)
{
	*r = (struct round){ .n_streams = l->n_streams, .n_events = l->n_events, .lost = l->lost };
	r->streams = mem_array(l->n_streams + 1, sizeof(*r->streams));
	r->events = mem_array(l->n_events + 1, sizeof(*r->events));
	memcpy(r->streams, l->streams, l->n_streams * sizeof(*r->streams));
	memcpy(r->events, l->events, l->n_events * sizeof(*r->events));
	for (size_t i = 0; i < r->n_streams; i++)
		http_stream_ref(r->streams[i].http);
	l->n_events = 0;
	l->lost = false;
}

static void round_run(struct live *l, struct round *r)
{
	for (size_t i = 0; i < r->n_streams; i++) {
		if (!stream_serve(l->hub, r, &r->streams[i]))
			stream_drop(l, r->streams[i].http);
		http_stream_unref(r->streams[i].http);
	}
	mem_cleanup(&r->streams);
	mem_cleanup(&r->events);
}

static void *live_thread(void *arg)
{
	struct live *l = arg;
	struct timespec next, now;
	struct round r;

	clock_gettime(CLOCK_MONOTONIC, &next);
	next.tv_sec += CHECK_EVERY_S;
	pthread_mutex_lock(&l->lock);
	while (!l->stop) {
		int timeout = 0;
		while (!l->stop && l->n_events == 0 && !l->lost && timeout == 0)
			timeout = pthread_cond_timedwait(&l->wake, &l->lock, &next);
		if (l->stop)
			break;
		round_take(l, &r);
		pthread_mutex_unlock(&l->lock);
		clock_gettime(CLOCK_MONOTONIC, &now);
		if (now.tv_sec >= next.tv_sec) {
			r.check = true;
			next.tv_sec = now.tv_sec + CHECK_EVERY_S;
		}
		round_run(l, &r);
		pthread_mutex_lock(&l->lock);
	}
	pthread_mutex_unlock(&l->lock);
	return NULL;
}

int live_start(struct hub *h, struct err *e)
{
	h->live->hub = h;
	int r = pthread_create(&h->live->thread, NULL, live_thread, h->live);
	if (r != 0)
		return err_set(e, -r, "no thread for live pages: %s", strerror(r));
	h->live->running = true;
	return 0;
}

void live_free(struct live *l)
{
	if (!l)
		return;
	pthread_mutex_lock(&l->lock);
	l->stop = true;
	pthread_cond_signal(&l->wake);
	pthread_mutex_unlock(&l->lock);
	if (l->running)
		pthread_join(l->thread, NULL);
	for (size_t i = 0; i < l->n_streams; i++)
		http_stream_unref(l->streams[i].http);
	pthread_cond_destroy(&l->wake);
	pthread_mutex_destroy(&l->lock);
	mem_cleanup(&l);
}

/* The oldest stream of a person who has too many; called with the lock held. */
static struct http_stream *one_too_many(const struct live *l, int64_t person_id)
{
	struct http_stream *oldest = NULL;
	size_t n = 0;

	for (size_t i = 0; i < l->n_streams; i++)
		if (l->streams[i].scope.person_id == person_id) {
			if (n++ == 0)
				oldest = l->streams[i].http;
		}
	return n >= STREAMS_PER_PERSON ? oldest : NULL;
}

/* What has happened since the page was read; called with the lock held. */
static void catch_up(struct live *l, struct http_stream *http, int64_t since)
{
	if (since < 0 || since == l->published)
		return;
	if (since > l->published || l->published - since > RECENT_MAX) {
		(void)http_stream_push(http, "lost", NULL,
				       "{}"); /* one that is gone is found later */
		return;
	}
	for (int64_t i = since; i < l->published; i++) {
		struct event ev = l->recent[i % RECENT_MAX];
		ev.only = http;
		queue_event(l, &ev);
	}
}

int live_route(struct call *c)
{
	struct live *l = c->hub->live;
	int64_t since = -1;
	struct http_stream *http = http_stream_new(STREAM_QUEUE_BYTES);

	(void)str_i64(str_of(http_query(c->req, "since")), 0, INT64_MAX, &since); /* else none */
	pthread_mutex_lock(&l->lock);
	struct http_stream *old = one_too_many(l, c->user->person_id);
	bool full = l->n_streams == STREAMS_MAX;
	if (!full) {
		http_stream_ref(http);
		l->streams[l->n_streams++] = (struct stream){ .http = http,
							      .scope = c->user->scope,
							      .roles = c->user->roles,
							      .session_id = c->session_id };
		catch_up(l, http, since);
	}
	pthread_mutex_unlock(&l->lock);
	if (old)
		stream_drop(l, old);
	if (full) {
		http_stream_unref(http);
		return err_set(&c->err, -EAGAIN, "too many open pages");
	}
	c->res->status = 200;
	c->res->stream = http;
	return 0;
}
