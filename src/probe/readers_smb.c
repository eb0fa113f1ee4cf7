/* SPDX-License-Identifier: Apache-2.0 */
/* One stream a direction of each SMB connection, in a table of fixed size. */
#include "probe/readers_smb.h"

#include <stdlib.h>

#include "base/mem.h"
#include "probe/dissect/smb_stream.h"

enum { CONNECTIONS = 512 }; /* direct-mapped, the newer stays */

struct connection {
	struct flow_key key;
	int64_t first_us;
	struct smb_stream stream[2];
};

struct smb_reader {
	struct detect_env *env;
	struct connection connection[CONNECTIONS];
};

struct smb_reader *smb_reader_new(struct detect_env *env)
{
	struct smb_reader *r = mem_new(sizeof(*r));

	r->env = env;
	return r;
}

void smb_reader_free(struct smb_reader *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < CONNECTIONS; i++) {
		smb_stream_done(&r->connection[i].stream[0]);
		smb_stream_done(&r->connection[i].stream[1]);
	}
	free(r);
}

static struct connection *connection_of(struct smb_reader *r, const struct flow *f)
{
	struct connection *c = &r->connection[f->hash % CONNECTIONS];

	if (c->first_us == f->first_us && flow_key_eq(&c->key, &f->key))
		return c;
	smb_stream_done(&c->stream[0]);
	smb_stream_done(&c->stream[1]);
	*c = (struct connection){ .key = f->key, .first_us = f->first_us };
	return c;
}

struct context {
	struct smb_reader *reader;
	const struct flow *flow;
	int dir;
};

static void on_message(void *arg, struct rd message)
{
	const struct context *x = arg;
	struct smb_walk w;
	struct smb_message m;

	smb_start(&w, message);
	while (smb_next(&w, &m))
		detect_smb(x->reader->env->detect, x->flow, x->dir, &m);
}

void smb_reader_packet(struct smb_reader *r, const struct flow *f, int dir,
		       const struct dissected *d)
{
	struct connection *c = connection_of(r, f);
	struct context x = { r, f, dir };

	smb_stream_feed(&c->stream[dir], d->tcp_seq, d->payload, d->payload_wire, on_message, &x);
}
