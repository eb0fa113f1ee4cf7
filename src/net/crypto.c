/* SPDX-License-Identifier: Apache-2.0 */
/* Hashes, random bytes, passwords, one-time codes on libsodium and liboath. Certificates: pki.c. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <liboath/oath.h>
#include <sodium.h>

#include "net/crypto.h"

enum {
	PASSWORD_MEMORY_BYTES = 19 * 1024 * 1024,
	PASSWORD_PASSES = 2,
	PASSWORD_AT_ONCE = 2,
	PASSWORD_MAX = 1024, /* bytes; longer ones only burn time */
	TOTP_SECRET_BYTES = 20,
	TOTP_STEP_S = 30,
	TOTP_DIGITS = 6,
	CODE_MAX = 64,
};

_Static_assert(sizeof(crypto_hash_sha256_state) <= sizeof(struct crypto_sha256_state), "state");
_Static_assert(crypto_pwhash_STRBYTES <= 128, "hash text");

/* How many passwords are being hashed in this process: a limit on memory, so it cannot belong to
 * any one context. The lock guards it. */
static struct {
	pthread_mutex_t lock;
	pthread_cond_t freed;
	int busy;
} hashing = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0 };

static const char base32[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; /* Crockford */

int crypto_start(struct err *e)
{
	if (sodium_init() < 0)
		return err_set(e, -EIO, "libsodium does not start");
	if (oath_init() != OATH_OK)
		return err_set(e, -EIO, "liboath does not start");
	return 0;
}

void crypto_random(void *out, size_t n)
{
	randombytes_buf(out, n);
}

/* --- hashes --- */

void crypto_sha256(const void *p, size_t n, uint8_t out[32])
{
	(void)crypto_hash_sha256(out, p, n); /* cannot fail */
}

void crypto_hmac_sha256(const void *key, size_t key_n, const void *p, size_t n, uint8_t out[32])
{
	crypto_auth_hmacsha256_state s;

	(void)crypto_auth_hmacsha256_init(&s, key, key_n); /* these cannot fail */
	(void)crypto_auth_hmacsha256_update(&s, p, n);
	(void)crypto_auth_hmacsha256_final(&s, out);
	sodium_memzero(&s, sizeof(s));
}

void crypto_base64(const void *p, size_t n, char *out)
{
	sodium_bin2base64(out, CRYPTO_BASE64_SIZE(n), p, n, sodium_base64_VARIANT_ORIGINAL);
}

bool crypto_base64_read(const char *text, uint8_t *out, size_t out_size, size_t *n_out)
{
	return sodium_base642bin(out, out_size, text, strlen(text), NULL, n_out, NULL,
				 sodium_base64_VARIANT_ORIGINAL) == 0;
}

void crypto_sha256_init(struct crypto_sha256_state *s)
{
	(void)crypto_hash_sha256_init((crypto_hash_sha256_state *)(void *)s->opaque);
}

void crypto_sha256_add(struct crypto_sha256_state *s, const void *p, size_t n)
{
	(void)crypto_hash_sha256_update((crypto_hash_sha256_state *)(void *)s->opaque, p, n);
}

void crypto_sha256_end(struct crypto_sha256_state *s, uint8_t out[32])
{
	(void)crypto_hash_sha256_final((crypto_hash_sha256_state *)(void *)s->opaque, out);
}

bool crypto_equal(const void *a, const void *b, size_t n)
{
	return sodium_memcmp(a, b, n) == 0;
}

void crypto_hex(const void *p, size_t n, char *out)
{
	(void)sodium_bin2hex(out, 2 * n + 1, p, n);
}

/* --- signatures --- */

_Static_assert(crypto_sign_SEEDBYTES == CRYPTO_SEED &&
		       crypto_sign_PUBLICKEYBYTES == CRYPTO_PUBLIC &&
		       crypto_sign_SECRETKEYBYTES == CRYPTO_SECRET &&
		       crypto_sign_BYTES == CRYPTO_SIGNATURE,
	       "Ed25519");

void crypto_key_pair(const uint8_t seed[CRYPTO_SEED], uint8_t public_out[CRYPTO_PUBLIC],
		     uint8_t secret_out[CRYPTO_SECRET])
{
	(void)crypto_sign_seed_keypair(public_out, secret_out, seed); /* cannot fail */
}

void crypto_key_sign(const uint8_t secret[CRYPTO_SECRET], const void *p, size_t n,
		     uint8_t out[CRYPTO_SIGNATURE])
{
	(void)crypto_sign_detached(out, NULL, p, n, secret); /* cannot fail */
}

bool crypto_key_verify(const uint8_t public_key[CRYPTO_PUBLIC], const void *p, size_t n,
		       const uint8_t signature[CRYPTO_SIGNATURE])
{
	return crypto_sign_verify_detached(signature, p, n, public_key) == 0;
}

void crypto_wipe(void *p, size_t n)
{
	sodium_memzero(p, n);
}

/* --- random texts --- */

void crypto_token(char *out, size_t out_size)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

	if (out_size == 0)
		return;
	randombytes_buf(out, out_size);
	for (size_t i = 0; i + 1 < out_size; i++)
		out[i] = digits[(unsigned char)out[i] & 63];
	out[out_size - 1] = '\0';
}

static int base32_value(char c)
{
	if (c >= 'a' && c <= 'z')
		c = (char)(c - 'a' + 'A');
	if (c == 'O')
		c = '0';
	if (c == 'I' || c == 'L')
		c = '1';
	const char *found = c ? strchr(base32, c) : NULL;
	return found ? (int)(found - base32) : -1;
}

/* Luhn mod 32 over N values: 0 when the last one is the right check character. */
static int luhn(const uint8_t *v, size_t n)
{
	int sum = 0;

	for (size_t i = 0; i < n; i++) {
		int x = v[n - 1 - i] * (i % 2 ? 2 : 1);
		sum += x / 32 + x % 32;
	}
	return sum % 32;
}

void crypto_code(char *out, size_t n_chars)
{
	uint8_t v[CODE_MAX];
	size_t n = n_chars < CODE_MAX ? n_chars : CODE_MAX, o = 0;

	if (n == 0) {
		out[0] = '\0';
		return;
	}
	randombytes_buf(v, n);
	for (size_t i = 0; i < n; i++)
		v[i] &= 31;
	v[n - 1] = 0;
	v[n - 1] = (uint8_t)((32 - luhn(v, n)) % 32);
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && i % 5 == 0)
			out[o++] = '-';
		out[o++] = base32[v[i]];
	}
	out[o] = '\0';
}

bool crypto_code_clean(const char *typed, char *out, size_t out_size)
{
	uint8_t v[CODE_MAX];
	size_t n = 0;

	for (const char *p = typed; *p; p++) {
		if (*p == '-' || *p == ' ' || *p == '\t')
			continue;
		int x = base32_value(*p);
		if (x < 0 || n == CODE_MAX)
			return false;
		v[n++] = (uint8_t)x;
	}
	if (n < 2 || n >= out_size || luhn(v, n) != 0)
		return false;
	for (size_t i = 0; i < n; i++)
		out[i] = base32[v[i]];
	out[n] = '\0';
	return true;
}

/* --- passwords --- */

static void hashing_begin(void)
{
	(void)pthread_mutex_lock(&hashing.lock);
	while (hashing.busy >= PASSWORD_AT_ONCE)
		(void)pthread_cond_wait(&hashing.freed, &hashing.lock);
	hashing.busy++;
	(void)pthread_mutex_unlock(&hashing.lock);
}

static void hashing_end(void)
{
	(void)pthread_mutex_lock(&hashing.lock);
	hashing.busy--;
	(void)pthread_cond_signal(&hashing.freed);
	(void)pthread_mutex_unlock(&hashing.lock);
}

int crypto_password_hash(const char *password, char out[128], struct err *e)
{
	size_t n = strlen(password);

	if (n > PASSWORD_MAX)
		return err_set(e, -EINVAL, "the password exceeds %d bytes", PASSWORD_MAX);
	hashing_begin();
	int r = crypto_pwhash_str(out, password, n, PASSWORD_PASSES, PASSWORD_MEMORY_BYTES);
	hashing_end();
	return r == 0 ? 0 : err_set(e, -ENOMEM, "not enough memory to hash a password");
}

bool crypto_password_ok(const char *hash, const char *password)
{
	/* Of a random password that nobody knows; the same parameters as above. */
	static const char nobody[] = "$argon2id$v=19$m=19456,t=2,p=1$UTmHoIkYczJ9NEhO/1kD7w$"
				     "CES1yCnRnTMDMpssbFgOq+odmzzNvEZjq4El1mxaAlQ";
	bool known = hash && *hash;
	size_t n = strlen(password);

	if (n > PASSWORD_MAX)
		return false;
	hashing_begin();
	int r = crypto_pwhash_str_verify(known ? hash : nobody, password, n);
	hashing_end();
	return known && r == 0;
}

/* --- TOTP (RFC 6238) --- */

void crypto_totp_new(char secret_base32_out[40])
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"; /* RFC 4648, 6 */
	uint8_t raw[TOTP_SECRET_BYTES * 8 / 5];
	size_t i;

	randombytes_buf(raw, sizeof(raw));
	for (i = 0; i < sizeof(raw); i++)
		secret_base32_out[i] = digits[raw[i] & 31];
	secret_base32_out[i] = '\0';
}

bool crypto_totp_ok(const char *secret_base32, const char *code, int64_t now_us, int64_t *step_out)
{
	char *secret = NULL;
	size_t n = 0;
	int pos = 0;
	int64_t now_s = now_us / 1000000;

	if (strlen(code) != TOTP_DIGITS || strspn(code, "0123456789") != TOTP_DIGITS || now_s < 0)
		return false;
	if (oath_base32_decode(secret_base32, strlen(secret_base32), &secret, &n) != OATH_OK)
		return false;
	int r = oath_totp_validate2(secret, n, (time_t)now_s, TOTP_STEP_S, 0, 1, &pos, code);
	sodium_memzero(secret, n);
	free(secret);
	if (r < 0)
		return false;
	*step_out = now_s / TOTP_STEP_S + pos;
	return true;
}
