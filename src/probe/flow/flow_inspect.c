/* SPDX-License-Identifier: Apache-2.0 */
/* Lends flows an inspection of their first packets, from their first payload until enough is
 * known. There are only so many; the oldest gives way. */
#include "probe/flow/flow_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "probe/dissect/greeting.h"

enum { PORT_HTTP = 80 };

static bool own_reader(const struct flow *f)
{
	static const uint16_t ports[] = { 53, 67, 68, 137, 138, 546, 547, 5353, 5355 };

	if (f->key.proto == PROTO_TCP)
		return f->key.dport == 53;
	for (size_t i = 0; i < ARRAY_LEN(ports); i++) {
		if (f->key.dport == ports[i] || f->key.sport == ports[i])
			return true;
	}
	return false;
}

static void keep(struct flow *f, const struct dpi_facts *facts)
{
	size_t n = strlen(facts->name);

	f->tls = facts->tls;
	f->http = facts->http;
	f->tls_old = facts->tls_old;
	f->cert_unnamed = facts->cert_unnamed;
	if (n == 0 && !facts->ja3[0] && !facts->has_cert)
		return;
	f->facts = mem_new(sizeof(*f->facts) + n + 1);
	memcpy(f->facts->ja3, facts->ja3, sizeof(f->facts->ja3));
	f->facts->has_cert = facts->has_cert;
	memcpy(f->facts->cert_sha1, facts->cert_sha1, sizeof(f->facts->cert_sha1));
	memcpy(f->facts->name, facts->name, n + 1);
}

void flow_inspect_end(struct flow_table *t, uint32_t i)
{
	struct flow *f = &t->flows[i];
	struct dpi_facts facts;

	if (f->dpi == 0)
		return;
	struct inspection *n = &t->inspection[f->dpi];
	dpi_conclude(t->dpi, n->flow, &facts);
	dpi_flow_free(n->flow);
	*n = (struct inspection){ 0 };
	f->dpi = 0;
	f->concluded = true;
	keep(f, &facts);
	flow_tell(t, f, FLOW_EVENT_FACTS, NULL);
}

static void start(struct flow_table *t, uint32_t i)
{
	if (++t->inspection_next >= t->inspections)
		t->inspection_next = 1;
	struct inspection *n = &t->inspection[t->inspection_next];
	if (n->owner) {
		t->stats.inspections_cut++;
		flow_inspect_end(t, n->owner);
	}
	*n = (struct inspection){ .flow = dpi_flow_new(t->dpi), .owner = i };
	t->flows[i].dpi = t->inspection_next;
	t->flows[i].inspected = true;
	t->stats.inspected++;
}

/* libndpi does not count TLS on these as TLS, unless it knows the name of the server. */
static bool is_mail(uint16_t port)
{
	return port == 465 || port == 587 || port == 993 || port == 995;
}

/* Bytes that may be a greeting read here. */
static struct rd stream_of(const struct dissected *d)
{
	if (d->proto != PROTO_TCP || d->payload.n != d->payload_wire || is_mail(d->sport) ||
	    is_mail(d->dport))
		return (struct rd){ 0 };
	return d->payload;
}

/* A plain request to a web server says at once all there is to say. */
static bool says_all(struct flow_table *t, struct flow *f, const struct dissected *d)
{
	struct dpi_facts facts = { .http = true };
	struct greeting greeting;

	if (d->dport != PORT_HTTP || !greeting_http(stream_of(d), &greeting))
		return false;
	memcpy(facts.name, greeting.name, sizeof(facts.name));
	f->inspected = f->concluded = true;
	t->stats.inspected++;
	keep(f, &facts);
	flow_tell(t, f, FLOW_EVENT_FACTS, NULL);
	return true;
}

void flow_inspect(struct flow_table *t, uint32_t i, const struct dissected *d)
{
	struct flow *f = &t->flows[i];

	if (f->concluded || d->payload.n == 0)
		return;
	if (f->dpi == 0) {
		if (!t->dpi || own_reader(f) ||
		    (f->key.proto != PROTO_TCP && f->key.proto != PROTO_UDP)) {
			f->concluded = true;
			return;
		}
		if (says_all(t, f, d))
			return;
		start(t, i);
	}
	if (dpi_packet(t->dpi, t->inspection[f->dpi].flow, d->l3, stream_of(d), d->ts_us))
		flow_inspect_end(t, i);
}
