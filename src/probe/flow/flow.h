/* SPDX-License-Identifier: Apache-2.0 */
/* Flows: who talked with whom, how it began and ended, in a table of fixed size. */
#ifndef PROBE_FLOW_FLOW_H
#define PROBE_FLOW_FLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "probe/dissect/dissect.h"
#include "probe/dissect/dpi.h"

#define DEVICE_NONE UINT32_MAX

enum flow_state {
	FLOW_NEW,    /* one side spoke */
	FLOW_OPEN,   /* TCP: handshake done or data both ways; else: answered */
	FLOW_CLOSED, /* FIN or RST after it was open */
	FLOW_FAILED, /* refused, or never answered */
};

enum flow_event {
	FLOW_EVENT_NEW,
	FLOW_EVENT_OPEN,
	FLOW_EVENT_FAILED,
	FLOW_EVENT_FACTS, /* the application is known as well as it will be */
	FLOW_EVENT_STIR,  /* an open TCP connection speaks after a silence; last_us is before it */
	FLOW_EVENT_END,   /* the last word; the flow is gone after it */
};

/* So long nothing was heard before FLOW_EVENT_STIR: it comes at most so often. */
#define FLOW_SILENCE_US INT64_C(3000000)

/* In the direction of who spoke first. */
struct flow_key {
	struct addr src, dst;
	uint16_t sport, dport;
	uint8_t proto;
};

struct flow_side {
	uint64_t bytes;   /* on the wire */
	uint64_t payload; /* behind TCP or UDP */
	uint32_t packets;
};

struct flow_facts {
	char ja3[DPI_JA3_MAX];
	bool has_cert; /* as in struct dpi_facts */
	uint8_t cert_sha1[DPI_SHA1_BYTES];
	char name[];
};

struct flow {
	struct flow_key key;
	uint8_t state;      /* enum flow_state */
	bool midway;        /* TCP whose beginning was not seen */
	bool refused : 1;   /* RST or ICMP error */
	bool concluded : 1; /* facts are final */
	bool inspected : 1; /* libndpi has seen it */
	bool tls : 1;
	bool http : 1;
	bool tls_old : 1; /* as in struct dpi_facts */
	bool cert_unnamed : 1;
	uint8_t fins;    /* bit 0: from the first speaker, bit 1: from the other */
	uint8_t retries; /* SYNs beyond the first */
	uint8_t ttl;     /* of the first packet */
	int64_t first_us, last_us;
	struct flow_side side[2]; /* 0 = the first speaker */
	uint32_t device[2];       /* of the inventory, DEVICE_NONE = outside */
	struct flow_facts *facts; /* NULL = no name, no JA3, no certificate */
	/* The table's own. */
	uint32_t hash;
	uint32_t chain, wheel_prev, wheel_next;
	uint32_t dpi; /* slot of the inspection, 0 = none */
	uint16_t slot;
};

struct flow_table;

struct flow_listener {
	void *arg;
	/* D is the packet that brought the event, NULL when time did. Must not touch the table. */
	void (*event)(void *arg, struct flow *f, enum flow_event ev, const struct dissected *d);
};

struct flow_stats {
	uint64_t flows, live, dropped, inspected, inspections_cut;
};

struct flow_table *flow_table_new(size_t memory_bytes, struct dpi *dpi,
				  const struct flow_listener *listener);
void flow_table_free(struct flow_table *t);

enum { FLOW_AHEAD = 16 /* packets that are worth looking ahead */ };

/* Works out where D falls; may be called on any thread, flow_ahead does it otherwise. */
void flow_hash(const struct flow_table *t, struct dissected *d);
/* Fetches what flow_update will need for D into the processor's cache: first flow_ahead for some
 * packets, then flow_ahead_more for them, then their updates. */
void flow_ahead(const struct flow_table *t, struct dissected *d);
void flow_ahead_more(const struct flow_table *t, const struct dissected *d);

/* The flow of D, made when new; NULL when D is not of a flow. *DIR_OUT is 0 when the first speaker
 * sent it. */
struct flow *flow_update(struct flow_table *t, const struct dissected *d, int *dir_out);
/* An ICMP error says that the flow was not reached. */
void flow_unreached(struct flow_table *t, const struct dissected *d);
/* Ends flows that time has run out for; called before the first packet too, so that the clock
 * is right. A clock that was set back ends them all. */
void flow_expire(struct flow_table *t, int64_t now_us);
void flow_end_all(struct flow_table *t);
/* A place for each flow, 1 .. flow_places; free again after FLOW_EVENT_END. */
uint32_t flow_place(const struct flow_table *t, const struct flow *f);
uint32_t flow_places(const struct flow_table *t);
void flow_stats_get(const struct flow_table *t, struct flow_stats *out);

static inline bool flow_key_eq(const struct flow_key *a, const struct flow_key *b)
{
	return a->proto == b->proto && a->sport == b->sport && a->dport == b->dport &&
	       addr_eq(&a->src, &b->src) && addr_eq(&a->dst, &b->dst);
}

static inline const char *flow_name(const struct flow *f)
{
	return f->facts ? f->facts->name : "";
}

static inline const char *flow_ja3(const struct flow *f)
{
	return f->facts ? f->facts->ja3 : "";
}

#endif
