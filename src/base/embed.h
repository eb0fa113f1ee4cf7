/* SPDX-License-Identifier: Apache-2.0 */
/* Files compiled into a program by tools/embed.py --table. */
#ifndef BASE_EMBED_H
#define BASE_EMBED_H

#include <stddef.h>

struct embed_file {
	const char *name; /* tables are sorted by it, bytewise */
	const unsigned char *p;
	size_t n;
	const char *sha256; /* of the content, in hex */
};

#endif
