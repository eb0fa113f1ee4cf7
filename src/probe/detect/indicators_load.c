/* SPDX-License-Identifier: Apache-2.0 */
/* Brings lists and bundles in: here and now, or on a thread of its own, which hands over one whole
 * bundle and the lines to tell. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "probe/detect/indicators_priv.h"
#include "wire/indicator/indicator_files.h"

enum { TOLD_MAX = 20, SAID_BYTES_MAX = 64 * 1024 };

struct indicators_load {
	char *path;
	struct bundle *bundle;
	uint64_t bad;
	struct buf said; /* lines to tell, each with its NUL */
	int result;
	struct err e;
	/* While it is read. */
	struct bundle_writer *writer;
	unsigned feed;
	unsigned told;
	/* On a thread. */
	enum lang lang;
	pthread_t thread;
	bool done; /* atomic: all above is the reader's then */
};

static struct indicators_load *load_new(const char *path)
{
	struct indicators_load *l = mem_new(sizeof(*l));

	l->path = mem_strdup(path);
	buf_init(&l->said, SAID_BYTES_MAX);
	return l;
}

static void load_free(struct indicators_load *l)
{
	bundle_free(l->bundle);
	buf_done(&l->said);
	free(l->path);
	free(l);
}

static void say(struct indicators_load *l, struct err *why)
{
	buf_add(&l->said, why->text, strlen(why->text) + 1);
}

static void on_bad(void *arg, const struct indicator_bad_line *b)
{
	struct indicators_load *l = arg;
	struct err why = { 0 };

	l->bad++;
	if (l->told > TOLD_MAX)
		return;
	if (l->told++ == TOLD_MAX) {
		(void)err_set(&why, -EFORMAT, "%s: further bad lines are only counted", l->path);
	} else {
		(void)indicator_bad_err(&why, b->why, b->text);
		(void)err_context(&why, "%s line %ld", l->path, b->line);
	}
	say(l, &why);
}

static void on_found(void *arg, const struct indicator *i)
{
	struct indicators_load *l = arg;

	if (bundle_writer_add(l->writer, l->feed, i) != BUNDLE_FULL)
		return;
	struct indicator_bad_line full = { .why = INDICATOR_FULL };
	on_bad(l, &full);
}

static bool is_bundle(const char *path)
{
	char head[8];
	SCOPED_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	return fd >= 0 && read(fd, head, sizeof(head)) == (ssize_t)sizeof(head) &&
	       bundle_begins(head, sizeof(head));
}

/* What a list is called when it does not say so itself. */
static struct str base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return str_of(slash && slash[1] ? slash + 1 : path);
}

static int list_load(struct indicators_load *l, struct err *e)
{
	int64_t now_us = clock_utc_us(&clock_real);
	struct indicator_reader to = {
		.arg = l, .found = on_found, .bad = on_bad, .now_us = now_us
	};

	l->writer = bundle_writer_new(0);
	l->feed = bundle_writer_feed(l->writer, base_name(l->path));
	int r = indicator_file_read(l->path, &to, NULL, e);
	if (r >= 0)
		l->bundle = bundle_writer_finish(l->writer, now_us);
	bundle_writer_free(l->writer);
	return r;
}

static void load_run(struct indicators_load *l)
{
	l->result =
		is_bundle(l->path) ? bundle_open(l->path, &l->bundle, &l->e) : list_load(l, &l->e);
}

static void swap_in(struct indicators *s, struct indicators_load *l,
		    void (*tell)(void *arg, const char *text), void *arg)
{
	for (size_t at = 0; tell && at < l->said.n; at += strlen(l->said.p + at) + 1)
		tell(arg, l->said.p + at);
	if (l->result < 0)
		return;
	indicators_use(s, l->bundle);
	l->bundle = NULL;
	s->bad = l->bad;
}

int indicators_load(struct indicators *s, const char *path,
		    void (*tell)(void *arg, const char *text), void *arg, struct err *e)
{
	struct indicators_load *l = load_new(path);

	load_run(l);
	swap_in(s, l, tell, arg);
	int r = l->result;
	if (r < 0 && e)
		*e = l->e;
	load_free(l);
	return r;
}

int indicators_map(struct indicators *s, const char *path, struct err *e)
{
	struct bundle *b = NULL;
	int r = bundle_map(path, &b, e);

	if (r < 0)
		return r;
	indicators_use(s, b);
	s->bad = 0;
	return 0;
}

static void *load_thread(void *arg)
{
	struct indicators_load *l = arg;

	text_thread_lang(l->lang);
	load_run(l);
	__atomic_store_n(&l->done, true, __ATOMIC_RELEASE);
	return NULL;
}

int indicators_load_begin(struct indicators *s, const char *path, struct err *e)
{
	if (s->load)
		return err_set(e, -EBUSY, "another indicator list is being read");
	struct indicators_load *l = load_new(path);
	l->lang = text_thread_lang_get();
	int r = pthread_create(&l->thread, NULL, load_thread, l);
	if (r != 0) {
		load_free(l);
		return err_set(e, -r, "cannot start a thread: %s", err_text(-r));
	}
	s->load = l;
	return 0;
}

bool indicators_load_poll(struct indicators *s, void (*tell)(void *arg, const char *text),
			  void *arg)
{
	struct indicators_load *l = s->load;

	if (!l || !__atomic_load_n(&l->done, __ATOMIC_ACQUIRE))
		return false;
	(void)pthread_join(l->thread, NULL); /* it has ended, or is about to */
	s->load = NULL;
	bool ok = l->result >= 0;
	swap_in(s, l, tell, arg);
	if (!ok && tell)
		tell(arg, l->e.text);
	load_free(l);
	return ok;
}

void indicators_load_end(struct indicators *s)
{
	if (!s->load)
		return;
	(void)pthread_join(s->load->thread, NULL); /* ours: cannot fail */
	load_free(s->load);
	s->load = NULL;
}
