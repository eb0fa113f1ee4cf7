/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of pki.c; what chains and what does not is tested over real handshakes in test_tls.c. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/mem.h"
#include "net/crypto.h"
#include "net/pki.h"

#define NOW_US (INT64_C(1795450000) * US_PER_SEC)

struct fixture {
	char *ca_key, *ca_cert, *key;
	struct pki_issue issue;
};

static int set_up(void **state)
{
	struct fixture *f = mem_new(sizeof(*f));

	if (pki_ca_new("試験の認証局", NOW_US, 3650 * US_PER_DAY, &f->ca_key, &f->ca_cert, NULL) ||
	    pki_key_new(&f->key, NULL))
		return -1;
	f->issue = (struct pki_issue){ .ca_key_pem = f->ca_key,
				       .ca_cert_pem = f->ca_cert,
				       .now_us = NOW_US,
				       .valid_us = 30 * US_PER_DAY };
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	free(f->ca_key);
	free(f->ca_cert);
	free(f->key);
	free(f);
	return 0;
}

static void a_request_becomes_a_client_certificate(void **state)
{
	struct fixture *f = *state;
	SCOPED_MEM char *csr = NULL, *cert = NULL, *again = NULL;
	struct err e = { 0 };
	int64_t expires = 0;
	uint8_t a[32], b[32];

	assert_int_equal(pki_request_new(f->key, "sensor-7", &csr, &e), 0);
	assert_int_equal(pki_issue_client(&f->issue, csr, strlen(csr), &cert, &e), 0);
	assert_int_equal(pki_cert_expires(cert, &expires, &e), 0);
	assert_true(expires == NOW_US + 30 * US_PER_DAY);
	assert_int_equal(pki_issue_client(&f->issue, csr, strlen(csr), &again, &e), 0);
	assert_int_equal(pki_cert_sha256(cert, a, &e), 0);
	assert_int_equal(pki_cert_sha256(again, b, &e), 0);
	assert_false(crypto_equal(a, b, 32)); /* serials differ */
	assert_int_equal(pki_cert_spki_sha256(cert, a, &e), 0);
	assert_int_equal(pki_cert_spki_sha256(again, b, &e), 0);
	assert_true(crypto_equal(a, b, 32)); /* the key is the same */
}

static void a_server_certificate_takes_names_and_addresses(void **state)
{
	struct fixture *f = *state;
	static const char *const names[] = { "hub.example", "127.0.0.1", "2001:db8::1", NULL };
	SCOPED_MEM char *cert = NULL;
	struct err e = { 0 };

	f->issue.common_name = "hub.example";
	f->issue.dns_names = names;
	assert_int_equal(pki_issue_server(&f->issue, f->key, &cert, &e), 0);
}

static void a_bad_request_is_refused(void **state)
{
	struct fixture *f = *state;
	SCOPED_MEM char *csr = NULL;
	SCOPED_MEM char *big = mem_new(64 * 1024);
	char *cert = NULL;
	struct err e = { 0 };

	assert_int_equal(pki_request_new(f->key, "sensor-7", &csr, &e), 0);
	assert_int_equal(pki_issue_client(&f->issue, "", 0, &cert, &e), -EFORMAT);
	assert_int_equal(pki_issue_client(&f->issue, "hello", 5, &cert, &e), -EFORMAT);
	assert_int_equal(pki_issue_client(&f->issue, csr, strlen(csr) / 2, &cert, &e), -EFORMAT);
	assert_int_equal(pki_issue_client(&f->issue, big, 64 * 1024, &cert, &e), -EFORMAT);
	/* one digit of the base64 changed: key, name or signature is another */
	char *body = strchr(csr, '\n') + 100;
	*body = *body == 'A' ? 'B' : 'A';
	assert_int_equal(pki_issue_client(&f->issue, csr, strlen(csr), &cert, &e), -EFORMAT);
	assert_null(cert);
	assert_string_not_equal(e.text, "");
}

static void only_p256_keys_are_signed(void **state)
{
	struct fixture *f = *state;
	/* A request with a P-384 key and a valid signature. */
	static const char csr[] =
		"-----BEGIN CERTIFICATE REQUEST-----\n"
		"MIIBDDCBkgIBADATMREwDwYDVQQDDAhzZW5zb3ItNzB2MBAGByqGSM49AgEGBSuB\n"
		"BAAiA2IABObTNqZh3DX502a9yVF8JEIMGjyZ7d61BOecfdPqa3OghMCGNasIzphZ\n"
		"0HIdS07J0Tg312K011+IyrpRmpFzDGeEpwZ3mbZ1v2EVLUt3mKyAxLDO/ET6ogRM\n"
		"Ss0iIyvzfKAAMAoGCCqGSM49BAMCA2kAMGYCMQDQUtEPFrKDYftJj8NzyJFxveAL\n"
		"WgZ/3Vbwxt7vNjYdao2j3mmPUu2iCEEIznacY5QCMQD4+fLPpaYV27wQ4xucSU0+\n"
		"BtkCVHe11Uq5+EnCiK50K2aiOGhBtoFKbmBrznQMshs=\n"
		"-----END CERTIFICATE REQUEST-----\n";
	char *cert = NULL;
	struct err e = { 0 };

	assert_int_equal(pki_issue_client(&f->issue, csr, strlen(csr), &cert, &e), -EFORMAT);
	assert_non_null(strstr(e.text, "P-256"));
}

static void damaged_pem_is_an_error_in_words(void **state)
{
	(void)state;
	uint8_t sum[32];
	int64_t expires;
	struct err e = { 0 };
	char *out = NULL;

	assert_int_equal(pki_cert_sha256("nothing", sum, &e), -EFORMAT);
	assert_int_equal(pki_cert_expires("", &expires, &e), -EFORMAT);
	assert_int_equal(pki_request_new("nothing", "x", &out, &e), -EFORMAT);
	assert_null(out);
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_request_becomes_a_client_certificate),
		T(a_server_certificate_takes_names_and_addresses),
		T(a_bad_request_is_refused),
		T(only_p256_keys_are_signed),
		T(damaged_pem_is_an_error_in_words),
	};

	if (crypto_start(NULL) < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
