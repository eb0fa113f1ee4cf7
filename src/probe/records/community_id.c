/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-1 over both ends, the lesser first, and what they speak. */
#include "probe/records/community_id.h"

#include <string.h>

#include "probe/dissect/digest.h"
#include "probe/dissect/dissect.h"

enum { SHA1_BYTES = 20, SEED_BYTES = 2, PORTS_BYTES = 4, INPUT_MAX = 2 + 16 + 16 + 2 + 4 };

static size_t put(uint8_t *at, const void *p, size_t n)
{
	memcpy(at, p, n);
	return n;
}

static void base64(const uint8_t in[SHA1_BYTES], char *out)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < SHA1_BYTES; i += 3) {
		bool more = i + 2 < SHA1_BYTES; /* twenty bytes end with two */
		uint32_t v =
			(uint32_t)in[i] << 16 | (uint32_t)in[i + 1] << 8 | (more ? in[i + 2] : 0);
		*out++ = digits[v >> 18];
		*out++ = digits[v >> 12 & 63];
		*out++ = digits[v >> 6 & 63];
		*out++ = more ? digits[v & 63] : '=';
	}
	*out = 0;
}

void community_id(const struct flow_key *k, char out[COMMUNITY_ID_MAX])
{
	uint8_t in[INPUT_MAX] = { 0 }, sha1[SHA1_BYTES];
	bool v4 = addr_is_v4(&k->src) && addr_is_v4(&k->dst);
	size_t skip = v4 ? 12 : 0, n = SEED_BYTES, width = 16 - skip;
	int order = memcmp(k->src.b, k->dst.b, 16);
	bool turned = order > 0 || (order == 0 && k->sport > k->dport);
	const struct addr *low = turned ? &k->dst : &k->src, *high = turned ? &k->src : &k->dst;
	uint16_t low_port = turned ? k->dport : k->sport, high_port = turned ? k->sport : k->dport;
	const uint8_t ports[PORTS_BYTES] = { (uint8_t)(low_port >> 8), (uint8_t)low_port,
					     (uint8_t)(high_port >> 8), (uint8_t)high_port };

	out[0] = 0;
	if (k->proto != PROTO_TCP && k->proto != PROTO_UDP)
		return;
	n += put(in + n, low->b + skip, width);
	n += put(in + n, high->b + skip, width);
	in[n++] = k->proto;
	in[n++] = 0;
	n += put(in + n, ports, sizeof(ports));
	if (!digest_sha1(in, n, sha1))
		return;
	memcpy(out, "1:", 2);
	base64(sha1, out + 2);
}
