/* SPDX-License-Identifier: Apache-2.0 */
/* libgcrypt, kept in this one file: libndpi brings it along anyway. */
#include "probe/dissect/digest.h"

#include <gcrypt.h>

#include "base/mem.h"

struct digest {
	gcry_md_hd_t md;
};

static void library_start(void)
{
	if (gcry_control(GCRYCTL_INITIALIZATION_FINISHED_P))
		return;
	(void)gcry_check_version(NULL); /* starts it; any version has these three */
	(void)gcry_control(GCRYCTL_DISABLE_SECMEM, 0);
	(void)gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
}

struct digest *digest_new(void)
{
	gcry_md_hd_t md;

	library_start();
	if (gcry_md_open(&md, GCRY_MD_SHA256, 0) != 0)
		return NULL;
	if (gcry_md_enable(md, GCRY_MD_SHA1) != 0 || gcry_md_enable(md, GCRY_MD_MD5) != 0) {
		gcry_md_close(md);
		return NULL;
	}
	struct digest *d = mem_new(sizeof(*d));
	d->md = md;
	return d;
}

void digest_free(struct digest *d)
{
	if (!d)
		return;
	gcry_md_close(d->md);
	free(d);
}

void digest_add(struct digest *d, const void *p, size_t n)
{
	gcry_md_write(d->md, p, n);
}

static void hex(char *out, const unsigned char *p, size_t n)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		out[2 * i] = digits[p[i] >> 4];
		out[2 * i + 1] = digits[p[i] & 15];
	}
	out[2 * n] = 0;
}

void digest_end(struct digest *d, struct digest_text *out)
{
	hex(out->sha256, gcry_md_read(d->md, GCRY_MD_SHA256), 32);
	hex(out->sha1, gcry_md_read(d->md, GCRY_MD_SHA1), 20);
	hex(out->md5, gcry_md_read(d->md, GCRY_MD_MD5), 16);
}

static bool at_once(int algorithm, const void *p, size_t n, uint8_t *out)
{
	library_start();
	if (gcry_md_test_algo(algorithm) != 0)
		return false;
	gcry_md_hash_buffer(algorithm, out, p, n);
	return true;
}

bool digest_sha1(const void *p, size_t n, uint8_t out[20])
{
	return at_once(GCRY_MD_SHA1, p, n, out);
}

bool digest_sha256(const void *p, size_t n, uint8_t out[32])
{
	return at_once(GCRY_MD_SHA256, p, n, out);
}

bool digest_md5(const void *p, size_t n, char out[33])
{
	uint8_t md5[16];

	if (!at_once(GCRY_MD_MD5, p, n, md5))
		return false;
	hex(out, md5, sizeof(md5));
	return true;
}
