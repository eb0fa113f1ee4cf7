/* SPDX-License-Identifier: Apache-2.0 */
/* The job thread: features' repeating work, one job at a time. A job that fails is logged and tried
 * again at its next turn. */
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/mem.h"
#include "hub/hub_core.h"

enum { TICK_MS = 200, JOBS_MAX = 64 };

struct due {
	const struct job *job;
	int64_t next_ns;
};

struct hub_jobs {
	struct hub *hub;
	pthread_t thread;
	pthread_mutex_t lock; /* guards stop */
	pthread_cond_t wake;
	bool stop;
	struct due due[JOBS_MAX]; /* the thread's own */
	size_t n;
};

static void job_run(struct hub *h, const struct job *j)
{
	struct err e = { 0 };

	text_thread_lang(LANG_EN); /* the log is read by administrators everywhere */
	if (j->run(h, &e) < 0)
		log_error("job %s: %s", j->name, e.text);
}

static void tend(struct hub *h)
{
	struct err e = { 0 };

	if (db_tend(h->db, &e) < 0)
		log_error("the database: %s", e.text);
}

static bool stopped_after(struct hub_jobs *j, int64_t ms)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += ms % 1000 * 1000000;
	until.tv_sec += ms / 1000 + until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	pthread_mutex_lock(&j->lock);
	while (!j->stop && pthread_cond_timedwait(&j->wake, &j->lock, &until) == 0)
		;
	bool stop = j->stop;
	pthread_mutex_unlock(&j->lock);
	return stop;
}

static void *jobs_thread(void *arg)
{
	struct hub_jobs *j = arg;

	while (!stopped_after(j, TICK_MS)) {
		int64_t now = clock_mono_ns(j->hub->clock);
		tend(j->hub);
		for (size_t i = 0; i < j->n; i++) {
			if (j->due[i].next_ns > now)
				continue;
			job_run(j->hub, j->due[i].job);
			j->due[i].next_ns =
				clock_mono_ns(j->hub->clock) + j->due[i].job->every_ms * 1000000;
		}
	}
	return NULL;
}

int jobs_start(struct hub *h, struct hub_jobs **out, struct err *e)
{
	struct hub_jobs *j = mem_new(sizeof(*j));
	pthread_condattr_t attr;
	int r;

	j->hub = h;
	for (size_t i = 0; h->features[i]; i++)
		for (size_t k = 0; k < h->features[i]->n_jobs && j->n < JOBS_MAX; k++)
			j->due[j->n++] = (struct due){ &h->features[i]->jobs[k], 0 };
	pthread_mutex_init(&j->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&j->wake, &attr);
	pthread_condattr_destroy(&attr);
	r = pthread_create(&j->thread, NULL, jobs_thread, j);
	if (r != 0) {
		mem_cleanup(&j);
		return err_set(e, -r, "no thread for jobs: %s", strerror(r));
	}
	*out = j;
	return 0;
}

void jobs_stop(struct hub_jobs *j)
{
	if (!j)
		return;
	pthread_mutex_lock(&j->lock);
	j->stop = true;
	pthread_cond_signal(&j->wake);
	pthread_mutex_unlock(&j->lock);
	pthread_join(j->thread, NULL);
	pthread_cond_destroy(&j->wake);
	pthread_mutex_destroy(&j->lock);
	mem_cleanup(&j);
}

int jobs_run(struct hub *h, const char *name, struct err *e)
{
	for (size_t i = 0; h->features[i]; i++)
		for (size_t k = 0; k < h->features[i]->n_jobs; k++)
			if (strcmp(h->features[i]->jobs[k].name, name) == 0)
				return h->features[i]->jobs[k].run(h, e);
	return err_set(e, -ENOENT, "there is no job %s", name);
}
