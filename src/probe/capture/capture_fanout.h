/* SPDX-License-Identifier: Apache-2.0 */
/* Several packet sockets that divide the packets of one interface by flow. */
#ifndef PROBE_CAPTURE_CAPTURE_FANOUT_H
#define PROBE_CAPTURE_CAPTURE_FANOUT_H

#include <stdint.h>

/* Keeps FD without packets until it has joined; before bind. 0 or -errno. */
int fanout_prepare(int fd);
/* Makes FD, which is bound, a member of GROUP (any number, the same for all). 0 or -errno. */
int fanout_join(int fd, uint16_t group);

#endif
