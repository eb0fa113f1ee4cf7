/* SPDX-License-Identifier: Apache-2.0 */
/* libndpi 4.2, kept in this one file. Its risks and guesses are facts to weigh, never findings. */
#include "probe/dissect/dpi.h"

#include <errno.h>
#include <ndpi_api.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "probe/dissect/greeting.h"

enum { BLAND_MAX = 2048 };

struct dpi {
	struct ndpi_detection_module_struct *module;
	uint32_t flow_bytes; /* what this build of the library wants, not what the header says */
};

struct dpi_flow {
	uint8_t packets;
	bool greeted; /* GREETING was read here */
	struct greeting greeting;
	ndpi_protocol found;
	struct ndpi_flow_struct *state;
};

struct dpi *dpi_new(struct err *e)
{
	NDPI_PROTOCOL_BITMASK all;
	struct ndpi_detection_module_struct *m =
		ndpi_init_detection_module(ndpi_dont_load_tor_hosts);

	if (!m) {
		err_set(e, -ENOMEM, "the protocol library does not start");
		return NULL;
	}
	NDPI_BITMASK_SET_ALL(all);
	ndpi_set_protocol_detection_bitmask2(m, &all);
	ndpi_finalize_initialization(m);
	struct dpi *d = mem_new(sizeof(*d));
	d->module = m;
	d->flow_bytes = ndpi_detection_get_sizeof_ndpi_flow_struct();
	return d;
}

void dpi_free(struct dpi *d)
{
	if (!d)
		return;
	ndpi_exit_detection_module(d->module);
	free(d);
}

struct dpi_flow *dpi_flow_new(struct dpi *d)
{
	struct dpi_flow *f = mem_new(sizeof(*f) + d->flow_bytes);

	f->state = (struct ndpi_flow_struct *)(void *)(f + 1);
	return f;
}

void dpi_flow_free(struct dpi_flow *f)
{
	if (!f)
		return;
	ndpi_free_flow_data(f->state);
	free(f);
}

static bool carries(ndpi_protocol p, uint16_t id)
{
	return p.app_protocol == id || p.master_protocol == id;
}

/* Of HTTP nothing but the host is taken from here: what else there is to learn, http_head reads. */
static bool enough(const struct dpi *d, const struct dpi_flow *f)
{
	if (f->found.app_protocol == NDPI_PROTOCOL_UNKNOWN)
		return false;
	if (carries(f->found, NDPI_PROTOCOL_HTTP) && f->state->host_server_name[0])
		return true;
	return !ndpi_extra_dissection_possible(d->module, f->state);
}

/* The library prints a hello with a hundred calls of snprintf and looks its name up among its
 * services, and we want neither: it gets to see one that says little. */
static bool greet(struct dpi_flow *f, struct rd packet, struct rd stream, uint8_t out[BLAND_MAX])
{
	size_t heads = (size_t)(stream.p - packet.p);

	if (f->packets > 0 || packet.n > BLAND_MAX || !greeting_tls(stream, &f->greeting))
		return false;
	memcpy(out, packet.p, heads);
	greeting_tls_bland(stream, out + heads);
	f->greeted = true;
	return true;
}

bool dpi_packet(struct dpi *d, struct dpi_flow *f, struct rd packet, struct rd stream,
		int64_t ts_us)
{
	uint8_t bland[BLAND_MAX];
	const uint8_t *p = greet(f, packet, stream, bland) ? bland : packet.p;
	size_t n = packet.n < UINT16_MAX ? packet.n : UINT16_MAX;

	f->found = ndpi_detection_process_packet(d->module, f->state, p, (uint16_t)n,
						 (uint64_t)ts_us / 1000);
	if (++f->packets >= DPI_PACKETS_MAX)
		return true;
	return enough(d, f);
}

/* Lower case, without port. */
static void name_copy(char *out, const char *in)
{
	size_t n = 0;

	for (; in[n] && n + 1 < DPI_NAME_MAX && in[n] != ':'; n++) {
		char c = in[n];
		if (c >= 'A' && c <= 'Z')
			c = (char)(c + 32);
		out[n] = c > 32 && c < 127 ? c : '?';
	}
	out[n] = 0;
}

/* The library leaves zeroes where it saw no certificate (resumed, TLS 1.3). */
static void cert_copy(struct dpi_facts *out, const uint8_t sha1[DPI_SHA1_BYTES])
{
	static const uint8_t none[DPI_SHA1_BYTES];

	out->has_cert = memcmp(sha1, none, sizeof(none)) != 0;
	memcpy(out->cert_sha1, sha1, sizeof(out->cert_sha1));
}

void dpi_conclude(struct dpi *d, struct dpi_flow *f, struct dpi_facts *out)
{
	u_int8_t guessed = 0;
	ndpi_protocol p = f->found;

	if (p.app_protocol == NDPI_PROTOCOL_UNKNOWN)
		p = ndpi_detection_giveup(d->module, f->state, 1, &guessed);
	*out = (struct dpi_facts){
		.tls = carries(p, NDPI_PROTOCOL_TLS) || carries(p, NDPI_PROTOCOL_QUIC),
		.http = carries(p, NDPI_PROTOCOL_HTTP),
	};
	out->tls_old = out->tls && (f->state->risk >> NDPI_TLS_OBSOLETE_VERSION & 1);
	if (out->tls || out->http)
		name_copy(out->name, f->greeted ? f->greeting.name : f->state->host_server_name);
	if (out->tls && !guessed) { /* the union holds TLS facts only when TLS was really read */
		memcpy(out->ja3,
		       f->greeted ? f->greeting.ja3 : f->state->protos.tls_quic.ja3_client,
		       DPI_JA3_MAX - 1);
		out->ja3[DPI_JA3_MAX - 1] = 0;
		out->cert_unnamed = f->state->protos.tls_quic.subjectDN &&
				    (!f->state->protos.tls_quic.server_names ||
				     (f->state->risk >> NDPI_TLS_SELFSIGNED_CERTIFICATE & 1));
		cert_copy(out, f->state->protos.tls_quic.sha1_certificate_fingerprint);
	}
}
