/* SPDX-License-Identifier: Apache-2.0 */
/* What a process gives up before it reads its first foreign byte. None of it can be taken back. */
#ifndef BASE_SANDBOX_H
#define BASE_SANDBOX_H

#include <stdint.h>

#include "base/err.h"

/* Keeps the capabilities whose bits are set (1 << CAP_NET_ADMIN) of those it has, no others. */
int sandbox_caps_keep(uint64_t caps, struct err *e);
/* No program is started, no process made or looked into, nothing mounted, loaded or traced, and no
 * socket opened but netlink ones. */
int sandbox_netlink_only(struct err *e);

#endif
