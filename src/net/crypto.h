/* SPDX-License-Identifier: Apache-2.0 */
/* Hashes, random bytes, passwords, one-time codes: the one file that knows libsodium and liboath.
 */
#ifndef NET_CRYPTO_H
#define NET_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

int crypto_start(struct err *e); /* once per process, before threads */

void crypto_random(void *out, size_t n);
void crypto_sha256(const void *p, size_t n, uint8_t out[32]);
struct crypto_sha256_state {
	uint8_t opaque[128] __attribute__((aligned(16)));
};
void crypto_sha256_init(struct crypto_sha256_state *s);
void crypto_sha256_add(struct crypto_sha256_state *s, const void *p, size_t n);
void crypto_sha256_end(struct crypto_sha256_state *s, uint8_t out[32]);
/* HMAC-SHA256 (RFC 2104). */
void crypto_hmac_sha256(const void *key, size_t key_n, const void *p, size_t n, uint8_t out[32]);
/* RFC 4648, 4, with its padding. */
#define CRYPTO_BASE64_SIZE(n) (((n) + 2) / 3 * 4 + 1)
void crypto_base64(const void *p, size_t n, char *out);
/* False when TEXT is no base64 or too long for OUT. */
bool crypto_base64_read(const char *text, uint8_t *out, size_t out_size, size_t *n_out);
bool crypto_equal(const void *a, const void *b, size_t n); /* constant time */
void crypto_hex(const void *p, size_t n, char *out);       /* 2n + 1 bytes */
void crypto_token(char *out,
		  size_t out_size); /* URL-safe random text, fills out_size - 1 characters */
/* A code people read out and type: N_CHARS of Crockford base32 in groups of five with hyphens, the
 * last character a check (Luhn mod 32). OUT needs CRYPTO_CODE_SIZE(n_chars) bytes. */
#define CRYPTO_CODE_SIZE(n_chars) ((n_chars) + ((n_chars)-1) / 5 + 1)
void crypto_code(char *out, size_t n_chars);
/* Folds case, O to 0, I and L to 1, drops blanks and hyphens; OUT is without hyphens. False, and
 * OUT untouched, when a character is foreign, the check fails or OUT is too small. */
bool crypto_code_clean(const char *typed, char *out, size_t out_size);

/* Ed25519 signatures. The pair follows from the seed, which is all that is kept. */
enum { CRYPTO_SEED = 32, CRYPTO_PUBLIC = 32, CRYPTO_SECRET = 64, CRYPTO_SIGNATURE = 64 };
void crypto_key_pair(const uint8_t seed[CRYPTO_SEED], uint8_t public_out[CRYPTO_PUBLIC],
		     uint8_t secret_out[CRYPTO_SECRET]);
void crypto_key_sign(const uint8_t secret[CRYPTO_SECRET], const void *p, size_t n,
		     uint8_t out[CRYPTO_SIGNATURE]);
bool crypto_key_verify(const uint8_t public_key[CRYPTO_PUBLIC], const void *p, size_t n,
		       const uint8_t signature[CRYPTO_SIGNATURE]);
void crypto_wipe(void *p, size_t n);

/* argon2id, OWASP parameters (19 MiB, t = 2); blocks, bounded to two at a time in the process. OUT:
 * 128 bytes. */
int crypto_password_hash(const char *password, char out[128], struct err *e);
/* NULL or "" for HASH (no such person) costs the same time and is false. */
bool crypto_password_ok(const char *hash, const char *password);

/* TOTP (RFC 6238), SHA-1, 30 s, 6 digits, one step either side. STEP_OUT lets the caller refuse a
 * code used before. */
void crypto_totp_new(char secret_base32_out[40]);
bool crypto_totp_ok(const char *secret_base32, const char *code, int64_t now_us, int64_t *step_out);

#endif
