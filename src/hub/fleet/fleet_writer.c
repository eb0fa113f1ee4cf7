/* SPDX-License-Identifier: Apache-2.0 */
/* The ingest writer: a queue, a thread, group commit. What a batch does to the store:
 * fleet_ingest.c. */
#include "hub/fleet/fleet_writer.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/proc.h"
#include "hub/fleet/fleet_item_store.h"
#include "hub/fleet/fleet_order_store.h"
#include "hub/live.h"

struct fleet_writer {
	struct writer_conf conf;
	pthread_t thread;
	pthread_mutex_t lock; /* guards what follows, and every lane */
	pthread_cond_t more;
	struct writer_job *first, **last;
	size_t n_jobs, n_records;
	bool stopping;
};

void writer_job_free(struct writer_job *j)
{
	if (!j)
		return;
	if (j->batch)
		otasuke__wire__batch__free_unpacked(j->batch, NULL);
	if (j->enrol)
		otasuke__wire__enrol__free_unpacked(j->enrol, NULL);
	if (j->part)
		otasuke__wire__upload_part__free_unpacked(j->part, NULL);
	free(j->enrolled.cert_pem);
	free(j);
}

static size_t records_of(const struct writer_job *j)
{
	return j->batch ? j->batch->n_records : 0;
}

static uint64_t first_of(const struct writer_job *j)
{
	return records_of(j) > 0 ? j->batch->records[0]->sequence : 0;
}

/* With the lock held: must J wait until an earlier batch of its lane has come again? */
static bool out_of_turn(const struct writer_job *j)
{
	return j->lane->refused_from != 0 && first_of(j) > j->lane->refused_from;
}

static void refuse_from(struct writer_job *j)
{
	uint64_t first = first_of(j);

	if (first != 0 && (j->lane->refused_from == 0 || first < j->lane->refused_from))
		j->lane->refused_from = first;
}

int writer_push(struct fleet_writer *w, struct writer_job *j)
{
	int r = 0;

	pthread_mutex_lock(&w->lock);
	bool full = w->n_jobs >= WRITER_JOBS_MAX || j->lane->waiting >= WRITER_LANE_MAX ||
		    w->n_records + records_of(j) > WRITER_RECORDS_MAX;
	if (w->stopping || out_of_turn(j) || full) {
		refuse_from(j);
		r = -EBUSY;
	} else {
		if (records_of(j) > 0)
			j->lane->refused_from = 0;
		j->next = NULL;
		*w->last = j;
		w->last = &j->next;
		w->n_jobs++;
		w->n_records += records_of(j);
		j->lane->waiting++;
		pthread_cond_signal(&w->more);
	}
	pthread_mutex_unlock(&w->lock);
	return r;
}

/* Waits for work and takes a group of it; NULL when there is none and the writer stops. */
static struct writer_job *take_group(struct fleet_writer *w)
{
	struct writer_job *group = NULL, **end = &group;
	size_t records = 0;

	pthread_mutex_lock(&w->lock);
	while (!w->first && !w->stopping)
		pthread_cond_wait(&w->more, &w->lock);
	while (w->first && (records == 0 || records + records_of(w->first) <= GROUP_RECORDS_MAX)) {
		struct writer_job *j = w->first;

		w->first = j->next;
		if (!w->first)
			w->last = &w->first;
		w->n_jobs--;
		w->n_records -= records_of(j);
		records += records_of(j);
		j->next = NULL;
		*end = j;
		end = &j->next;
	}
	pthread_mutex_unlock(&w->lock);
	return group;
}

static int apply_batch(struct fleet_writer *w, struct txn *t, struct writer_job *j, struct arena *a,
		       struct err *e)
{
	struct ingest_from from = { j->sensor_id, j->company_id, clock_utc_us(w->conf.hub->clock) };

	pthread_mutex_lock(&w->lock);
	bool skip = out_of_turn(j);
	pthread_mutex_unlock(&w->lock);
	if (skip) {
		j->result = err_set(&j->err, -EBUSY, "an earlier batch was refused");
		return 0;
	}
	j->result = 0;
	return fleet_ingest_apply(t, &from, j->batch, w->conf.consumers, a, &j->ingest, e);
}

/* The batches from FIRST on (N of them, or all), in one transaction. */
static int write_batches(struct fleet_writer *w, struct writer_job *first, size_t n, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	SCOPED_TXN struct txn *t = txn_begin(w->conf.hub->db, TXN_WRITE, e);
	int r = 0;

	if (!t)
		return e->code;
	for (struct writer_job *j = first; j && n > 0 && r >= 0; j = j->next, n--)
		if (j->kind == WRITER_BATCH)
			r = apply_batch(w, t, j, a, e);
	if (r >= 0)
		r = fleet_ingest_finish(t, w->conf.consumers, e);
	if (r >= 0)
		r = txn_commit(&t, e);
	fleet_ingest_done(w->conf.consumers, r >= 0);
	return r < 0 ? r : 0;
}

static void fail(struct fleet_writer *w, struct writer_job *j, const struct err *e)
{
	j->result = e->code;
	j->err = *e;
	pthread_mutex_lock(&w->lock);
	refuse_from(j);
	pthread_mutex_unlock(&w->lock);
}

/* One bad batch must not hold up the others: after a failure each gets a transaction of its own. */
static void write_group(struct fleet_writer *w, struct writer_job *group)
{
	struct err e;
	bool any = false;

	for (struct writer_job *j = group; j; j = j->next)
		any = any || j->kind == WRITER_BATCH;
	if (!any || write_batches(w, group, SIZE_MAX, &e) == 0)
		return;
	log_warn("ingest: %s; trying each batch alone", e.text);
	for (struct writer_job *j = group; j; j = j->next) {
		if (j->kind != WRITER_BATCH || write_batches(w, j, 1, &e) == 0)
			continue;
		log_error("ingest: sensor %lld: %s", (long long)j->sensor_id, e.text);
		fail(w, j, &e);
	}
}

static void enrol(struct fleet_writer *w, struct writer_job *j)
{
	const Otasuke__Wire__Enrol *q = j->enrol;
	struct fleet_enrol ask = { .code = q->code,
				   .csr_pem = (const char *)q->csr_pem.data,
				   .csr_n = q->csr_pem.len,
				   .version = q->version,
				   .hardware = q->hardware };

	struct fleet_enroller by = { w->conf.hub->db, w->conf.ca, w->conf.consumers };

	j->result = fleet_enrol(&by, &ask, clock_utc_us(w->conf.hub->clock), &j->enrolled, &j->err);
}

/* Whoever gave the order hears that it has arrived. */
static int order_sent(struct fleet_writer *w, struct txn *t, const struct writer_job *j,
		      int64_t now_us, struct err *e)
{
	const struct fleet_consumers *all = w->conf.consumers;
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct order_row o;
	int r = fleet_order_store_find(t, j->sensor_id, j->item, a, &o, e);

	if (r <= 0)
		return r;
	struct fleet_sent s = { o.company_id, o.sensor_id, o.order_id, now_us };
	r = 0;
	for (size_t i = 0; i < all->n && r >= 0; i++)
		if (all->list[i].sent)
			r = all->list[i].sent(all->list[i].arg, t, &s, e);
	return r;
}

static void item_ack(struct fleet_writer *w, struct writer_job *j)
{
	SCOPED_TXN struct txn *t = txn_begin(w->conf.hub->db, TXN_WRITE, &j->err);
	int64_t now_us = clock_utc_us(w->conf.hub->clock);

	j->result = t ? fleet_item_store_delivered(t, j->sensor_id, j->item, now_us, &j->err)
		      : j->err.code;
	if (j->result > 0)
		j->result = order_sent(w, t, j, now_us, &j->err);
	if (j->result >= 0)
		j->result = txn_commit(&t, &j->err);
	if (j->result < 0) /* it is sent again, and answered again */
		log_warn("sensor %lld: item: %s", (long long)j->sensor_id, j->err.text);
}

static void upload(struct fleet_writer *w, struct writer_job *j)
{
	j->result = fleet_upload_take(w->conf.hub, w->conf.consumers, j->sensor_id, j->part,
				      &j->upload, &j->err);
	if (j->result < 0)
		log_warn("sensor %lld: a file: %s", (long long)j->sensor_id, j->err.text);
}

static void publish(const struct fleet_writer *w, const struct writer_job *j)
{
	if (j->result < 0)
		return;
	if (j->kind == WRITER_ENROL)
		live_publish(w->conf.hub, "sensor", j->enrolled.company_id, j->enrolled.sensor_id);
	else if (j->ingest.light_changed)
		live_publish(w->conf.hub, "sensor", j->company_id, j->sensor_id);
}

static void leave_lanes(struct fleet_writer *w, struct writer_job *group)
{
	pthread_mutex_lock(&w->lock);
	for (struct writer_job *j = group; j; j = j->next)
		j->lane->waiting--;
	pthread_mutex_unlock(&w->lock);
}

static void *run(void *arg)
{
	struct fleet_writer *w = arg;
	struct writer_job *group;

	text_thread_lang(LANG_EN); /* logs of sensors are read by administrators everywhere */
	while ((group = take_group(w))) {
		write_group(w, group);
		for (struct writer_job *j = group; j; j = j->next) {
			if (j->kind == WRITER_ENROL)
				enrol(w, j);
			else if (j->kind == WRITER_ITEM_ACK)
				item_ack(w, j);
			else if (j->kind == WRITER_UPLOAD)
				upload(w, j);
			publish(w, j);
		}
		leave_lanes(w, group);
		w->conf.done(w->conf.arg, group);
	}
	return NULL;
}

int writer_start(const struct writer_conf *c, struct fleet_writer **out, struct err *e)
{
	struct fleet_writer *w = mem_new(sizeof(*w));
	int r;

	w->conf = *c;
	w->last = &w->first;
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->more, NULL);
	if ((r = pthread_create(&w->thread, NULL, run, w)) != 0) {
		pthread_mutex_destroy(&w->lock);
		pthread_cond_destroy(&w->more);
		free(w);
		return err_set(e, -r, "no thread for the ingest writer");
	}
	*out = w;
	return 0;
}

void writer_stop(struct fleet_writer *w)
{
	if (!w)
		return;
	pthread_mutex_lock(&w->lock);
	w->stopping = true;
	pthread_cond_signal(&w->more);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	pthread_mutex_destroy(&w->lock);
	pthread_cond_destroy(&w->more);
	free(w);
}
