/* SPDX-License-Identifier: Apache-2.0 */
/* Reader of Suricata's EVE JSON records ("Eve JSON Format" of its user guide). */
#ifndef PROBE_RECORDS_EVE_H
#define PROBE_RECORDS_EVE_H

#include "base/err.h"
#include "probe/records/foreign.h"

bool eve_is(const struct fields *f);
/* 1 = OUT is filled, 0 = understood, but nothing for us, -EFORMAT = E says what is missing. */
int eve_read(const struct fields *f, struct foreign *out, struct err *e);

/* Points of an alert by class, severity number and metadata. COMPROMISE_OUT: the class says that
 * the device itself is taken. */
double eve_weight(const struct fields *f, bool *compromise_out);

#endif
