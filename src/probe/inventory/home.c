/* SPDX-License-Identifier: Apache-2.0 */
/* The home network as a short list of networks. */
#include "probe/inventory/home.h"

#include <errno.h>

enum {
	V4_OFFSET = 96,     /* bits of an IPv4 prefix are counted behind the mapping */
	V4_GUESS = 24 + 96, /* an address on the link whose mask nobody told */
	V6_GUESS = 64,
	V4_WIDEST = 8 + 96, /* a wider claim is not believed */
	V6_WIDEST = 32,
};

static void net_add(struct home *h, const struct cidr *net)
{
	size_t kept = 0;

	for (size_t i = 0; i < h->n; i++) {
		if (h->net[i].bits <= net->bits && addr_in(&net->addr, &h->net[i]))
			return;
	}
	for (size_t i = 0; i < h->n; i++) { /* those inside the new one are no longer needed */
		if (!(h->net[i].bits > net->bits && addr_in(&h->net[i].addr, net)))
			h->net[kept++] = h->net[i];
	}
	h->n = kept;
	if (h->n < HOME_NETS_MAX)
		h->net[h->n++] = *net;
}

int home_init(struct home *h, const char *list, struct err *e)
{
	struct str s = str_of(list), part;

	*h = (struct home){ 0 };
	while (str_cut(&s, ',', &part)) {
		struct cidr net;
		part = str_trim(part);
		if (part.n == 0)
			continue;
		if (cidr_parse(part, &net) < 0)
			return err_set(e, -EINVAL, "\"%.*s\" is not a network like 192.0.2.0/24",
				       (int)part.n, part.p);
		if (h->n == HOME_NETS_MAX)
			return err_set(e, -ELIMIT, "more than %d home networks", HOME_NETS_MAX);
		net_add(h, &net);
		h->configured = true;
	}
	return 0;
}

void home_learn(struct home *h, const struct addr *a, unsigned bits)
{
	bool v4 = addr_is_v4(a);
	struct cidr net = { .addr = *a };

	if (h->configured || addr_is_zero(a) || addr_is_multicast(a) || addr_is_loopback(a) ||
	    addr_is_link_local(a))
		return;
	if (bits == 0)
		bits = v4 ? V4_GUESS : V6_GUESS;
	else if (v4)
		bits += V4_OFFSET;
	if (bits > 128 || bits < (v4 ? V4_WIDEST : V6_WIDEST))
		return;
	for (unsigned i = bits; i < 128; i++)
		net.addr.b[i / 8] = (uint8_t)(net.addr.b[i / 8] & ~(0x80 >> (i % 8)));
	net.bits = (uint8_t)bits;
	net_add(h, &net);
}

enum home_side home_side_of(const struct home *h, const struct addr *a)
{
	bool v4 = addr_is_v4(a), same_family = false;

	if (addr_is_link_local(a))
		return HOME_INSIDE;
	for (size_t i = 0; i < h->n; i++) {
		if (addr_in(a, &h->net[i]))
			return HOME_INSIDE;
		same_family |= addr_is_v4(&h->net[i].addr) == v4;
	}
	return same_family || h->configured ? HOME_OUTSIDE : HOME_UNKNOWN;
}
