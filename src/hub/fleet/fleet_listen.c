/* SPDX-License-Identifier: Apache-2.0 */
/* The sensors' door: listening on a thread of its own, and the hand-over from the writer's thread.
 * What is said on a connection: fleet_peer.c. */
#include "hub/fleet/fleet_listen.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/mem.h"
#include "hub/fleet/fleet_peer.h"
#include "hub/hub_core.h"
#include "net/crypto.h"
#include "wire/frame.h"

enum {
	PEM_MAX = 64 * 1024,
	SENSORS_MAX = 10000, /* connections */
	ANSWERS_MAX = 1024 * 1024,
	HANDSHAKE_MS = 10000,
	IDLE_MS = 10 * 60 * 1000, /* a heartbeat comes every minute */
	DROPS_MAX = 64,
	LOOK_MS = 10000, /* for items that another process put */
};

struct fleet_listener {
	struct hub *hub;
	struct fleet_ca ca;
	struct loop *loop;
	struct tls_server *server;
	struct peers peers; /* the thread's own, like the timers */
	struct fleet_present present;
	struct loop_timer *look, *tick;
	pthread_t thread;
	bool running;
	pthread_mutex_t lock; /* guards what follows */
	struct writer_job *done;
	int64_t drops[DROPS_MAX];
	size_t n_drops;
};

/* What the writer has finished, and whom to drop: woken by either. */
static void on_wake(void *arg)
{
	struct fleet_listener *l = arg;
	int64_t drops[DROPS_MAX];

	pthread_mutex_lock(&l->lock);
	struct writer_job *list = l->done;
	size_t n = l->n_drops;
	memcpy(drops, l->drops, n * sizeof(drops[0]));
	l->done = NULL;
	l->n_drops = 0;
	pthread_mutex_unlock(&l->lock);
	for (struct writer_job *j = list, *next; j; j = next) {
		next = j->next;
		fleet_peer_answer(j);
	}
	for (size_t i = 0; i < n; i++)
		fleet_peer_drop(&l->peers, drops[i], "revoked",
				"this sensor was revoked: please ask the desk");
}

/* On the writer's thread. */
static void on_done(void *arg, struct writer_job *list)
{
	struct fleet_listener *l = arg;
	struct writer_job **end = &l->done;

	pthread_mutex_lock(&l->lock);
	while (*end)
		end = &(*end)->next;
	*end = list;
	pthread_mutex_unlock(&l->lock);
	loop_wake(l->loop, on_wake, l);
}

void fleet_listen_drop(struct fleet_listener *l, int64_t sensor_id)
{
	pthread_mutex_lock(&l->lock);
	if (l->n_drops < DROPS_MAX)
		l->drops[l->n_drops++] = sensor_id;
	else
		log_error("too many sensors revoked at once: sensor %lld stays connected",
			  (long long)sensor_id);
	pthread_mutex_unlock(&l->lock);
	loop_wake(l->loop, on_wake, l);
}

static void on_look(void *arg)
{
	struct fleet_listener *l = arg;

	fleet_peer_post(&l->peers);
}

static void on_tick(void *arg)
{
	struct fleet_listener *l = arg;

	fleet_peer_serve(&l->peers);
}

void fleet_listen_items(struct fleet_listener *l)
{
	loop_wake(l->loop, on_look, l);
}

bool fleet_listen_connected(struct fleet_listener *l, int64_t sensor_id)
{
	return fleet_present_has(&l->present, sensor_id);
}

static void *run(void *arg)
{
	struct fleet_listener *l = arg;
	struct err e;

	text_thread_lang(LANG_EN); /* logs of sensors are read by administrators everywhere */
	if (loop_run(l->loop, &e) < 0)
		log_error("sensors' door: %s", e.text);
	return NULL;
}

static int read_pem(const struct hub *h, const char *name, char **out, struct err *e)
{
	SCOPED_MEM char *path = hub_state_path(h, name);
	struct buf b = { 0 };
	int r = file_read(path, PEM_MAX, &b, e);

	if (r >= 0)
		*out = buf_take(&b);
	else
		buf_done(&b);
	return r;
}

static int open_door(struct fleet_listener *l, struct err *e)
{
	SCOPED_MEM char *cert = NULL;
	SCOPED_MEM char *key = NULL;
	char host[64];
	struct tls_server_conf c = {
		.limits = { .frame_max = FRAME_MAX,
			    .queue_max = ANSWERS_MAX,
			    .handshake_ms = HANDSHAKE_MS,
			    .idle_ms = IDLE_MS,
			    .connections_max = SENSORS_MAX },
		.events = fleet_peer_events,
		.arg = &l->peers,
	};
	int r;

	if ((r = hub_address_parse(l->hub->conf.sensor_address, host, &c.port, e)) < 0 ||
	    (r = read_pem(l->hub, HUB_SERVER_CERT, &cert, e)) < 0 ||
	    (r = read_pem(l->hub, HUB_SERVER_KEY, &key, e)) < 0)
		return r;
	c.address = host;
	c.cert_pem = cert;
	c.key_pem = key;
	c.client_ca_pem = l->ca.cert_pem;
	r = tls_server_start(l->loop, &c, &l->server, e);
	return r < 0 ? err_context(e, "sensors' door on %s", l->hub->conf.sensor_address) : 0;
}

int fleet_listen_start(struct hub *h, const struct fleet_consumers *consumers,
		       struct fleet_listener **out, struct err *e)
{
	struct fleet_listener *l = mem_new(sizeof(*l));
	struct writer_conf w = {
		.hub = h, .ca = &l->ca, .consumers = consumers, .done = on_done, .arg = l
	};
	int r;

	l->hub = h;
	l->peers = (struct peers){
		.hub = h,
		.ca = &l->ca,
		.present = &l->present,
		.post = { .hub = h, .key = &l->ca.item, .budget = POST_BLOB_BYTES }
	};
	pthread_mutex_init(&l->lock, NULL);
	fleet_present_init(&l->present);
	if ((r = read_pem(h, HUB_CA_KEY, &l->ca.key_pem, e)) < 0 ||
	    (r = read_pem(h, HUB_CA_CERT, &l->ca.cert_pem, e)) < 0 ||
	    (r = hub_item_key_load(h, &l->ca.item, e)) < 0)
		goto fail;
	r = -ENOMEM;
	if (!(l->loop = loop_new(e)) || (r = writer_start(&w, &l->peers.writer, e)) < 0 ||
	    (r = open_door(l, e)) < 0)
		goto fail;
	l->look = loop_timer_start(l->loop, LOOK_MS, LOOK_MS, on_look, l);
	l->tick = loop_timer_start(l->loop, POST_TICK_MS, POST_TICK_MS, on_tick, l);
	if ((r = pthread_create(&l->thread, NULL, run, l)) != 0) {
		r = err_set(e, -r, "no thread for the sensors' door");
		goto fail;
	}
	l->running = true;
	*out = l;
	return 0;
fail:
	fleet_listen_stop(l);
	return r;
}

uint16_t fleet_listen_port(const struct fleet_listener *l)
{
	return tls_server_port(l->server);
}

void fleet_listen_stop(struct fleet_listener *l)
{
	if (!l)
		return;
	if (l->running) {
		loop_stop(l->loop);
		pthread_join(l->thread, NULL);
	}
	writer_stop(l->peers.writer);
	if (l->server)
		tls_server_stop(l->server); /* closes every connection */
	loop_timer_stop(l->look);
	loop_timer_stop(l->tick);
	on_wake(l); /* what was written last; nobody is left to be told */
	if (l->loop)
		loop_free(l->loop);
	pthread_mutex_destroy(&l->lock);
	fleet_present_done(&l->present);
	free(l->ca.key_pem);
	free(l->ca.cert_pem);
	crypto_wipe(&l->ca.item, sizeof(l->ca.item));
	free(l);
}
