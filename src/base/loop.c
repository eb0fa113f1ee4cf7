/* SPDX-License-Identifier: Apache-2.0 */
/* Event loop on epoll, timerfd, signalfd and eventfd. Everything but the wake queue belongs to the
 * loop's thread. */
#include "base/loop.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/mem.h"

enum { EVENTS_MAX = 64 };

struct loop_fd {
	struct loop *loop;
	struct loop_fd *prev, *next;
	int fd;
	unsigned events;
	bool removed;
	loop_fd_fn fn;
	void *arg;
};

struct loop_timer {
	struct loop *loop;
	struct loop_timer *prev, *next;
	struct loop_fd *fd;
	int64_t every_ms;
	loop_fn fn;
	void *arg;
};

struct wake {
	struct wake *next;
	loop_fn fn;
	void *arg;
};

struct watched_signal {
	struct watched_signal *next;
	int signo;
	loop_signal_fn fn;
	void *arg;
};

struct loop {
	int epoll_fd, wake_fd, signal_fd;
	atomic_bool stop;
	struct loop_fd *first;   /* live descriptors */
	struct loop_fd *removed; /* freed when the round of events is over */
	struct loop_timer *timers;
	struct watched_signal *signals;
	sigset_t mask;
	pthread_mutex_t lock; /* guards the wake queue: */
	struct wake *wake_first, **wake_last;
};

static uint32_t to_epoll(unsigned events)
{
	return (events & LOOP_READ ? (uint32_t)EPOLLIN : 0u) |
	       (events & LOOP_WRITE ? (uint32_t)EPOLLOUT : 0u);
}

static unsigned from_epoll(uint32_t e)
{
	return (e & EPOLLIN ? LOOP_READ : 0u) | (e & EPOLLOUT ? LOOP_WRITE : 0u) |
	       (e & (EPOLLERR | EPOLLHUP) ? LOOP_GONE : 0u);
}

struct loop_fd *loop_add(struct loop *l, int fd, unsigned events, loop_fd_fn fn, void *arg,
			 struct err *e)
{
	struct loop_fd *f = mem_new(sizeof(*f));
	*f = (struct loop_fd){ .loop = l, .fd = fd, .events = events, .fn = fn, .arg = arg };
	struct epoll_event ev = { .events = to_epoll(events), .data.ptr = f };
	if (epoll_ctl(l->epoll_fd, EPOLL_CTL_ADD, fd, &ev) < 0) {
		(void)err_set(e, -errno, "cannot watch a descriptor: %s", err_text(errno));
		free(f);
		return NULL;
	}
	f->next = l->first;
	if (l->first)
		l->first->prev = f;
	l->first = f;
	return f;
}

void loop_set(struct loop_fd *f, unsigned events)
{
	if (f->removed || f->events == events)
		return;
	struct epoll_event ev = { .events = to_epoll(events), .data.ptr = f };
	f->events = events;
	/* fails only for a descriptor that was closed too early: its owner's mistake */
	int r = epoll_ctl(f->loop->epoll_fd, EPOLL_CTL_MOD, f->fd, &ev);
	assert(r == 0);
	(void)r;
}

void loop_remove(struct loop_fd *f)
{
	if (!f || f->removed)
		return;
	struct loop *l = f->loop;
	(void)epoll_ctl(l->epoll_fd, EPOLL_CTL_DEL, f->fd, NULL); /* it may be closed already */
	if (f->prev)
		f->prev->next = f->next;
	else
		l->first = f->next;
	if (f->next)
		f->next->prev = f->prev;
	f->removed = true;
	f->prev = NULL;
	f->next = l->removed; /* events of this round may still point at it */
	l->removed = f;
}

static void removed_free(struct loop *l)
{
	while (l->removed) {
		struct loop_fd *f = l->removed;
		l->removed = f->next;
		free(f);
	}
}

static void on_wake(void *arg, int fd, unsigned events)
{
	(void)events;
	struct loop *l = arg;
	uint64_t count;
	ssize_t n = read(fd, &count, sizeof(count));
	(void)n; /* the count does not matter */
	(void)pthread_mutex_lock(&l->lock);
	struct wake *w = l->wake_first;
	l->wake_first = NULL;
	l->wake_last = &l->wake_first;
	(void)pthread_mutex_unlock(&l->lock);
	while (w) {
		struct wake *next = w->next;
		w->fn(w->arg);
		free(w);
		w = next;
	}
}

static void ring(struct loop *l)
{
	uint64_t one = 1;
	ssize_t n = write(l->wake_fd, &one, sizeof(one));
	(void)n; /* full means that a wake is pending already */
}

void loop_wake(struct loop *l, loop_fn fn, void *arg)
{
	struct wake *w = mem_new(sizeof(*w));
	*w = (struct wake){ .fn = fn, .arg = arg };
	(void)pthread_mutex_lock(&l->lock);
	*l->wake_last = w;
	l->wake_last = &w->next;
	(void)pthread_mutex_unlock(&l->lock);
	ring(l);
}

struct loop *loop_new(struct err *e)
{
	struct loop *l = mem_new(sizeof(*l));
	l->signal_fd = -1;
	l->wake_last = &l->wake_first;
	(void)pthread_mutex_init(&l->lock, NULL); /* cannot fail with default attributes */
	(void)sigemptyset(&l->mask);
	l->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	l->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (l->epoll_fd < 0 || l->wake_fd < 0) {
		(void)err_set(e, -errno, "cannot make an event loop: %s", err_text(errno));
		loop_free(l);
		return NULL;
	}
	if (!loop_add(l, l->wake_fd, LOOP_READ, on_wake, l, e)) {
		loop_free(l);
		return NULL;
	}
	return l;
}

void loop_free(struct loop *l)
{
	if (!l)
		return;
	while (l->timers)
		loop_timer_stop(l->timers);
	while (l->first)
		loop_remove(l->first);
	removed_free(l);
	while (l->wake_first) {
		struct wake *w = l->wake_first;
		l->wake_first = w->next;
		free(w);
	}
	while (l->signals) {
		struct watched_signal *s = l->signals;
		l->signals = s->next;
		free(s);
	}
	fd_cleanup(&l->signal_fd);
	fd_cleanup(&l->wake_fd);
	fd_cleanup(&l->epoll_fd);
	(void)pthread_mutex_destroy(&l->lock);
	free(l);
}

int loop_run(struct loop *l, struct err *e)
{
	struct epoll_event events[EVENTS_MAX];
	while (!atomic_load(&l->stop)) {
		int n = epoll_wait(l->epoll_fd, events, EVENTS_MAX, -1);
		if (n < 0 && errno != EINTR)
			return err_set(e, -errno, "the event loop failed: %s", err_text(errno));
		for (int i = 0; i < n; i++) {
			struct loop_fd *f = events[i].data.ptr;
			if (!f->removed)
				f->fn(f->arg, f->fd, from_epoll(events[i].events));
		}
		removed_free(l);
	}
	atomic_store(&l->stop, false); /* it may be run again */
	return 0;
}

void loop_stop(struct loop *l)
{
	atomic_store(&l->stop, true);
	ring(l);
}

static struct timespec to_timespec(int64_t ms)
{
	return (struct timespec){ .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };
}

static void on_timer(void *arg, int fd, unsigned events)
{
	(void)events;
	struct loop_timer *t = arg;
	uint64_t count;
	if (read(fd, &count, sizeof(count)) < 0)
		return; /* rearmed meanwhile */
	loop_fn fn = t->fn;
	void *fn_arg = t->arg;
	fn(fn_arg); /* may stop T: not touched afterwards */
}

struct loop_timer *loop_timer_start(struct loop *l, int64_t first_ms, int64_t every_ms, loop_fn fn,
				    void *arg)
{
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	struct itimerspec spec = { .it_value = to_timespec(first_ms),
				   .it_interval = to_timespec(every_ms) };
	if (first_ms <= 0)
		spec.it_value.tv_nsec = 1; /* zero would disarm it */
	struct loop_timer *t = mem_new(sizeof(*t));
	*t = (struct loop_timer){ .loop = l, .every_ms = every_ms, .fn = fn, .arg = arg };
	if (fd >= 0 && timerfd_settime(fd, 0, &spec, NULL) == 0)
		t->fd = loop_add(l, fd, LOOP_READ, on_timer, t, NULL);
	if (!t->fd) { /* no descriptors left: the supervisor restarts us */
		abort();
	}
	t->next = l->timers;
	if (l->timers)
		l->timers->prev = t;
	l->timers = t;
	return t;
}

void loop_timer_stop(struct loop_timer *t)
{
	if (!t)
		return;
	int fd = t->fd->fd;
	loop_remove(t->fd);
	(void)close(fd); /* nothing to be done about a failure here */
	if (t->prev)
		t->prev->next = t->next;
	else
		t->loop->timers = t->next;
	if (t->next)
		t->next->prev = t->prev;
	free(t);
}

static void on_signal(void *arg, int fd, unsigned events)
{
	(void)events;
	struct loop *l = arg;
	struct signalfd_siginfo info;
	while (read(fd, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		for (struct watched_signal *s = l->signals; s; s = s->next) {
			if ((uint32_t)s->signo == info.ssi_signo)
				s->fn(s->arg, s->signo);
		}
	}
}

int loop_signal(struct loop *l, int signo, loop_signal_fn fn, void *arg, struct err *e)
{
	(void)sigaddset(&l->mask, signo);
	int r = pthread_sigmask(SIG_BLOCK, &l->mask, NULL);
	if (r != 0)
		return err_set(e, -r, "cannot block signal %d: %s", signo, err_text(r));
	int fd = signalfd(l->signal_fd, &l->mask, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd < 0)
		return err_set(e, -errno, "cannot watch signal %d: %s", signo, err_text(errno));
	if (l->signal_fd < 0) {
		l->signal_fd = fd;
		if (!loop_add(l, fd, LOOP_READ, on_signal, l, e))
			return -EIO;
	}
	struct watched_signal *s = mem_new(sizeof(*s));
	*s = (struct watched_signal){ .next = l->signals, .signo = signo, .fn = fn, .arg = arg };
	l->signals = s;
	return 0;
}
