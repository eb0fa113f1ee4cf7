/* SPDX-License-Identifier: Apache-2.0 */
/* The connection to the hub: when to try, what to say first, what each answer means. */
#include "sensor/uplink.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "net/crypto.h"
#include "sensor/sensor_conf.h"
#include "sensor/sensor_version.h"
#include "sensor/uplink_int.h"
#include "wire/frame.h"

enum {
	BACKOFF_FIRST_MS = 500,
	TICK_MS = 1000,
	RESUME_LOOK_MS = 100,
	TICK_BLIND_MS = 200, /* when the system has no notification to give */
	BLOB_RETRY_MS = 60000,
	ANSWER_MS = 60000, /* the hub owes an answer for so long, then we connect anew */
};

static void on_retry(void *arg);
static void on_resume(void *arg);

/* --- what people are told --- */

static void status_store(const struct uplink *u)
{
	char path[SENSOR_PATH_MAX];
	struct err e = { 0 };

	sensor_path(u->conf.state_dir, SENSOR_STATUS, path);
	if (file_write(path, 0644, u->trouble, strlen(u->trouble), &e) < 0)
		log_error("%s", e.text);
}

/* Once in the log, and in the file that the probe reports; TEXT "" = all is well again. */
void uplink_trouble_set(struct uplink *u, const char *text)
{
	if (strncmp(u->trouble, text, sizeof(u->trouble) - 1) == 0)
		return;
	(void)str_copy(u->trouble, sizeof(u->trouble), str_of(text)); /* cut is fine */
	if (text[0])
		log_warn("%s", text);
	status_store(u);
}

/* --- waiting and trying --- */

int64_t uplink_backoff_first(const struct uplink *u)
{
	return BACKOFF_FIRST_MS < u->conf.retry_max_ms ? BACKOFF_FIRST_MS : u->conf.retry_max_ms;
}

static int64_t jittered(int64_t ms)
{
	uint16_t r = 0;

	crypto_random(&r, sizeof(r));
	return ms - ms / 4 + ms / 2 * r / UINT16_MAX;
}

static void wait_then(struct uplink *u, int64_t at_least_ms, loop_fn fn)
{
	int64_t ms = u->backoff_ms > at_least_ms ? u->backoff_ms : at_least_ms;

	loop_timer_stop(u->retry);
	u->retry = loop_timer_start(u->conf.loop, jittered(ms) + 1, 0, fn, u);
	u->backoff_ms *= 2;
	if (u->backoff_ms > u->conf.retry_max_ms)
		u->backoff_ms = u->conf.retry_max_ms;
}

void uplink_retry_later(struct uplink *u, int64_t at_least_ms)
{
	u->state = UPLINK_WAITING;
	wait_then(u, at_least_ms, on_retry);
}

void uplink_pause(struct uplink *u, int64_t at_least_ms)
{
	uplink_rewind(u);
	u->state = UPLINK_PAUSED;
	wait_then(u, at_least_ms, on_resume);
}

void uplink_connection_leave(struct uplink *u, const char *reason)
{
	struct tls_conn *c = u->conn;

	uplink_rewind(u);
	uplink_pull_stop(u);
	uplink_bring_stop(u);
	if (!c)
		return;
	if (u->leaving)
		tls_drop(u->leaving);
	u->leaving = c; /* its closed() is no news */
	u->conn = NULL;
	tls_close(c, reason);
}

static void fail(struct uplink *u, const char *why)
{
	uplink_trouble_set(u, why);
	uplink_connection_leave(u, why);
	uplink_retry_later(u, 0);
}

/* --- what can be sent now --- */

/* Nothing is on its way and nothing can be sent now. */
static void drained_tell(struct uplink *u)
{
	loop_fn fn = u->drained;

	if (!fn || u->in_flight > 0 || u->state == UPLINK_CONNECTING)
		return;
	u->drained = NULL;
	fn(u->drained_arg);
}

static void go_on(struct uplink *u)
{
	struct err e = { 0 };

	if (u->state == UPLINK_FLOWING && uplink_send(u, &e) < 0)
		fail(u, e.text);
	drained_tell(u);
}

/* --- events of the connection --- */

static void on_resume(void *arg)
{
	struct uplink *u = arg;

	loop_timer_stop(u->retry);
	u->retry = NULL;
	if (u->unanswered > 0) { /* else an answer could be taken for another batch's */
		u->retry = loop_timer_start(u->conf.loop, RESUME_LOOK_MS, 0, on_resume, u);
		return;
	}
	uplink_rewind(u);
	u->state = UPLINK_FLOWING;
	go_on(u);
}

static int on_opened(void *arg, struct tls_conn *c, const struct tls_peer *peer)
{
	struct uplink *u = arg;
	Otasuke__Wire__Hello m = OTASUKE__WIRE__HELLO__INIT;
	SCOPED_BUF struct buf b;

	(void)peer; /* its chain was checked against our CA */
	buf_init(&b, FRAME_MAX);
	if (c != u->conn)
		return -ECLOSED;
	m.version = (char *)(uintptr_t)SENSOR_VERSION;
	spool_reader_range(u->reader, &m.first_sequence, &m.next_sequence);
	frame_pack(&m.base, &b);
	u->moved_ns = clock_mono_ns(&clock_real);
	return tls_send(c, FRAME_HELLO, b.p, b.n);
}

static int on_frame(void *arg, struct tls_conn *c, uint8_t type, const uint8_t *p, size_t n)
{
	struct uplink *u = arg;
	struct err e = { 0 };

	if (c != u->conn)
		return 0; /* on its way out */
	if (uplink_hear(u, type, p, n, &e) < 0)
		fail(u, e.text);
	else
		go_on(u);
	return 0;
}

static void on_closed(void *arg, struct tls_conn *c, const char *reason)
{
	struct uplink *u = arg;
	struct err e = { 0 };

	if (c == u->leaving)
		u->leaving = NULL;
	if (c != u->conn)
		return;
	u->conn = NULL;
	(void)err_set(&e, -ECLOSED, "no connection to the hub: %s", reason);
	uplink_trouble_set(u, e.text);
	uplink_rewind(u);
	uplink_pull_stop(u);
	uplink_bring_stop(u);
	uplink_retry_later(u, 0);
}

static void on_drained(void *arg, struct tls_conn *c)
{
	struct uplink *u = arg;

	if (c == u->conn)
		go_on(u);
}

static void on_retry(void *arg)
{
	struct uplink *u = arg;
	const struct identity *id = u->conf.id;
	struct err e = { 0 };
	struct tls_client_conf conf = {
		.host = u->conf.host ? u->conf.host : id->hub_host,
		.port = u->conf.host ? u->conf.port : id->hub_port,
		.cert_pem = id->cert_pem,
		.key_pem = id->key_pem,
		.ca_pem = id->ca_pem,
		.limits = { .frame_max = FRAME_MAX, .queue_max = UPLINK_QUEUE_MAX },
		.events = { .opened = on_opened,
			    .frame = on_frame,
			    .closed = on_closed,
			    .drained = on_drained },
		.arg = u,
	};

	loop_timer_stop(u->retry);
	u->retry = NULL;
	u->state = UPLINK_CONNECTING;
	u->unanswered = 0;
	u->stats.connections++;
	u->moved_ns = clock_mono_ns(&clock_real);
	if (tls_client_start(u->conf.loop, &conf, &u->conn, &e) < 0)
		fail(u, e.text);
}

/* --- the spool grows, time passes --- */

static void on_notify(void *arg, int fd, unsigned events)
{
	char bytes[4096] __attribute__((aligned(__alignof__(struct inotify_event))));

	(void)events;
	while (read(fd, bytes, sizeof(bytes)) > 0) {
		/* what happened does not matter, only that something did */
	}
	go_on(arg);
}

static void on_tick(void *arg)
{
	struct uplink *u = arg;
	struct err e = { 0 };
	int64_t waited_ms = (clock_mono_ns(&clock_real) - u->moved_ns) / 1000000;
	bool owed = u->conn && (u->state == UPLINK_CONNECTING || u->unanswered > 0);

	if (owed && waited_ms > ANSWER_MS) {
		(void)err_set(&e, -ETIMEDOUT, "the hub does not answer");
		fail(u, e.text);
		return;
	}
	if (spool_reader_ack(u->reader, 0, false, &e) < 0)
		log_warn("%s", e.text);
	uplink_pull_sweep(u);
	uplink_bring_start(u);
	go_on(u);
}

static void notify_start(struct uplink *u, const char *spool_dir)
{
	u->notify_fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (u->notify_fd < 0)
		return; /* the tick looks */
	if (inotify_add_watch(u->notify_fd, spool_dir, IN_MODIFY | IN_CREATE) >= 0)
		u->notify = loop_add(u->conf.loop, u->notify_fd, LOOP_READ, on_notify, u, NULL);
}

int uplink_start(const struct uplink_conf *c, struct uplink **out, struct err *e)
{
	char spool_dir[SENSOR_PATH_MAX], inbox_dir[SENSOR_PATH_MAX];
	struct uplink *u = mem_new(sizeof(*u));

	u->conf = *c;
	u->notify_fd = -1;
	if (u->conf.blob_retry_ms == 0)
		u->conf.blob_retry_ms = BLOB_RETRY_MS;
	u->backoff_ms = uplink_backoff_first(u);
	buf_init(&u->raw, UPLINK_BATCH_BYTES + RECORD_MAX + 64);
	buf_init(&u->packed, FRAME_MAX);
	sensor_path(c->state_dir, SENSOR_SPOOL, spool_dir);
	sensor_path(c->state_dir, SENSOR_INBOX, inbox_dir);
	int r = spool_reader_open(spool_dir, &u->reader, e);
	if (r >= 0)
		r = inbox_open(inbox_dir, &u->inbox, e);
	if (r < 0) {
		uplink_stop(u);
		return r;
	}
	status_store(u); /* what an earlier run has told is over */
	notify_start(u, spool_dir);
	int64_t tick_ms = u->notify ? TICK_MS : TICK_BLIND_MS;
	u->tick = loop_timer_start(c->loop, tick_ms, tick_ms, on_tick, u);
	u->retry = loop_timer_start(c->loop, 1, 0, on_retry, u);
	*out = u;
	return 0;
}

static void on_drain_end(void *arg)
{
	struct uplink *u = arg;
	loop_fn fn = u->drained;

	u->drained = NULL;
	if (fn)
		fn(u->drained_arg);
}

void uplink_drain(struct uplink *u, int64_t wait_ms, loop_fn fn, void *arg)
{
	u->drained = fn;
	u->drained_arg = arg;
	u->drain_timer = loop_timer_start(u->conf.loop, wait_ms, 0, on_drain_end, u);
	go_on(u);
}

void uplink_stop(struct uplink *u)
{
	if (!u)
		return;
	loop_timer_stop(u->retry);
	loop_timer_stop(u->tick);
	loop_timer_stop(u->drain_timer);
	uplink_pull_stop(u);
	uplink_bring_stop(u);
	loop_remove(u->notify);
	fd_cleanup(&u->notify_fd);
	struct tls_conn *open[] = { u->conn, u->leaving };
	u->conn = u->leaving = NULL;
	for (size_t i = 0; i < ARRAY_LEN(open); i++) {
		if (open[i])
			tls_drop(open[i]);
	}
	spool_reader_close(u->reader);
	buf_done(&u->raw);
	buf_done(&u->packed);
	free(u);
}

void uplink_stats_get(const struct uplink *u, struct uplink_stats *out)
{
	struct spool_reader_stats s;

	spool_reader_stats_get(u->reader, &s);
	*out = u->stats;
	out->acknowledged = s.acknowledged;
	out->connected = u->state == UPLINK_FLOWING || u->state == UPLINK_PAUSED;
}
