/* SPDX-License-Identifier: Apache-2.0 */
/* Sample records for tests. */
#ifndef WIRE_WIRE_SAMPLES_H
#define WIRE_WIRE_SAMPLES_H

#include "wire/record.h"

struct record sample_finding(uint64_t sequence);
struct record sample_summary(uint64_t sequence);
struct record sample_heartbeat(uint64_t sequence);

#endif
