/* SPDX-License-Identifier: Apache-2.0 */
/* CRC-32C (Castagnoli, RFC 3720 B.4): finds damaged bytes on disk; no defence against an attacker.
 */
#ifndef WIRE_CRC32C_H
#define WIRE_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* Start with CRC 0 and feed the result back in for the next part. */
uint32_t crc32c(uint32_t crc, const void *p, size_t n);

#endif
