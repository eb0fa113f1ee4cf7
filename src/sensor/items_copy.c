/* SPDX-License-Identifier: Apache-2.0 */
/* Copies blobs, on this thread or another. */
#include "sensor/items_copy.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "net/crypto.h"

enum { COPY_BYTES = 64 * 1024 };

struct items_copy {
	struct items_copy_job job;
	pthread_t thread;
	bool running; /* there is a thread to join */
	bool done;    /* atomic: RESULT and E are the asker's then */
	int result;
	struct err e;
};

int items_copy_now(const struct items_copy_job *job, struct err *e)
{
	SCOPED_MEM char *chunk = mem_new(COPY_BYTES);
	struct crypto_sha256_state h;
	uint8_t hash[BLOB_HASH];
	uint64_t left = job->size;
	ssize_t n = 0;
	int r = 0;
	SCOPED_FD int in = open(job->from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	SCOPED_FD int out =
		open(job->to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);

	if (in < 0 || out < 0)
		return err_set(e, -errno, "cannot copy %s: %s", job->from, err_text(errno));
	crypto_sha256_init(&h);
	while (r >= 0 && left > 0 && (n = read(in, chunk, COPY_BYTES)) > 0) {
		if ((uint64_t)n > left)
			break;
		crypto_sha256_add(&h, chunk, (size_t)n);
		left -= (uint64_t)n;
		r = fd_write_all(out, chunk, (size_t)n);
	}
	crypto_sha256_end(&h, hash);
	if (r >= 0 && n < 0)
		r = -errno;
	if (r >= 0 && fsync(out) < 0)
		r = -errno;
	if (r < 0)
		return err_set(e, r, "cannot copy %s: %s", job->from, err_text(r));
	if (left != 0 || memcmp(hash, job->hash, BLOB_HASH) != 0)
		return err_set(e, -EDENIED, "the data do not have the hash that it names");
	return 0;
}

struct items_copy *items_copy_new(void)
{
	return mem_new(sizeof(struct items_copy));
}

bool items_copy_ready(const struct items_copy *c)
{
	return c->running && __atomic_load_n(&c->done, __ATOMIC_ACQUIRE);
}

static void join(struct items_copy *c)
{
	(void)pthread_join(c->thread, NULL); /* ours, once: cannot fail */
	c->running = false;
}

void items_copy_free(struct items_copy *c)
{
	if (!c)
		return;
	if (c->running) {
		join(c);
		(void)unlink(c->job.to); /* it comes again */
	}
	free(c);
}

static void *copy_thread(void *arg)
{
	struct items_copy *c = arg;

	c->result = items_copy_now(&c->job, &c->e);
	__atomic_store_n(&c->done, true, __ATOMIC_RELEASE);
	return NULL;
}

static bool is_same(const struct items_copy_job *a, const struct items_copy_job *b)
{
	return strcmp(a->to, b->to) == 0 && a->size == b->size &&
	       memcmp(a->hash, b->hash, BLOB_HASH) == 0;
}

int items_copy_aside(struct items_copy *c, const struct items_copy_job *job, struct err *e)
{
	if (c->running && !items_copy_ready(c))
		return -EINPROGRESS;
	if (c->running) {
		join(c);
		if (is_same(&c->job, job)) {
			if (e)
				*e = c->e;
			return c->result;
		}
		(void)unlink(c->job.to); /* what it was for has gone */
	}
	c->job = *job;
	c->e = (struct err){ 0 };
	c->done = false;
	if (pthread_create(&c->thread, NULL, copy_thread, c) != 0)
		return items_copy_now(job, e); /* late is better than never */
	c->running = true;
	return -EINPROGRESS;
}
