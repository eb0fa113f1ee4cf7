/* SPDX-License-Identifier: Apache-2.0 */
/* Keys, requests and certificates (X.509, RFC 5280) on GnuTLS: the hub's own CA and what it signs.
 * PEM texts are mem_alloc'ed. */
#ifndef NET_PKI_H
#define NET_PKI_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

int pki_key_new(char **key_pem_out, struct err *e); /* ECDSA P-256 */
int pki_ca_new(const char *name, int64_t now_us, int64_t valid_us, char **key_pem_out,
	       char **cert_pem_out, struct err *e);
int pki_request_new(const char *key_pem, const char *common_name, char **csr_pem_out,
		    struct err *e);

struct pki_issue {
	const char *ca_key_pem, *ca_cert_pem;
	int64_t now_us, valid_us;
	const char *common_name;      /* overrides what the request asks for */
	const char *const *dns_names; /* server certificates: NULL-terminated, may hold addresses;
					 NULL for clients */
};
/* Server certificate for a key of ours. */
int pki_issue_server(const struct pki_issue *i, const char *key_pem, char **cert_pem_out,
		     struct err *e);
/* Client certificate for a foreign request (size-limited, signature and key type checked): -EFORMAT
 * when it is bad. */
int pki_issue_client(const struct pki_issue *i, const char *csr_pem, size_t csr_n,
		     char **cert_pem_out, struct err *e);

int pki_cert_sha256(const char *cert_pem, uint8_t out[32], struct err *e);
int pki_cert_spki_sha256(const char *cert_pem, uint8_t out[32], struct err *e);
int pki_cert_expires(const char *cert_pem, int64_t *utc_us_out, struct err *e);

#endif
