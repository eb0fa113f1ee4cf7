/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256, SHA-1 and MD5 of bytes as they pass: the names by which lists know files. Nothing is
 * proven with them. The only door to libgcrypt. */
#ifndef PROBE_DISSECT_DIGEST_H
#define PROBE_DISSECT_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct digest;

/* Hexadecimal, lower case. */
struct digest_text {
	char sha256[65], sha1[41], md5[33];
};

struct digest *digest_new(void); /* NULL: the library refuses, as in FIPS mode */
void digest_free(struct digest *d);
void digest_add(struct digest *d, const void *p, size_t n);
void digest_end(struct digest *d, struct digest_text *out); /* then only digest_free */
/* At one go; false: the library refuses. */
bool digest_sha1(const void *p, size_t n, uint8_t out[20]);
bool digest_sha256(const void *p, size_t n, uint8_t out[32]);
bool digest_md5(const void *p, size_t n, char out[33]); /* hexadecimal */

#endif
