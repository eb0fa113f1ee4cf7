/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of base/loop.h. */
#include "base/loop.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/test.h"

struct fixture {
	struct loop *loop;
	int pipe_fd[2];
	struct loop_fd *fd;
	struct loop_timer *timer;
	int reads, ticks, wakes, signals;
	unsigned last_events;
};

static int set_up(void **state)
{
	struct fixture *f = mem_new(sizeof(*f));
	f->loop = loop_new(NULL);
	assert_non_null(f->loop);
	assert_int_equal(pipe(f->pipe_fd), 0);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	loop_free(f->loop);
	(void)close(f->pipe_fd[0]);
	fd_cleanup(&f->pipe_fd[1]);
	free(f);
	return 0;
}

static void on_read(void *arg, int fd, unsigned events)
{
	struct fixture *f = arg;
	char c;
	f->last_events = events;
	if (events & LOOP_READ)
		assert_int_equal(read(fd, &c, 1), 1);
	f->reads++;
	if (f->reads == 2 || !(events & LOOP_READ))
		loop_stop(f->loop);
}

static void readable_descriptor_is_reported(void **state)
{
	struct fixture *f = *state;
	assert_non_null(loop_add(f->loop, f->pipe_fd[0], LOOP_READ, on_read, f, NULL));
	assert_int_equal(write(f->pipe_fd[1], "ab", 2), 2);
	assert_int_equal(loop_run(f->loop, NULL), 0);
	assert_int_equal(f->reads, 2);
}

static void peer_gone_is_reported(void **state)
{
	struct fixture *f = *state;
	assert_non_null(loop_add(f->loop, f->pipe_fd[0], LOOP_READ, on_read, f, NULL));
	fd_cleanup(&f->pipe_fd[1]);
	assert_int_equal(loop_run(f->loop, NULL), 0);
	assert_true(f->last_events & LOOP_GONE);
}

static void on_write_remove_self(void *arg, int fd, unsigned events)
{
	struct fixture *f = arg;
	(void)fd;
	assert_true(events & LOOP_WRITE);
	f->reads++;
	loop_remove(f->fd);
	loop_remove(f->fd); /* twice is fine within the round */
	loop_stop(f->loop);
}

static void descriptor_may_remove_itself(void **state)
{
	struct fixture *f = *state;
	f->fd = loop_add(f->loop, f->pipe_fd[1], 0, on_write_remove_self, f, NULL);
	loop_set(f->fd, LOOP_WRITE);
	assert_int_equal(loop_run(f->loop, NULL), 0);
	assert_int_equal(f->reads, 1);
	loop_remove(NULL);
}

static void bad_descriptor_is_an_error(void **state)
{
	struct fixture *f = *state;
	struct err e = { 0 };
	assert_null(loop_add(f->loop, -1, LOOP_READ, on_read, f, &e));
	assert_true(e.code < 0);
}

static void on_tick(void *arg)
{
	struct fixture *f = arg;
	if (++f->ticks == 3) {
		loop_timer_stop(f->timer);
		loop_stop(f->loop);
	}
}

static void timer_repeats_until_stopped(void **state)
{
	struct fixture *f = *state;
	f->timer = loop_timer_start(f->loop, 0, 1, on_tick, f);
	assert_int_equal(loop_run(f->loop, NULL), 0);
	assert_int_equal(f->ticks, 3);
	loop_timer_stop(NULL);
}

static void on_once(void *arg)
{
	struct fixture *f = arg;
	f->ticks++;
	loop_stop(f->loop);
}

static void single_timer_fires_once(void **state)
{
	struct fixture *f = *state;
	(void)loop_timer_start(f->loop, 1, 0, on_once, f); /* freed with the loop */
	assert_int_equal(loop_run(f->loop, NULL), 0);
	assert_int_equal(f->ticks, 1);
}

static void on_woken(void *arg)
{
	struct fixture *f = arg;
	if (++f->wakes == 100)
		loop_stop(f->loop);
}

static void *wake_often(void *arg)
{
	struct fixture *f = arg;
	for (int i = 0; i < 100; i++)
		loop_wake(f->loop, on_woken, f);
	return NULL;
}

static void wake_from_another_thread(void **state)
{
	struct fixture *f = *state;
	pthread_t thread;
	assert_int_equal(pthread_create(&thread, NULL, wake_often, f), 0);
	assert_int_equal(loop_run(f->loop, NULL), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(f->wakes, 100);
	loop_wake(f->loop, on_woken, f); /* never delivered: freed with the loop */
}

static void on_signal(void *arg, int signo)
{
	struct fixture *f = arg;
	assert_int_equal(signo, SIGUSR1);
	f->signals++;
	loop_stop(f->loop);
}

static void signal_arrives_in_the_loop(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(loop_signal(f->loop, SIGUSR1, on_signal, f, NULL), 0);
	assert_int_equal(loop_signal(f->loop, SIGUSR2, on_signal, f, NULL), 0);
	assert_int_equal(raise(SIGUSR1), 0);
	assert_int_equal(loop_run(f->loop, NULL), 0);
	assert_int_equal(f->signals, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(readable_descriptor_is_reported, set_up, tear_down),
		cmocka_unit_test_setup_teardown(peer_gone_is_reported, set_up, tear_down),
		cmocka_unit_test_setup_teardown(descriptor_may_remove_itself, set_up, tear_down),
		cmocka_unit_test_setup_teardown(bad_descriptor_is_an_error, set_up, tear_down),
		cmocka_unit_test_setup_teardown(timer_repeats_until_stopped, set_up, tear_down),
		cmocka_unit_test_setup_teardown(single_timer_fires_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(wake_from_another_thread, set_up, tear_down),
		cmocka_unit_test_setup_teardown(signal_arrives_in_the_loop, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
