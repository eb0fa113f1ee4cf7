/* SPDX-License-Identifier: Apache-2.0 */
/* Walking over JSON in place (RFC 8259): values are views into the text, read only when somebody
 * asks, strings are decoded into the caller's buffer. Nothing is allocated however large the text,
 * nesting costs no stack, and a broken object inside sound brackets does not end the walk over its
 * neighbours. That is why it is not a parser of the library kind: a tree costs several times the
 * file, and event parsers give up at the first fault.
 *
 * It checks what it needs to find its way, no more. */
#ifndef WIRE_INDICATOR_JSON_WALK_H
#define WIRE_INDICATOR_JSON_WALK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct json_walk {
	struct str rest; /* behind what was walked over */
	char close;      /* ] or } */
	bool broken;     /* it ends where it should not */
	bool begun;
};

/* Over the elements of an array or the members of an object; a walk over nothing for others. */
struct json_walk json_walk(struct str value);
/* KEY is raw, between its quotes: as it is for all names that are asked for; NULL for arrays. */
bool json_walk_next(struct json_walk *w, struct str *key, struct str *value);

bool json_is(struct str value, char first); /* '{', '[', '"', 't', ... */
/* The member KEY of an object; empty when there is none. */
struct str json_get(struct str object, const char *key);
/* Decodes a string into OUT, cut where it does not fit; numbers as they stand; "" for others. */
struct str json_text(struct str value, char *out, size_t size);

#endif
