/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates of both ends of a TLS connection and the one place where a peer's is judged: it must
 * chain to our CA, be valid now and be meant for its side. Host names are not compared: the CA is
 * ours and signs nobody else. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gnutls/x509.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"
#include "net/tls_creds.h"

enum { PIN_BYTES = 32, CHAIN_MAX = 8 };

struct tls_creds {
	gnutls_certificate_credentials_t cred;
	gnutls_priority_t priority;
	bool server, cert_required, pinned;
	uint8_t pin[PIN_BYTES];
};

static int failed(struct err *e, int code, const char *what)
{
	return err_set(e, -EFORMAT, "%s: %s", what, gnutls_strerror(code));
}

static gnutls_datum_t datum(const char *text)
{
	return (gnutls_datum_t){ .data = (unsigned char *)(uintptr_t)text,
				 .size = (unsigned)strlen(text) };
}

/* --- judging a peer --- */

static bool has_pin(gnutls_x509_crt_t crt, const uint8_t pin[PIN_BYTES])
{
	uint8_t id[PIN_BYTES];
	size_t n = sizeof(id);

	return gnutls_x509_crt_get_key_id(crt, GNUTLS_KEYID_USE_SHA256, id, &n) == 0 &&
	       n == PIN_BYTES && memcmp(id, pin, PIN_BYTES) == 0 &&
	       gnutls_x509_crt_get_ca_status(crt, NULL) > 0;
}

/* Trust goes to the certificate of the chain that carries the pinned key, and to no other. */
static int verify_pinned(const gnutls_datum_t *der, unsigned n_der, const uint8_t pin[PIN_BYTES],
			 unsigned *status)
{
	gnutls_x509_crt_t chain[CHAIN_MAX];
	gnutls_x509_trust_list_t list = NULL;
	unsigned n = 0;
	int ca = -1, r = 0;

	for (; n < n_der && n < CHAIN_MAX; n++) {
		r = gnutls_x509_crt_init(&chain[n]);
		if (r < 0)
			break;
		r = gnutls_x509_crt_import(chain[n], &der[n], GNUTLS_X509_FMT_DER);
		if (r == 0 && n > 0 && has_pin(chain[n], pin))
			ca = (int)n;
	}
	*status = GNUTLS_CERT_INVALID | GNUTLS_CERT_SIGNER_NOT_FOUND;
	if (r == 0 && ca > 0)
		r = gnutls_x509_trust_list_init(&list, 0);
	if (r == 0 && ca > 0)
		r = gnutls_x509_trust_list_add_cas(list, &chain[ca], 1, 0) == 1 ? 0 : -1;
	if (r == 0 && ca > 0) {
		gnutls_typed_vdata_st purpose = {
			.type = GNUTLS_DT_KEY_PURPOSE_OID,
			.data = (unsigned char *)(uintptr_t)GNUTLS_KP_TLS_WWW_SERVER,
		};
		r = gnutls_x509_trust_list_verify_crt2(list, chain, (unsigned)ca, &purpose, 1, 0,
						       status, NULL);
	}
	if (list)
		gnutls_x509_trust_list_deinit(list, 0);
	for (unsigned i = 0; i < n; i++)
		gnutls_x509_crt_deinit(chain[i]);
	return r;
}

/* GnuTLS calls this in the handshake; anything but 0 ends it. */
static int judge(gnutls_session_t session)
{
	struct tls_judge *j = gnutls_session_get_ptr(session);
	const struct tls_creds *k = j->creds;
	unsigned n = 0, status = 0;
	const gnutls_datum_t *der = gnutls_certificate_get_peers(session, &n);
	const char *oid = k->server ? GNUTLS_KP_TLS_WWW_CLIENT : GNUTLS_KP_TLS_WWW_SERVER;
	int r;

	if (!der || n == 0)
		return k->server && !k->cert_required ? 0 : GNUTLS_E_CERTIFICATE_ERROR;
	if (k->pinned) {
		r = verify_pinned(der, n, k->pin, &status);
	} else {
		gnutls_typed_vdata_st purpose = { .type = GNUTLS_DT_KEY_PURPOSE_OID,
						  .data = (unsigned char *)(uintptr_t)oid };
		r = gnutls_certificate_verify_peers(session, &purpose, 1, &status);
	}
	j->status = status;
	return r < 0 || status != 0 ? GNUTLS_E_CERTIFICATE_ERROR : 0;
}

/* --- credentials --- */

void tls_creds_free(struct tls_creds *k)
{
	if (!k)
		return;
	if (k->cred)
		gnutls_certificate_free_credentials(k->cred);
	if (k->priority)
		gnutls_priority_deinit(k->priority);
	free(k);
}

static int creds_new(struct tls_creds **out, struct err *e)
{
	struct tls_creds *k = mem_new(sizeof(*k));
	int r = gnutls_certificate_allocate_credentials(&k->cred);

	if (r == 0)
		r = gnutls_priority_init(&k->priority, "NORMAL:-VERS-ALL:+VERS-TLS1.3", NULL);
	if (r < 0) {
		tls_creds_free(k);
		return failed(e, r, "TLS");
	}
	gnutls_certificate_set_verify_function(k->cred, judge);
	*out = k;
	return 0;
}

static int set_key(struct tls_creds *k, const char *cert_pem, const char *key_pem, struct err *e)
{
	gnutls_datum_t cert = datum(cert_pem), key = datum(key_pem);
	int r = gnutls_certificate_set_x509_key_mem(k->cred, &cert, &key, GNUTLS_X509_FMT_PEM);

	return r < 0 ? failed(e, r, "certificate and key") : 0;
}

static int set_trust(struct tls_creds *k, const char *ca_pem, struct err *e)
{
	gnutls_datum_t ca = datum(ca_pem);
	int r = gnutls_certificate_set_x509_trust_mem(k->cred, &ca, GNUTLS_X509_FMT_PEM);

	if (r == 0)
		r = GNUTLS_E_NO_CERTIFICATE_FOUND;
	return r < 0 ? failed(e, r, "certificate of the authority") : 0;
}

static bool is_single_issued_by(const char *cert_pem, const char *ca_pem)
{
	gnutls_datum_t d = datum(cert_pem), a = datum(ca_pem);
	gnutls_x509_crt_t crt = NULL, ca = NULL;
	const char *first = strstr(cert_pem, "-----BEGIN");
	bool single = first && !strstr(first + 1, "-----BEGIN"), yes = false;

	if (single && gnutls_x509_crt_init(&crt) == 0 && gnutls_x509_crt_init(&ca) == 0 &&
	    gnutls_x509_crt_import(crt, &d, GNUTLS_X509_FMT_PEM) == 0 &&
	    gnutls_x509_crt_import(ca, &a, GNUTLS_X509_FMT_PEM) == 0)
		yes = gnutls_x509_crt_check_issuer(crt, ca) != 0;
	if (crt)
		gnutls_x509_crt_deinit(crt);
	if (ca)
		gnutls_x509_crt_deinit(ca);
	return yes;
}

int tls_creds_server(const struct tls_server_conf *c, struct tls_creds **out, struct err *e)
{
	SCOPED_BUF struct buf chain = { 0 };
	struct tls_creds *k = NULL;
	int r = creds_new(&k, e);

	if (r < 0)
		return r;
	k->server = true;
	k->cert_required = c->client_cert_required;
	buf_printf(&chain, "%s\n", c->cert_pem);
	if (is_single_issued_by(c->cert_pem, c->client_ca_pem))
		buf_adds(&chain, c->client_ca_pem); /* a client that pins it must see it */
	r = set_key(k, chain.p, c->key_pem, e);
	if (r == 0)
		r = set_trust(k, c->client_ca_pem, e);
	if (r < 0) {
		tls_creds_free(k);
		return r;
	}
	*out = k;
	return 0;
}

int tls_creds_client(const struct tls_client_conf *c, struct tls_creds **out, struct err *e)
{
	struct tls_creds *k = NULL;
	int r = creds_new(&k, e);

	if (r < 0)
		return r;
	if (c->cert_pem)
		r = set_key(k, c->cert_pem, c->key_pem, e);
	if (r == 0 && c->ca_pem) {
		r = set_trust(k, c->ca_pem, e);
	} else if (r == 0 && c->ca_spki_sha256) {
		k->pinned = true;
		memcpy(k->pin, c->ca_spki_sha256, PIN_BYTES);
	} else if (r == 0) {
		r = err_set(e, -EINVAL, "no authority to trust");
	}
	if (r < 0) {
		tls_creds_free(k);
		return r;
	}
	*out = k;
	return 0;
}

/* --- sessions --- */

int tls_creds_session(struct tls_creds *k, int fd, struct tls_judge *j, gnutls_session_t *out)
{
	unsigned side = k->server ? GNUTLS_SERVER : GNUTLS_CLIENT;
	gnutls_session_t s = NULL;
	int r = gnutls_init(&s, side | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL | GNUTLS_NO_TICKETS);

	if (r == 0)
		r = gnutls_priority_set(s, k->priority);
	if (r == 0)
		r = gnutls_credentials_set(s, GNUTLS_CRD_CERTIFICATE, k->cred);
	if (r < 0) {
		if (s)
			gnutls_deinit(s);
		return r;
	}
	*j = (struct tls_judge){ .creds = k };
	gnutls_session_set_ptr(s, j);
	if (k->server) {
		gnutls_certificate_server_set_request(s, k->cert_required ? GNUTLS_CERT_REQUIRE
									  : GNUTLS_CERT_REQUEST);
		/* Names of our CA would let a client with a foreign certificate hold it back and
		 * look like one without. */
		gnutls_certificate_send_x509_rdn_sequence(s, 1);
	}
	gnutls_handshake_set_timeout(s, 0); /* ours is in tls.c */
	gnutls_transport_set_int(s, fd);
	*out = s;
	return 0;
}

void tls_creds_peer(gnutls_session_t session, struct tls_peer *out)
{
	unsigned n = 0;
	const gnutls_datum_t *der = gnutls_certificate_get_peers(session, &n);
	gnutls_x509_crt_t crt = NULL;
	char name[sizeof(out->common_name)];
	size_t name_n = sizeof(name), sum_n = sizeof(out->cert_sha256);

	if (!der || n == 0 || gnutls_x509_crt_init(&crt) < 0)
		return;
	if (gnutls_x509_crt_import(crt, &der[0], GNUTLS_X509_FMT_DER) == 0 &&
	    gnutls_x509_crt_get_fingerprint(crt, GNUTLS_DIG_SHA256, out->cert_sha256, &sum_n) == 0)
		out->has_cert = true;
	if (gnutls_x509_crt_get_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0, 0, name, &name_n) ==
		    0 &&
	    utf8_valid(name, strlen(name)))
		(void)str_copy(out->common_name, sizeof(out->common_name), str_of(name));
	gnutls_x509_crt_deinit(crt);
}

void tls_creds_reason(gnutls_session_t session, int code, char *out, size_t out_size)
{
	gnutls_datum_t words = { NULL, 0 };
	const struct tls_judge *j = gnutls_session_get_ptr(session);

	if (code == GNUTLS_E_FATAL_ALERT_RECEIVED || code == GNUTLS_E_WARNING_ALERT_RECEIVED) {
		const char *alert = gnutls_alert_get_name(gnutls_alert_get(session));
		(void)snprintf(out, out_size, "the peer refused: %s", alert ? alert : "unknown");
	} else if (j->status != 0 && gnutls_certificate_verification_status_print(
					     j->status, GNUTLS_CRT_X509, &words, 0) == 0) {
		(void)snprintf(out, out_size, "the peer's certificate is refused: %s", words.data);
		gnutls_free(words.data);
	} else {
		(void)snprintf(out, out_size, "%s", gnutls_strerror(code));
	}
}
