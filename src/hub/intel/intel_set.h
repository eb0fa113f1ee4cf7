/* SPDX-License-Identifier: Apache-2.0 */
/* What a list holds, as keyed 64-bit fingerprints: sixteen bytes an entry, so that a million can be
 * compared with a new edition. Private to this feature. */
#ifndef HUB_INTEL_INTEL_SET_H
#define HUB_INTEL_INTEL_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hub/intel/intel.h"

struct intel_set;

struct intel_set *intel_set_new(void);
void intel_set_free(struct intel_set *s); /* NULL is fine */
static inline void intel_set_cleanup(struct intel_set **s)
{
	intel_set_free(*s);
}
#define SCOPED_SET __attribute__((cleanup(intel_set_cleanup)))

/* A row of the database: ID > 0. */
void intel_set_put(struct intel_set *s, enum indicator_kind kind, const char *value, int64_t id);

enum intel_seen { SEEN_KNOWN, SEEN_NEW, SEEN_TWICE };
/* An entry of the new edition; new ones are remembered. */
enum intel_seen intel_set_see(struct intel_set *s, enum indicator_kind kind, const char *value);
/* On a second reading: true once for each entry that was new. */
bool intel_set_take(struct intel_set *s, enum indicator_kind kind, const char *value);
/* The rows that the new edition lacks. */
size_t intel_set_gone(const struct intel_set *s);
/* Fills OUT with the next of them, up to N; *POS begins at 0. */
size_t intel_set_gone_next(const struct intel_set *s, size_t *pos, int64_t *out, size_t n);

#endif
