/* SPDX-License-Identifier: Apache-2.0 */
/* DNS messages. Compression pointers may only point backwards, and only so many of them. */
#include "probe/dissect/dns.h"

#include "base/err.h"
#include "base/rd.h"

enum {
	LABEL_POINTER = 0xc0,
	POINTERS_MAX = 16,
	LABELS_MAX = 128,
	RECORDS_MAX = 128, /* walked in one message */
	HEADER = 12,
	NBNS_ENCODED = 32,
};

struct name_out {
	char *p; /* NULL: skip only */
	size_t n;
};

static char printable(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return (char)(c + 32);
	return c > 32 && c < 127 && c != '.' && c != '"' && c != '\\' ? (char)c : '?';
}

static bool label_add(struct name_out *o, struct rd label)
{
	if (o->n + label.n + 2 > DNS_NAME_MAX)
		return false;
	if (!o->p) {
		o->n += label.n + 1;
		return true;
	}
	if (o->n > 0)
		o->p[o->n++] = '.';
	while (label.n > 0)
		o->p[o->n++] = printable(rd_u8(&label));
	o->p[o->n] = 0;
	return true;
}

/* Reads the name at R inside MSG and leaves R behind it. OUT may be NULL. */
static void name_read(struct rd msg, struct rd *r, char *out)
{
	struct name_out o = { .p = out };
	struct rd at = *r;
	bool jumped = false;
	int pointers = 0;

	if (out)
		out[0] = 0;
	for (int labels = 0; labels < LABELS_MAX; labels++) {
		size_t here = msg.n - at.n;
		uint8_t len = rd_u8(&at);
		if (!at.bad && (len & LABEL_POINTER) == LABEL_POINTER) {
			size_t to = (size_t)(len & 0x3f) << 8 | rd_u8(&at);
			if (!jumped)
				*r = at;
			jumped = true;
			if (at.bad || to >= here || ++pointers > POINTERS_MAX)
				break;
			at = msg;
			rd_skip(&at, to);
			continue;
		}
		if (at.bad || (len & LABEL_POINTER))
			break;
		if (len == 0) {
			if (!jumped)
				*r = at;
			return;
		}
		struct rd label = rd_sub(&at, len);
		if (label.bad || !label_add(&o, label))
			break;
	}
	r->bad = true;
}

static void answer_read(struct rd msg, struct rd *r, bool owners, struct dns_message *out)
{
	struct dns_answer spare;
	bool keep = out->n_answers < DNS_ANSWERS_MAX;
	struct dns_answer *a = keep ? &out->answer[out->n_answers] : &spare;

	a->owner[0] = 0;
	a->addr = (struct addr){ 0 };
	name_read(msg, r, owners ? a->owner : NULL);
	a->type = rd_be16(r);
	rd_skip(r, 2);
	a->ttl_s = rd_be32(r);
	a->len = rd_be16(r);
	struct rd data = rd_sub(r, a->len);
	if (r->bad)
		return;
	if (a->type == DNS_A && data.n == 4)
		a->addr = addr_v4(data.p);
	if (a->type == DNS_AAAA && data.n == 16)
		a->addr = addr_v6(data.p);
	if (keep)
		out->n_answers++;
}

int dns_parse(const uint8_t *p, size_t n, bool owners, struct dns_message *out)
{
	struct rd msg = rd_of(p, n), r = msg;
	unsigned records;

	out->n_answers = 0;
	out->name[0] = 0;
	out->type = 0;
	out->id = rd_be16(&r);
	uint16_t flags = rd_be16(&r);
	out->questions = rd_be16(&r);
	out->answers = rd_be16(&r);
	uint16_t authority = rd_be16(&r), additional = rd_be16(&r);
	if (r.bad)
		return -EFORMAT;
	out->response = flags >> 15;
	out->opcode = (flags >> 11) & 15;
	out->rcode = flags & 15;
	if (out->questions > 16)
		return -EFORMAT;
	for (unsigned i = 0; i < out->questions && !r.bad; i++) {
		name_read(msg, &r, i == 0 ? out->name : NULL);
		uint16_t type = rd_be16(&r);
		rd_skip(&r, 2);
		if (i == 0 && !r.bad)
			out->type = type;
	}
	records = owners ? (unsigned)out->answers + authority + additional : out->answers;
	for (unsigned i = 0; i < records && i < RECORDS_MAX && !r.bad; i++)
		answer_read(msg, &r, owners, out);
	return r.bad ? -EFORMAT : 0;
}

/* RFC 1002, 4.2.2: R stands behind the label of the question; the record behind it says whether
 * one machine bears the name or a group. */
static bool nbns_unique(struct rd r)
{
	rd_skip(&r, 5);
	if ((rd_u8(&r) & LABEL_POINTER) != LABEL_POINTER)
		return false;
	rd_skip(&r, 11);
	uint16_t flags = rd_be16(&r);
	return !r.bad && !(flags & 0x8000);
}

bool nbns_name(const uint8_t *p, size_t n, char out[16])
{
	struct rd r = rd_of(p, n);
	size_t len = 0;

	rd_skip(&r, 2);
	uint16_t flags = rd_be16(&r);
	rd_skip(&r, 8);
	if (rd_u8(&r) != NBNS_ENCODED)
		return false;
	struct rd label = rd_sub(&r, NBNS_ENCODED);
	unsigned opcode = (flags >> 11) & 15;
	bool own = !(flags >> 15) && (opcode == 5 || opcode == 8 || opcode == 9);
	if (label.bad || !own)
		return false;
	for (int i = 0; i < 16; i++) {
		int hi = rd_u8(&label) - 'A', lo = rd_u8(&label) - 'A';
		if (hi < 0 || hi > 15 || lo < 0 || lo > 15)
			return false;
		int c = hi << 4 | lo;
		if (i == 15) /* the suffix: 0x00 and 0x20 are a machine's own names */
			return len > 0 && (c == 0x00 || c == 0x20) && nbns_unique(r);
		if (c <= 32 || c > 126) {
			if (c != ' ' && c != 0)
				return false;
			continue;
		}
		out[len++] = (char)c;
		out[len] = 0;
	}
	return false;
}
