/* SPDX-License-Identifier: Apache-2.0 */
/* Detector: a device looks up or talks with something on the indicator list. */
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "probe/detect/detect.h"
#include "probe/detect/ring.h"
#include "probe/records/own_flows.h"

enum { HITS_MAX = 2048, KEY_MAX = 28, HIT_PEERS_MAX = 8, MET_BITS = 4096 };

struct hit {
	struct telling telling;
	struct indicator_hit what;
	uint32_t device;
	struct addr device_addr;
	char name[DNS_NAME_MAX]; /* as asked for */
	struct addr peer[HIT_PEERS_MAX];
	uint16_t port[HIT_PEERS_MAX];
	size_t n_peers;
	uint64_t lookups, attempts, connections, inbound, bytes_out, bytes_in;
	int64_t first_us, last_us;
};

struct known_bad {
	struct detect_env *env;
	struct ring *hits;
	/* Which addresses were found listed, as bits: the later events of a flow ask only for them,
	 * unless the list has changed since the flow began. */
	uint64_t met[MET_BITS / 64];
	uint64_t generation;
	int64_t list_since_us;
};

/* The one not seen for longest gives way. */
static bool hit_less(const void *arg, const void *a, const void *b)
{
	(void)arg;
	return ((const struct hit *)a)->last_us < ((const struct hit *)b)->last_us;
}

static void *known_bad_open(struct detect_env *env)
{
	struct known_bad *k = mem_new(sizeof(*k));

	k->env = env;
	k->hits = ring_new(env, HITS_MAX, KEY_MAX, sizeof(struct hit));
	ring_order(k->hits, hit_less, NULL);
	return k;
}

static void known_bad_close(void *state)
{
	struct known_bad *k = state;

	ring_free(k->hits);
	free(k);
}

/* The story of DEVICE and WHAT. */
static struct hit *hit_of(struct known_bad *k, uint32_t device, const struct addr *a,
			  const struct indicator_hit *what)
{
	static const uint8_t secret[16];
	uint8_t key[KEY_MAX] = { 0 };
	uint64_t h = siphash13(secret, what->value, strlen(what->value));
	bool fresh;

	memcpy(key, &h, 8);
	memcpy(key + 8, &device, 4);
	if (device == DEVICE_NONE)
		memcpy(key + 12, a->b, 16);
	struct hit *t = ring_get(k->hits, key, &fresh);
	if (!fresh)
		return t;
	*t = (struct hit){
		.what = *what, .device = device, .device_addr = *a, .first_us = k->env->now_us
	};
	return t;
}

static void weigh(const struct hit *t, struct report *r)
{
	bool ja3 = strcmp(t->what.type, "ja3") == 0;

	if (t->what.info_only) { /* it lies in a place that is known good */
		r->severity = SEVERITY_INFO;
		r->confidence = 0.3;
		r->aside = true;
	} else if (ja3) { /* harmless programs share fingerprints with harmful ones */
		r->severity = SEVERITY_MEDIUM;
		r->confidence = 0.5;
	} else if (t->connections > 0) {
		r->severity = SEVERITY_CRITICAL;
		r->confidence = 0.95;
	} else if (t->attempts > 0 || t->lookups > 0) {
		r->severity = SEVERITY_HIGH;
		r->confidence = t->attempts > 0 ? 0.9 : 0.8;
	} else { /* somebody outside knocks: every address on the Internet hears that */
		r->severity = SEVERITY_INFO;
		r->confidence = 0.6;
	}
}

static void explain(const struct hit *t, struct report *r)
{
	report_reason(r, "%s %s is on the indicator list%s%s%s%s", t->what.type, t->what.value,
		      t->what.feed[0] ? " " : "", t->what.feed, t->what.description[0] ? ": " : "",
		      t->what.description);
	if (t->what.info_only)
		report_reason(r, "it belongs to something that is known good: a note, no alarm");
	if (t->lookups)
		report_reason(r, "its name was looked up %llu times",
			      (unsigned long long)t->lookups);
	if (t->connections)
		report_reason(r, "%llu connections were made, %llu bytes out, %llu bytes in",
			      (unsigned long long)t->connections, (unsigned long long)t->bytes_out,
			      (unsigned long long)t->bytes_in);
	if (t->attempts > t->connections)
		report_reason(r, "%llu attempts to connect got no answer so far",
			      (unsigned long long)(t->attempts - t->connections));
	if (t->inbound)
		report_reason(r, "%llu connections came from it", (unsigned long long)t->inbound);
	report_text(r, "indicator", t->what.value);
	report_text(r, "indicator_type", t->what.type);
	if (t->what.feed[0])
		report_text(r, "indicator_feed", t->what.feed);
	report_number(r, "lookups", (double)t->lookups);
	report_number(r, "connections", (double)t->connections);
	report_number(r, "attempts", (double)t->attempts);
	report_number(r, "bytes_out", (double)t->bytes_out);
	report_number(r, "bytes_in", (double)t->bytes_in);
}

static void tell(struct known_bad *k, struct hit *t, bool last_word)
{
	struct report r;

	report_init(&r, detector_known_bad.name, t->device, &t->device_addr);
	weigh(t, &r);
	if (last_word ? !t->telling.due : !telling_due(&t->telling, r.severity, k->env->now_us))
		return;
	r.first_us = t->first_us;
	r.last_us = t->last_us;
	r.count = t->lookups + t->attempts + t->inbound;
	for (size_t i = 0; i < t->n_peers; i++)
		report_peer(&r, &t->peer[i], t->port[i]);
	report_name(&r, t->name);
	explain(t, &r);
	report_story(&r, k->env, "%s", t->what.value);
	detect_report(k->env, &t->telling, &r);
}

static void note_peer(struct hit *t, const struct addr *a, uint16_t port)
{
	for (size_t i = 0; i < t->n_peers; i++) {
		if (addr_eq(&t->peer[i], a) && t->port[i] == port)
			return;
	}
	if (t->n_peers == HIT_PEERS_MAX)
		return;
	t->peer[t->n_peers] = *a;
	t->port[t->n_peers++] = port;
}

static void count(struct hit *t, const struct flow *f, enum flow_event ev, bool inbound)
{
	if (ev == FLOW_EVENT_NEW && inbound)
		t->inbound++;
	else if (ev == FLOW_EVENT_NEW)
		t->attempts++;
	if (ev == FLOW_EVENT_OPEN && !inbound)
		t->connections++;
	if (ev == FLOW_EVENT_END) {
		t->bytes_out += f->side[inbound].bytes;
		t->bytes_in += f->side[!inbound].bytes;
	}
}

static void on_match(struct known_bad *k, const struct flow *f, enum flow_event ev, bool inbound,
		     const struct indicator_hit *what, const char *name)
{
	const struct addr *own = inbound ? &f->key.dst : &f->key.src;
	struct hit *t = hit_of(k, f->device[inbound], own, what);

	t->last_us = f->last_us;
	t->telling.due = true;
	count(t, f, ev, inbound);
	note_peer(t, inbound ? &f->key.src : &f->key.dst, inbound ? 0 : f->key.dport);
	if (name[0])
		(void)str_copy(t->name, sizeof(t->name), str_of(name)); /* fits */
	tell(k, t, false);
}

static uint64_t *met_word(struct known_bad *k, const struct addr *a, uint64_t *bit_out)
{
	static const uint8_t secret[16];
	uint64_t h = siphash13(secret, a->b, sizeof(a->b));

	*bit_out = UINT64_C(1) << (h % 64);
	return &k->met[h / 64 % (MET_BITS / 64)];
}

static bool was_met(struct known_bad *k, const struct addr *a)
{
	uint64_t bit, *word = met_word(k, a, &bit);

	return (*word & bit) != 0;
}

static bool ask_address(struct known_bad *k, const struct addr *a, struct indicator_hit *out)
{
	uint64_t bit, *word;

	if (!indicators_addr(k->env->indicators, a, out))
		return false;
	word = met_word(k, a, &bit);
	*word |= bit;
	return true;
}

static void on_address(struct known_bad *k, const struct flow *f, enum flow_event ev)
{
	struct indicator_hit what;
	bool all = ev == FLOW_EVENT_NEW || f->first_us <= k->list_since_us;

	if (f->key.proto != PROTO_TCP && f->key.proto != PROTO_UDP && f->key.proto != PROTO_ICMP &&
	    f->key.proto != PROTO_ICMPV6)
		return;
	if ((all || was_met(k, &f->key.dst)) && ask_address(k, &f->key.dst, &what))
		on_match(k, f, ev, false, &what, names_find(k->env->names, &f->key.dst));
	if ((all || was_met(k, &f->key.src)) && ask_address(k, &f->key.src, &what))
		on_match(k, f, ev, true, &what, "");
}

/* Something that an open connection has shown. */
static void on_shown(struct known_bad *k, const struct flow *f, const struct indicator_hit *what,
		     const char *name)
{
	on_match(k, f, FLOW_EVENT_NEW, false, what, name);
	on_match(k, f, FLOW_EVENT_OPEN, false, what, name);
}

static void on_facts(struct known_bad *k, const struct flow *f)
{
	const struct indicators *list = k->env->indicators;
	struct indicator_hit what;

	if (!f->facts)
		return;
	if (indicators_domain(list, flow_name(f), &what))
		on_shown(k, f, &what, flow_name(f));
	if (indicators_ja3(list, flow_ja3(f), &what))
		on_shown(k, f, &what, flow_name(f));
	if (f->facts->has_cert && indicators_cert_sha1(list, f->facts->cert_sha1, &what))
		on_shown(k, f, &what, flow_name(f));
}

static void known_bad_http(void *state, const struct flow *f, const struct http_message *m)
{
	struct known_bad *k = state;
	struct indicator_hit what;

	if (!m->response && indicators_url(k->env->indicators, m->host, m->target, &what))
		on_shown(k, f, &what, flow_name(f));
}

static void known_bad_file(void *state, const struct flow *f, const struct http_file *file)
{
	struct known_bad *k = state;
	const struct indicators *list = k->env->indicators;
	struct indicator_hit what;

	if (file->whole && (indicators_file_hash(list, file->digest.sha256, &what) ||
			    indicators_file_hash(list, file->digest.sha1, &what) ||
			    indicators_file_hash(list, file->digest.md5, &what)))
		on_shown(k, f, &what, flow_name(f));
}

static bool known_bad_wants_digest(void *state, const struct flow *f, const struct http_file *file)
{
	const struct known_bad *k = state;

	(void)f;
	(void)file;
	return indicators_has_files(k->env->indicators);
}

static void known_bad_flow(void *state, const struct flow *f, enum flow_event ev,
			   const struct dissected *d)
{
	struct known_bad *k = state;

	(void)d;
	if (indicators_count(k->env->indicators) == 0)
		return;
	if (k->generation != indicators_generation(k->env->indicators)) {
		k->generation = indicators_generation(k->env->indicators);
		k->list_since_us = k->env->now_us;
	}
	if (ev == FLOW_EVENT_FACTS)
		on_facts(k, f);
	else if (ev != FLOW_EVENT_FAILED)
		on_address(k, f, ev);
}

static void known_bad_dns(void *state, const struct dissected *d, const struct dns_message *m)
{
	struct known_bad *k = state;
	struct indicator_hit what;

	if (m->response || !indicators_domain(k->env->indicators, m->name, &what))
		return;
	uint32_t device = inventory_owner(k->env->inventory, &d->src);
	struct hit *t = hit_of(k, device, &d->src, &what);
	t->lookups++;
	t->last_us = d->ts_us;
	t->telling.due = true;
	(void)str_copy(t->name, sizeof(t->name), str_of(m->name)); /* fits */
	tell(k, t, false);
}

/* What another program saw and we did not. A look-up is one, whatever else is a connection; bytes
 * come with the record that ends it. */
static void heard(struct known_bad *k, const struct foreign *r, const struct indicator_hit *what,
		  bool inbound)
{
	const struct addr *own = inbound ? &r->dst : &r->src;
	struct hit *t = hit_of(k, inventory_owner(k->env->inventory, own), own, what);

	t->first_us = r->at_us < t->first_us ? r->at_us : t->first_us;
	t->last_us = r->at_us > t->last_us ? r->at_us : t->last_us;
	t->telling.due = true;
	if (r->kind == FOREIGN_DNS) {
		t->lookups++;
	} else if (inbound) {
		t->inbound++;
	} else if (r->kind == FOREIGN_FLOW) {
		t->attempts++;
		t->connections += r->opened;
		t->bytes_out += r->bytes_out;
		t->bytes_in += r->bytes_in;
	} else if (r->opened && t->connections == 0) {
		t->attempts = t->connections = 1; /* its end will be told too, or not */
	}
	if (r->kind != FOREIGN_DNS)
		note_peer(t, inbound ? &r->src : &r->dst, inbound ? 0 : r->dport);
	if (r->name[0])
		(void)str_copy(t->name, sizeof(t->name), str_of(r->name)); /* fits */
	tell(k, t, false);
}

static void known_bad_record(void *state, const struct foreign *r)
{
	struct known_bad *k = state;
	const struct indicators *list = k->env->indicators;
	struct indicator_hit what;

	if (r->kind == FOREIGN_ALARM || indicators_count(list) == 0 || addr_is_zero(&r->src) ||
	    own_flows_seen(k->env->own_flows, r))
		return;
	if (r->name[0] && indicators_domain(list, r->name, &what))
		heard(k, r, &what, false);
	if (r->ja3[0] && indicators_ja3(list, r->ja3, &what))
		heard(k, r, &what, false);
	struct str url = str_of(r->url);
	if (r->url_host > 0 &&
	    indicators_url(list, (struct str){ url.p, r->url_host },
			   (struct str){ url.p + r->url_host, url.n - r->url_host }, &what))
		heard(k, r, &what, false);
	if (indicators_cert(list, r->cert_sha1, &what) ||
	    indicators_cert(list, r->cert_sha256, &what))
		heard(k, r, &what, false);
	if (indicators_file_hash(list, r->sha256, &what) ||
	    indicators_file_hash(list, r->sha1, &what) || indicators_file_hash(list, r->md5, &what))
		heard(k, r, &what, false);
	if (indicators_addr(list, &r->dst, &what))
		heard(k, r, &what, false);
	if (indicators_addr(list, &r->src, &what))
		heard(k, r, &what, true);
}

static void known_bad_finish(void *state)
{
	struct known_bad *k = state;

	for (size_t i = 0; i < ring_count(k->hits); i++)
		tell(k, ring_at(k->hits, i), true);
}

const struct detector detector_known_bad = {
	.name = "known_bad",
	.open = known_bad_open,
	.close = known_bad_close,
	.flow = known_bad_flow,
	.dns = known_bad_dns,
	.http = known_bad_http,
	.file = known_bad_file,
	.wants_digest = known_bad_wants_digest,
	.record = known_bad_record,
	.finish = known_bad_finish,
};
