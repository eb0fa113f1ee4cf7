/* SPDX-License-Identifier: Apache-2.0 */
/* Asks the kernel for a bridge's ports. Not through /sys, which may show another network than this
 * process lives in. */
#include <errno.h>
#include <linux/if_bridge.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "sensor/sensor_conf.h"

enum { PORTS_MAX = 256 };

static bool is_port(const int *ports, size_t n, int index)
{
	for (size_t i = 0; i < n; i++)
		if (index != 0 && ports[i] == index)
			return true;
	return false;
}

int sensor_bridge_check(const struct sensor_conf *c, struct err *e)
{
	int ports[PORTS_MAX] = { 0 };
	unsigned long ask[4] = { BRCTL_GET_PORT_LIST, (unsigned long)ports, PORTS_MAX, 0 };
	struct ifreq q = { .ifr_data = (char *)ask };
	SCOPED_FD int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	(void)str_copy(q.ifr_name, sizeof(q.ifr_name), str_of(c->enforcer_bridge)); /* fits */
	if (fd < 0 || ioctl(fd, SIOCDEVPRIVATE, &q) < 0)
		return err_set(e, -ENODEV,
			       "there is no bridge %s: doc/inline.md says how it is made",
			       c->enforcer_bridge);
	if (c->interface[0] && strcmp(c->interface, c->enforcer_bridge) != 0 &&
	    !is_port(ports, PORTS_MAX, (int)if_nametoindex(c->interface)))
		return err_set(e, -ENODEV, "interface %s is not a port of the bridge %s",
			       c->interface, c->enforcer_bridge);
	return 0;
}
