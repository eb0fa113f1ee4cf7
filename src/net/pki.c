/* SPDX-License-Identifier: Apache-2.0 */
/* Keys, requests and certificates on GnuTLS. Connections: tls.c. */
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <time.h>

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include "base/clock.h"
#include "base/mem.h"
#include "net/pki.h"

enum {
	REQUEST_MAX = 16 * 1024, /* bytes of a foreign request */
	SERIAL_BYTES = 16,
	NAME_MAX_BYTES = 64,         /* ub-common-name, RFC 5280, appendix A.1 */
	CLOCK_SKEW_S = 24 * 60 * 60, /* a sensor's clock may be behind before it has reached NTP */
};

static void key_done(gnutls_x509_privkey_t *k)
{
	if (*k)
		gnutls_x509_privkey_deinit(*k);
}

static void crt_done(gnutls_x509_crt_t *c)
{
	if (*c)
		gnutls_x509_crt_deinit(*c);
}

static void crq_done(gnutls_x509_crq_t *q)
{
	if (*q)
		gnutls_x509_crq_deinit(*q);
}

static void pubkey_done(gnutls_pubkey_t *k)
{
	if (*k)
		gnutls_pubkey_deinit(*k);
}

#define SCOPED(fn) __attribute__((cleanup(fn)))

static int failed(struct err *e, int gnutls_code, const char *what)
{
	int code = gnutls_code == GNUTLS_E_MEMORY_ERROR ? -ENOMEM : -EFORMAT;

	return err_set(e, code, "%s: %s", what, gnutls_strerror(gnutls_code));
}

static gnutls_datum_t datum(const char *text)
{
	return (gnutls_datum_t){ .data = (unsigned char *)(uintptr_t)text,
				 .size = (unsigned)strlen(text) };
}

static char *taken(gnutls_datum_t *d)
{
	char *s = mem_strndup((const char *)d->data, d->size);

	gnutls_free(d->data);
	return s;
}

/* --- reading --- */

static int key_open(const char *pem, gnutls_x509_privkey_t *out, struct err *e)
{
	gnutls_datum_t d = datum(pem);
	int r = gnutls_x509_privkey_init(out);

	if (r == 0)
		r = gnutls_x509_privkey_import(*out, &d, GNUTLS_X509_FMT_PEM);
	return r < 0 ? failed(e, r, "private key") : 0;
}

static int crt_open(const char *pem, gnutls_x509_crt_t *out, struct err *e)
{
	gnutls_datum_t d = datum(pem);
	int r = gnutls_x509_crt_init(out);

	if (r == 0)
		r = gnutls_x509_crt_import(*out, &d, GNUTLS_X509_FMT_PEM);
	return r < 0 ? failed(e, r, "certificate") : 0;
}

/* --- keys and requests --- */

static int key_make(gnutls_x509_privkey_t *out)
{
	int r = gnutls_x509_privkey_init(out);

	return r < 0 ? r
		     : gnutls_x509_privkey_generate(
			       *out, GNUTLS_PK_ECDSA,
			       GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0);
}

static int key_text(gnutls_x509_privkey_t key, char **out)
{
	gnutls_datum_t d = { NULL, 0 };
	int r = gnutls_x509_privkey_export2_pkcs8(key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN,
						  &d);

	if (r == 0)
		*out = taken(&d);
	return r;
}

int pki_key_new(char **key_pem_out, struct err *e)
{
	SCOPED(key_done) gnutls_x509_privkey_t key = NULL;
	int r = key_make(&key);

	if (r == 0)
		r = key_text(key, key_pem_out);
	return r < 0 ? failed(e, r, "new key") : 0;
}

int pki_request_new(const char *key_pem, const char *common_name, char **csr_pem_out, struct err *e)
{
	SCOPED(key_done) gnutls_x509_privkey_t key = NULL;
	SCOPED(crq_done) gnutls_x509_crq_t crq = NULL;
	gnutls_datum_t d = { NULL, 0 };
	int r = key_open(key_pem, &key, e);

	if (r < 0)
		return r;
	r = gnutls_x509_crq_init(&crq);
	if (r == 0)
		r = gnutls_x509_crq_set_version(crq, 1);
	if (r == 0)
		r = gnutls_x509_crq_set_dn_by_oid(crq, GNUTLS_OID_X520_COMMON_NAME, 0, common_name,
						  (unsigned)strlen(common_name));
	if (r == 0)
		r = gnutls_x509_crq_set_key(crq, key);
	if (r == 0)
		r = gnutls_x509_crq_sign2(crq, key, GNUTLS_DIG_SHA256, 0);
	if (r == 0)
		r = gnutls_x509_crq_export2(crq, GNUTLS_X509_FMT_PEM, &d);
	if (r < 0)
		return failed(e, r, "certificate request");
	*csr_pem_out = taken(&d);
	return 0;
}

/* --- certificates --- */

static int crt_make(gnutls_x509_crt_t *out, const char *common_name, int64_t now_us,
		    int64_t valid_us)
{
	uint8_t serial[SERIAL_BYTES];
	time_t now_s = (time_t)(now_us / US_PER_SEC);
	size_t n = strlen(common_name);
	int r = gnutls_x509_crt_init(out);

	if (r == 0)
		r = gnutls_rnd(GNUTLS_RND_NONCE, serial, sizeof(serial));
	serial[0] = (uint8_t)((serial[0] & 0x7f) | 0x40); /* positive, full length */
	if (r == 0)
		r = gnutls_x509_crt_set_version(*out, 3);
	if (r == 0)
		r = gnutls_x509_crt_set_serial(*out, serial, sizeof(serial));
	if (r == 0)
		r = gnutls_x509_crt_set_activation_time(*out, now_s - CLOCK_SKEW_S);
	if (r == 0)
		r = gnutls_x509_crt_set_expiration_time(*out,
							now_s + (time_t)(valid_us / US_PER_SEC));
	if (r == 0)
		r = gnutls_x509_crt_set_dn_by_oid(
			*out, GNUTLS_OID_X520_COMMON_NAME, 0, common_name,
			(unsigned)(n < NAME_MAX_BYTES ? n : NAME_MAX_BYTES));
	return r;
}

static int crt_set_ids(gnutls_x509_crt_t crt, gnutls_x509_crt_t issuer)
{
	uint8_t id[20];
	size_t n = sizeof(id);
	int r = gnutls_x509_crt_get_key_id(crt, GNUTLS_KEYID_USE_SHA1, id, &n);

	if (r == 0)
		r = gnutls_x509_crt_set_subject_key_id(crt, id, n);
	if (r < 0 || !issuer)
		return r;
	n = sizeof(id);
	r = gnutls_x509_crt_get_subject_key_id(issuer, id, &n, NULL);
	return r < 0 ? r : gnutls_x509_crt_set_authority_key_id(crt, id, n);
}

static int crt_text(gnutls_x509_crt_t crt, char **out)
{
	gnutls_datum_t d = { NULL, 0 };
	int r = gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_PEM, &d);

	if (r == 0)
		*out = taken(&d);
	return r;
}

int pki_ca_new(const char *name, int64_t now_us, int64_t valid_us, char **key_pem_out,
	       char **cert_pem_out, struct err *e)
{
	SCOPED(key_done) gnutls_x509_privkey_t key = NULL;
	SCOPED(crt_done) gnutls_x509_crt_t crt = NULL;
	char *key_pem = NULL;
	int r = key_make(&key);

	if (r == 0)
		r = crt_make(&crt, name, now_us, valid_us);
	if (r == 0)
		r = gnutls_x509_crt_set_key(crt, key);
	if (r == 0)
		r = gnutls_x509_crt_set_basic_constraints(crt, 1, 0);
	if (r == 0)
		r = gnutls_x509_crt_set_key_usage(crt,
						  GNUTLS_KEY_KEY_CERT_SIGN | GNUTLS_KEY_CRL_SIGN);
	if (r == 0)
		r = crt_set_ids(crt, NULL);
	if (r == 0)
		r = gnutls_x509_crt_sign2(crt, crt, key, GNUTLS_DIG_SHA256, 0);
	if (r == 0)
		r = key_text(key, &key_pem);
	if (r == 0)
		r = crt_text(crt, cert_pem_out);
	if (r < 0) {
		mem_cleanup(&key_pem);
		return failed(e, r, "new certificate authority");
	}
	*key_pem_out = key_pem;
	return 0;
}

static int crt_add_names(gnutls_x509_crt_t crt, const char *const *names)
{
	int r = 0;

	for (size_t i = 0; r == 0 && names && names[i]; i++) {
		uint8_t ip[16];
		unsigned n = (unsigned)strlen(names[i]);
		const void *value = names[i];
		gnutls_x509_subject_alt_name_t type = GNUTLS_SAN_IPADDRESS;
		if (inet_pton(AF_INET, names[i], ip) == 1) {
			value = ip;
			n = 4;
		} else if (inet_pton(AF_INET6, names[i], ip) == 1) {
			value = ip;
			n = 16;
		} else {
			type = GNUTLS_SAN_DNSNAME;
		}
		r = gnutls_x509_crt_set_subject_alt_name(crt, type, value, n, GNUTLS_FSAN_APPEND);
	}
	return r;
}

/* Everything behind the public key: purpose, names, signature. */
static int crt_issue(const struct pki_issue *i, gnutls_x509_crt_t crt, const char *purpose,
		     char **cert_pem_out, struct err *e)
{
	SCOPED(key_done) gnutls_x509_privkey_t ca_key = NULL;
	SCOPED(crt_done) gnutls_x509_crt_t ca = NULL;
	int r = key_open(i->ca_key_pem, &ca_key, e);

	if (r == 0)
		r = crt_open(i->ca_cert_pem, &ca, e);
	if (r < 0)
		return r;
	r = gnutls_x509_crt_set_basic_constraints(crt, 0, -1);
	if (r == 0)
		r = gnutls_x509_crt_set_key_usage(crt, GNUTLS_KEY_DIGITAL_SIGNATURE);
	if (r == 0)
		r = gnutls_x509_crt_set_key_purpose_oid(crt, purpose, 0);
	if (r == 0)
		r = crt_add_names(crt, i->dns_names);
	if (r == 0)
		r = crt_set_ids(crt, ca);
	if (r == 0)
		r = gnutls_x509_crt_sign2(crt, ca, ca_key, GNUTLS_DIG_SHA256, 0);
	if (r == 0)
		r = crt_text(crt, cert_pem_out);
	return r < 0 ? failed(e, r, "new certificate") : 0;
}

int pki_issue_server(const struct pki_issue *i, const char *key_pem, char **cert_pem_out,
		     struct err *e)
{
	SCOPED(key_done) gnutls_x509_privkey_t key = NULL;
	SCOPED(crt_done) gnutls_x509_crt_t crt = NULL;
	int r = key_open(key_pem, &key, e);

	if (r < 0)
		return r;
	r = crt_make(&crt, i->common_name, i->now_us, i->valid_us);
	if (r == 0)
		r = gnutls_x509_crt_set_key(crt, key);
	if (r < 0)
		return failed(e, r, "server certificate");
	return crt_issue(i, crt, GNUTLS_KP_TLS_WWW_SERVER, cert_pem_out, e);
}

/* A request proves possession of its key and that key is of the one kind we use. */
static int request_check(gnutls_x509_crq_t crq, gnutls_pubkey_t pub, struct err *e)
{
	gnutls_ecc_curve_t curve = GNUTLS_ECC_CURVE_INVALID;
	int r = gnutls_x509_crq_verify(crq, 0);

	if (r < 0)
		return err_set(e, -EFORMAT, "the request's signature is wrong");
	r = gnutls_pubkey_import_x509_crq(pub, crq, 0);
	if (r == 0)
		r = gnutls_pubkey_export_ecc_raw2(pub, &curve, NULL, NULL, 0);
	if (r < 0 || curve != GNUTLS_ECC_CURVE_SECP256R1)
		return err_set(e, -EFORMAT, "the request's key is not ECDSA P-256");
	return 0;
}

static int request_name(gnutls_x509_crq_t crq, char out[NAME_MAX_BYTES + 1], struct err *e)
{
	size_t n = NAME_MAX_BYTES + 1;
	int r = gnutls_x509_crq_get_dn_by_oid(crq, GNUTLS_OID_X520_COMMON_NAME, 0, 0, out, &n);

	return r < 0 ? err_set(e, -EFORMAT, "the request has no usable common name") : 0;
}

int pki_issue_client(const struct pki_issue *i, const char *csr_pem, size_t csr_n,
		     char **cert_pem_out, struct err *e)
{
	SCOPED(crq_done) gnutls_x509_crq_t crq = NULL;
	SCOPED(crt_done) gnutls_x509_crt_t crt = NULL;
	SCOPED(pubkey_done) gnutls_pubkey_t pub = NULL;
	char asked[NAME_MAX_BYTES + 1];

	if (csr_n == 0 || csr_n > REQUEST_MAX)
		return err_set(e, -EFORMAT, "a certificate request of %zu bytes", csr_n);
	gnutls_datum_t d = { (unsigned char *)(uintptr_t)csr_pem, (unsigned)csr_n };
	int r = gnutls_x509_crq_init(&crq);
	if (r == 0)
		r = gnutls_pubkey_init(&pub);
	if (r == 0)
		r = gnutls_x509_crq_import(crq, &d, GNUTLS_X509_FMT_PEM);
	if (r < 0)
		return failed(e, r, "certificate request");
	r = request_check(crq, pub, e);
	if (r == 0 && !i->common_name)
		r = request_name(crq, asked, e);
	if (r < 0)
		return r;
	r = crt_make(&crt, i->common_name ? i->common_name : asked, i->now_us, i->valid_us);
	if (r == 0)
		r = gnutls_x509_crt_set_pubkey(crt, pub);
	if (r < 0)
		return failed(e, r, "client certificate");
	return crt_issue(i, crt, GNUTLS_KP_TLS_WWW_CLIENT, cert_pem_out, e);
}

/* --- facts --- */

int pki_cert_sha256(const char *cert_pem, uint8_t out[32], struct err *e)
{
	SCOPED(crt_done) gnutls_x509_crt_t crt = NULL;
	size_t n = 32;
	int r = crt_open(cert_pem, &crt, e);

	if (r < 0)
		return r;
	r = gnutls_x509_crt_get_fingerprint(crt, GNUTLS_DIG_SHA256, out, &n);
	return r < 0 ? failed(e, r, "certificate") : 0;
}

int pki_cert_spki_sha256(const char *cert_pem, uint8_t out[32], struct err *e)
{
	SCOPED(crt_done) gnutls_x509_crt_t crt = NULL;
	size_t n = 32;
	int r = crt_open(cert_pem, &crt, e);

	if (r < 0)
		return r;
	r = gnutls_x509_crt_get_key_id(crt, GNUTLS_KEYID_USE_SHA256, out, &n);
	return r < 0 ? failed(e, r, "certificate") : 0;
}

int pki_cert_expires(const char *cert_pem, int64_t *utc_us_out, struct err *e)
{
	SCOPED(crt_done) gnutls_x509_crt_t crt = NULL;
	int r = crt_open(cert_pem, &crt, e);

	if (r < 0)
		return r;
	time_t at = gnutls_x509_crt_get_expiration_time(crt);
	if (at == (time_t)-1)
		return err_set(e, -EFORMAT, "the certificate has no expiry");
	*utc_us_out = (int64_t)at * US_PER_SEC;
	return 0;
}
