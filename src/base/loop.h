/* SPDX-License-Identifier: Apache-2.0 */
/* Event loop on epoll: descriptors, timers, signals. One loop belongs to one thread; only loop_stop
 * and loop_wake may be called from another. */
#ifndef BASE_LOOP_H
#define BASE_LOOP_H

#include <stdint.h>

#include "base/err.h"

struct loop;
struct loop_fd;
struct loop_timer;

enum { LOOP_READ = 1, LOOP_WRITE = 2, LOOP_GONE = 4 };

typedef void (*loop_fd_fn)(void *arg, int fd, unsigned events);
typedef void (*loop_fn)(void *arg);
typedef void (*loop_signal_fn)(void *arg, int signo);

struct loop *loop_new(struct err *e);
void loop_free(struct loop *l);
int loop_run(struct loop *l, struct err *e); /* until loop_stop */
void loop_stop(struct loop *l);

struct loop_fd *loop_add(struct loop *l, int fd, unsigned events, loop_fd_fn fn, void *arg,
			 struct err *e);
void loop_set(struct loop_fd *f, unsigned events);
void loop_remove(
	struct loop_fd *f); /* does not close; safe from inside its own callback; NULL is fine */

/* A repeating timer (EVERY_MS > 0) or a single one (0) after FIRST_MS; lives until loop_timer_stop
 * or loop_free. */
struct loop_timer *loop_timer_start(struct loop *l, int64_t first_ms, int64_t every_ms, loop_fn fn,
				    void *arg);
void loop_timer_stop(struct loop_timer *t); /* NULL is fine */

/* Blocks SIGNO for the process and delivers it to FN inside the loop. */
int loop_signal(struct loop *l, int signo, loop_signal_fn fn, void *arg, struct err *e);

/* Runs FN inside the loop soon; may be called from any thread. */
void loop_wake(struct loop *l, loop_fn fn, void *arg);

#endif
