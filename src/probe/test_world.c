/* SPDX-License-Identifier: Apache-2.0 */
/* Runs the pipeline on captures made by tests. */
#include "probe/test_world.h"

#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "probe/dissect/dissect.h"
#include "probe/records/record_reader.h"

static void set(char *out, size_t size, const char *text)
{
	(void)str_copy(out, size, str_of(text)); /* cut is fine */
}

static void on_finding(void *arg, const struct finding *f)
{
	struct world *w = arg;

	if (w->n == FOUND_MAX)
		return;
	struct seen *s = &w->found[w->n++];
	s->severity = f->severity;
	s->count = f->count;
	set(s->detector, sizeof(s->detector), f->detector);
	set(s->device, sizeof(s->device), f->device.n_addresses ? f->device.addresses[0] : "");
	set(s->mac, sizeof(s->mac), f->device.mac);
	set(s->peer, sizeof(s->peer), f->n_peers ? f->peers[0] : "");
	set(s->name, sizeof(s->name), f->n_names ? f->names[0] : "");
	set(s->story, sizeof(s->story), f->story);
	assert_true(f->n_reasons > 0);
	for (size_t i = 0, used = 0; i < f->n_reasons && used < sizeof(s->reasons); i++)
		used += (size_t)snprintf(s->reasons + used, sizeof(s->reasons) - used, "%s\n",
					 f->reasons[i]);
	for (size_t i = 0, used = 0; i < f->n_evidence && used < sizeof(s->evidence); i++)
		used += (size_t)snprintf(s->evidence + used, sizeof(s->evidence) - used, "%s=%s\n",
					 f->evidence[i].name,
					 f->evidence[i].text ? f->evidence[i].text : "");
	assert_true(f->confidence > 0 && f->confidence <= 1);
	assert_true(f->first_us > 0 && f->first_us <= f->last_us);
}

static void on_summary(void *arg, const struct interval *s)
{
	struct world *w = arg;

	w->summaries++;
	w->summary_bytes += s->bytes;
	w->devices += (uint32_t)s->n_devices;
	for (size_t i = 0; i < s->n_traffic; i++)
		w->failed += s->traffic[i].flows_failed;
}

static void on_problem(void *arg, const char *text)
{
	struct world *w = arg;

	(void)text;
	w->problems++;
}

struct world *world_new(void)
{
	struct world *w = mem_new(sizeof(*w));

	test_dir_new(w->dir);
	(void)snprintf(w->path, sizeof(w->path), "%s/a.pcap", w->dir);
	buf_init(&w->file, 0);
	buf_init(&w->b, 0);
	pcap_start(&w->file, LINK_ETHERNET);
	probe_config_init(&w->config);
	return w;
}

void world_free(struct world *w)
{
	buf_done(&w->file);
	buf_done(&w->b);
	test_dir_free(w->dir);
	free(w);
}

void world_put(struct world *w, double at_s)
{
	pcap_add(&w->file, T0 + (int64_t)(at_s * 1e6), &w->b);
}

/* Each line that is not empty must be understood. */
static void hear(struct probe *p, const char *lines)
{
	struct record_reader *r = record_reader_new(540);
	struct record_stream stream = { 0 };
	struct str rest = str_of(lines), line;
	struct foreign f;
	struct err e = { 0 };

	while (str_cut(&rest, '\n', &line)) {
		int got = record_reader_line(r, &stream, line, T0, &f, &e);
		if (got < 0)
			fail_msg("%s", e.text);
		if (got > 0)
			probe_record(p, &f);
	}
	record_reader_free(r);
}

struct probe_stats world_hear(struct world *w)
{
	struct probe_sink sink = {
		.arg = w, .finding = on_finding, .summary = on_summary, .problem = on_problem
	};
	struct probe_stats s;
	struct probe *p = NULL;
	struct err e = { 0 };

	assert_int_equal(probe_new(&w->config, &sink, &p, &e), 0);
	hear(p, w->told);
	probe_finish(p);
	probe_stats_get(p, &s);
	probe_free(p);
	return s;
}

struct probe_stats world_run(struct world *w)
{
	struct probe_sink sink = {
		.arg = w, .finding = on_finding, .summary = on_summary, .problem = on_problem
	};
	struct probe_stats s;
	struct probe *p = NULL;
	struct err e = { 0 };

	pcap_write(&w->file, w->path);
	assert_int_equal(probe_new(&w->config, &sink, &p, &e), 0);
	if (!w->late)
		probe_mutes_set(p, w->mutes, w->n_mutes);
	hear(p, w->before);
	assert_int_equal(probe_open_file(p, w->path, &e), 0);
	while (probe_step(p, 0, &e) > 0)
		;
	hear(p, w->told);
	if (w->unmute || w->late)
		probe_mutes_set(p, w->unmute ? NULL : w->mutes, w->unmute ? 0 : w->n_mutes);
	probe_finish(p);
	struct mute_hits hits[MUTES_MAX];
	size_t n_hits = probe_mute_hits(p, hits);
	for (size_t i = 0; i < n_hits; i++)
		w->hits += hits[i].hits;
	probe_stats_get(p, &s);
	probe_free(p);
	return s;
}

const struct seen *world_find(const struct world *w, const char *detector)
{
	const struct seen *s = NULL;

	for (int i = 0; i < w->n; i++) {
		if (strcmp(w->found[i].detector, detector) == 0)
			s = &w->found[i];
	}
	return s;
}

void world_talk(struct world *w, double at_s, struct end from, struct end to, const char *ask,
		const char *answer)
{
	make_tcp(&w->b, from, to, TCP_SYN, 1, "");
	world_put(w, at_s);
	make_tcp(&w->b, to, from, TCP_SYN | TCP_ACK, 1, "");
	world_put(w, at_s + 0.01);
	make_tcp(&w->b, from, to, TCP_ACK | TCP_PSH, 2, ask);
	world_put(w, at_s + 0.02);
	make_tcp(&w->b, to, from, TCP_ACK | TCP_FIN, 2, answer);
	world_put(w, at_s + 0.05);
	make_tcp(&w->b, from, to, TCP_ACK | TCP_FIN, 3, "");
	world_put(w, at_s + 0.06);
}

void world_open(struct world *w, double at_s, struct end from, struct end to)
{
	make_tcp(&w->b, from, to, TCP_SYN, 1, "");
	world_put(w, at_s);
	make_tcp(&w->b, to, from, TCP_SYN | TCP_ACK, 1, "");
	world_put(w, at_s + 0.001);
}

void world_send(struct world *w, double at_s, struct end from, struct end to, struct rd p)
{
	make_tcp_bytes(&w->b, from, to, TCP_ACK | TCP_PSH, 2 + w->seq, p);
	w->seq += (uint32_t)p.n;
	world_put(w, at_s);
}

void world_say(struct world *w, double at_s, struct end from, struct end to, uint32_t seq,
	       const char *text)
{
	make_tcp(&w->b, from, to, TCP_ACK | TCP_PSH, seq, text);
	world_put(w, at_s);
}

void world_look_up(struct world *w, double at_s, struct end who, const char *name, const char *ip)
{
	static const struct end server = { 9, "192.0.2.1", 53 };

	make_dns_query(&w->b, who, server, name);
	world_put(w, at_s);
	make_dns_answer(&w->b, server, who, name, ip);
	world_put(w, at_s + 0.001);
}
