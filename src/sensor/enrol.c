/* SPDX-License-Identifier: Apache-2.0 */
/* One connection, one question, one answer. Nothing is written before the answer is a yes. */
#include "sensor/enrol.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/file.h"
#include "base/loop.h"
#include "base/mem.h"
#include "base/str.h"
#include "net/crypto.h"
#include "net/pki.h"
#include "net/tls.h"
#include "sensor/enrol_url.h"
#include "sensor/sensor_version.h"
#include "wire/frame.h"

enum { ENROL_TIMEOUT_MS = 30000, EXIT_USAGE = 2 };

struct enrol {
	struct enrol_url url;
	struct loop *loop;
	struct tls_conn *conn;
	char *key_pem, *csr_pem;
	struct identity *out;
	int result; /* 1 while the answer is awaited */
	struct err *e;
};

static void finish(struct enrol *en, int result)
{
	en->result = result;
	loop_stop(en->loop);
}

static int on_opened(void *arg, struct tls_conn *c, const struct tls_peer *peer)
{
	struct enrol *en = arg;
	Otasuke__Wire__Enrol m = OTASUKE__WIRE__ENROL__INIT;
	SCOPED_BUF struct buf b;
	struct utsname host;

	(void)peer; /* pinned by tls_client_conf */
	buf_init(&b, FRAME_MAX);
	m.code = en->url.code;
	m.csr_pem.data = (uint8_t *)en->csr_pem;
	m.csr_pem.len = strlen(en->csr_pem);
	m.version = (char *)(uintptr_t)SENSOR_VERSION;
	if (uname(&host) == 0)
		m.hardware = host.machine;
	frame_pack(&m.base, &b);
	return tls_send(c, FRAME_ENROL, b.p, b.n);
}

static char *pem_text(const ProtobufCBinaryData *d)
{
	return mem_strndup((const char *)d->data, d->len);
}

/* The answer must be the certificate of the CA that was pinned; what comes from the hub is not
 * believed beyond that. */
static int enrolled_take(struct enrol *en, const Otasuke__Wire__Enrolled *m)
{
	struct identity id = { .hub_port = en->url.port };
	uint8_t digest[32];

	id.cert_pem = pem_text(&m->cert_pem);
	id.ca_pem = pem_text(&m->ca_pem);
	id.key_pem = mem_strdup(en->key_pem);
	bool whole = str_copy(id.sensor, sizeof(id.sensor), str_of(m->sensor)) && id.sensor[0] &&
		     !strpbrk(m->sensor, "\r\n");
	id.has_item_key = m->item_key.len == sizeof(id.item_key);
	if (id.has_item_key)
		memcpy(id.item_key, m->item_key.data, sizeof(id.item_key));
	if (!strpbrk(m->company, "\r\n"))
		(void)str_copy(id.company, sizeof(id.company), str_of(m->company)); /* for show */
	(void)str_copy(id.hub_host, sizeof(id.hub_host), str_of(en->url.host));     /* same size */
	int r = whole ? pki_cert_sha256(id.cert_pem, digest, en->e)
		      : err_set(en->e, -EFORMAT, "the hub's answer names no sensor");
	if (r >= 0)
		r = pki_cert_spki_sha256(id.ca_pem, digest, en->e);
	if (r >= 0 && !crypto_equal(digest, en->url.ca_spki_sha256, sizeof(digest)))
		r = err_set(en->e, -EFORMAT, "the hub's answer does not fit the address");
	if (r < 0) {
		identity_done(&id);
		return r;
	}
	*en->out = id;
	return 0;
}

static int on_enrolled(struct enrol *en, const uint8_t *p, size_t n)
{
	ProtobufCMessage *m = NULL;
	int r = frame_unpack(&otasuke__wire__enrolled__descriptor, p, n, &m, en->e);

	if (r >= 0) {
		r = enrolled_take(en, (const Otasuke__Wire__Enrolled *)m);
		protobuf_c_message_free_unpacked(m, NULL);
	}
	return r;
}

static int on_refused(struct enrol *en, const uint8_t *p, size_t n)
{
	ProtobufCMessage *m = NULL;
	int r = frame_unpack(&otasuke__wire__refuse__descriptor, p, n, &m, en->e);

	if (r < 0)
		return r;
	const Otasuke__Wire__Refuse *refuse = (const Otasuke__Wire__Refuse *)m;
	r = err_set(en->e, -EDENIED, "the hub says no: %s",
		    refuse->text[0] ? refuse->text : refuse->code);
	protobuf_c_message_free_unpacked(m, NULL);
	return r;
}

static int on_frame(void *arg, struct tls_conn *c, uint8_t type, const uint8_t *p, size_t n)
{
	struct enrol *en = arg;
	int r;

	(void)c; /* there is one only */
	if (en->result != 1)
		return -ECLOSED;
	if (type == FRAME_ENROLLED)
		r = on_enrolled(en, p, n);
	else if (type == FRAME_REFUSE)
		r = on_refused(en, p, n);
	else
		r = err_set(en->e, -EFORMAT, "the hub answered with something else (frame %u)",
			    (unsigned)type);
	finish(en, r);
	return 0;
}

static void on_closed(void *arg, struct tls_conn *c, const char *reason)
{
	struct enrol *en = arg;

	(void)c; /* there is one only */
	en->conn = NULL;
	if (en->result == 1)
		finish(en, err_set(en->e, -ECLOSED, "the hub at %s port %u cannot be asked: %s",
				   en->url.host, (unsigned)en->url.port, reason));
}

static void on_timeout(void *arg)
{
	struct enrol *en = arg;

	finish(en, err_set(en->e, -ETIMEDOUT, "the hub at %s port %u does not answer", en->url.host,
			   (unsigned)en->url.port));
}

static int hub_ask(struct enrol *en, struct err *e)
{
	struct tls_client_conf conf = {
		.host = en->url.host,
		.port = en->url.port,
		.ca_spki_sha256 = en->url.ca_spki_sha256,
		.limits = { .frame_max = FRAME_MAX, .queue_max = FRAME_MAX },
		.events = { .opened = on_opened, .frame = on_frame, .closed = on_closed },
		.arg = en,
	};

	en->loop = loop_new(e);
	if (!en->loop)
		return -ENOMEM;
	struct loop_timer *timer = loop_timer_start(en->loop, ENROL_TIMEOUT_MS, 0, on_timeout, en);
	int r = tls_client_start(en->loop, &conf, &en->conn, e);
	if (r >= 0) {
		en->result = 1;
		r = loop_run(en->loop, e);
	}
	if (en->conn)
		tls_drop(en->conn);
	loop_timer_stop(timer);
	loop_free(en->loop);
	return r < 0 ? r : en->result;
}

int enrol_run(const char *address, const char *state_dir, struct identity *out, struct err *e)
{
	struct err local = { 0 };
	struct identity id = { 0 };
	struct enrol en = { .out = &id, .e = e ? e : &local };
	int r = enrol_url_parse(address, &en.url, e);

	if (r >= 0)
		r = crypto_start(e);
	if (r >= 0)
		r = pki_key_new(&en.key_pem, e);
	if (r >= 0)
		r = pki_request_new(en.key_pem, "otasuke-sensor", &en.csr_pem, e);
	if (r >= 0)
		r = hub_ask(&en, en.e);
	if (r >= 0)
		r = dir_make(state_dir, 0700, e);
	if (r >= 0)
		r = identity_set(state_dir, &id, e);
	if (en.key_pem)
		explicit_bzero(en.key_pem, strlen(en.key_pem));
	free(en.key_pem);
	free(en.csr_pem);
	if (r < 0)
		identity_done(&id);
	else
		*out = id;
	return r;
}

int enrol_command(int argc, char **argv)
{
	const char *address = NULL, *state = "/var/lib/otasuke-sensor";
	struct identity id = { 0 };
	struct err e = { 0 };

	for (int i = 2; i < argc; i++) {
		if (strcmp(argv[i], "--state") == 0 && i + 1 < argc)
			state = argv[++i];
		else if (!address && argv[i][0] != '-')
			address = argv[i];
		else
			address = NULL, i = argc;
	}
	if (!address) {
		fprintf(stderr, "otasuke-sensor enrol ADDRESS [--state DIR]\n");
		return EXIT_USAGE;
	}
	if (enrol_run(address, state, &id, &e) < 0) {
		fprintf(stderr, "%s\n", e.text);
		return EXIT_FAILURE;
	}
	printf("%s %s\n", id.sensor, id.company);
	identity_done(&id);
	return EXIT_SUCCESS;
}
