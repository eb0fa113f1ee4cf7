/* SPDX-License-Identifier: Apache-2.0 */
/* Headers of a ustar archive. */
#include "hub/hub_tar.h"

#include <inttypes.h>
#include <string.h>

#include "base/str.h"

enum {
	AT_MODE = 100,
	AT_UID = 108,
	AT_GID = 116,
	AT_SIZE = 124,
	AT_MTIME = 136,
	AT_SUM = 148,
	AT_TYPE = 156,
	AT_MAGIC = 257,
	AT_PREFIX = 345,
	SIZE_DIGITS = 12,
};
#define OCTAL_MAX UINT64_C(077777777777)

static void octal(unsigned char *p, size_t width, uint64_t v)
{
	for (size_t i = width - 1; i-- > 0; v >>= 3)
		p[i] = (unsigned char)('0' + (v & 7));
	p[width - 1] = '\0';
}

/* What octal digits cannot hold stands in base 256 with the first bit set, as GNU tar and others
 * write it. */
static void size_put(unsigned char *p, uint64_t v)
{
	if (v <= OCTAL_MAX) {
		octal(p, SIZE_DIGITS, v);
		return;
	}
	memset(p, 0, SIZE_DIGITS);
	for (size_t i = SIZE_DIGITS; i-- > SIZE_DIGITS - 8; v >>= 8)
		p[i] = (unsigned char)v;
	p[0] = 0x80;
}

/* The checksum counts its own field as blanks. */
static uint64_t sum_of(const unsigned char block[TAR_BLOCK])
{
	uint64_t sum = 0;

	for (size_t i = 0; i < TAR_BLOCK; i++)
		sum += i >= AT_SUM && i < AT_SUM + 8 ? ' ' : block[i];
	return sum;
}

void tar_header(const char *name, uint64_t size, int64_t mtime_s, unsigned char out[TAR_BLOCK])
{
	memset(out, 0, TAR_BLOCK);
	str_copy((char *)out, TAR_NAME_MAX + 1, str_of(name));
	octal(out + AT_MODE, 8, 0600);
	octal(out + AT_UID, 8, 0);
	octal(out + AT_GID, 8, 0);
	size_put(out + AT_SIZE, size);
	octal(out + AT_MTIME, 12, mtime_s > 0 ? (uint64_t)mtime_s : 0);
	out[AT_TYPE] = '0';
	memcpy(out + AT_MAGIC, "ustar\00000", 8);
	octal(out + AT_SUM, 7, sum_of(out));
	out[AT_SUM + 7] = ' ';
}

static int octal_parse(const unsigned char *p, size_t width, uint64_t *out)
{
	uint64_t v = 0;
	size_t i = 0;

	while (i < width && p[i] == ' ')
		i++;
	for (; i < width && p[i] >= '0' && p[i] <= '7'; i++)
		v = v << 3 | (uint64_t)(p[i] - '0');
	if (i < width && p[i] != '\0' && p[i] != ' ')
		return -EFORMAT;
	*out = v;
	return 0;
}

static int size_parse(const unsigned char *p, uint64_t *out)
{
	uint64_t v = 0;

	if (p[0] != 0x80)
		return octal_parse(p, SIZE_DIGITS, out);
	for (size_t i = 1; i < SIZE_DIGITS; i++) {
		if (v >> 55)
			return -EFORMAT;
		v = v << 8 | p[i];
	}
	*out = v;
	return 0;
}

int tar_parse(const unsigned char block[TAR_BLOCK], struct tar_entry *out, struct err *e)
{
	struct tar_entry entry = { .size = 0 };
	uint64_t sum;
	size_t n = 0;

	while (n < TAR_BLOCK && block[n] == 0)
		n++;
	if (n == TAR_BLOCK)
		return 0;
	if (octal_parse(block + AT_SUM, 8, &sum) < 0 || sum != sum_of(block) ||
	    memcmp(block + AT_MAGIC, "ustar", 5) != 0)
		return err_set(e, -EFORMAT, "this is not a backup, or it is damaged");
	if (size_parse(block + AT_SIZE, &entry.size) < 0)
		return err_set(e, -EFORMAT, "the backup names a size that is no number");
	memcpy(entry.name, block, TAR_NAME_MAX);
	if (block[AT_TYPE] != '0' || block[AT_PREFIX] || !entry.name[0] ||
	    strchr(entry.name, '/') || entry.name[0] == '.')
		return err_set(e, -EFORMAT, "the backup holds %.99s, which is no file of ours",
			       entry.name);
	*out = entry;
	return 1;
}
