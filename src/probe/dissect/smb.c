/* SPDX-License-Identifier: Apache-2.0 */
/* SMB1 and SMB2 messages: command, status, the name asked for, the bytes written. */
#include "probe/dissect/smb.h"

#include <errno.h>
#include <string.h>

#include "base/err.h"

enum {
	SMB1_HEAD = 32,
	SMB2_HEAD = 64,
	FLAGS2_UNICODE = 0x8000,
	RPC_HEAD = 16,
};

static struct rd at(struct rd whole, size_t offset)
{
	rd_skip(&whole, offset);
	return whole;
}

static struct rd part(struct rd whole, size_t offset, size_t n)
{
	struct rd r = at(whole, offset);

	if (r.bad)
		return rd_of(NULL, 0);
	return rd_of(r.p, n < r.n ? n : r.n);
}

/* STEP 2: UTF-16, of which ASCII is kept. Ends at NUL. */
static void name_copy(char *out, struct rd r, size_t step)
{
	size_t n = 0;

	while (r.n >= step && n + 1 < SMB_NAME_MAX) {
		uint8_t c = rd_u8(&r);
		uint8_t high = step == 2 ? rd_u8(&r) : 0;
		if (c == 0 && high == 0)
			break;
		if (c >= 'A' && c <= 'Z')
			c = (uint8_t)(c + 32);
		out[n++] = high || c < 32 || c > 126 ? '?' : (char)c;
	}
	out[n] = 0;
}

static void read_v2(struct rd m, struct smb_message *out)
{
	struct rd body = at(m, SMB2_HEAD), r;
	size_t offset, n;

	if (out->response)
		return;
	switch (out->command) {
	case SMB2_TREE:
		r = at(body, 4);
		break;
	case SMB2_CREATE:
		r = at(body, 44);
		break;
	case SMB2_WRITE:
		r = at(body, 2);
		offset = rd_le16(&r);
		n = rd_le32(&r);
		out->data = r.bad ? rd_of(NULL, 0) : part(m, offset, n);
		return;
	case SMB2_IOCTL:
		r = at(body, 24);
		offset = rd_le32(&r);
		n = rd_le32(&r);
		out->data = r.bad ? rd_of(NULL, 0) : part(m, offset, n);
		return;
	default:
		return;
	}
	offset = rd_le16(&r);
	n = rd_le16(&r);
	if (!r.bad)
		name_copy(out->name, part(m, offset, n), 2);
}

/* The names of SMB1 stand behind the words, a pad byte before them when they are in Unicode. */
static void name_v1(struct rd bytes, size_t skip, bool unicode, struct smb_message *out)
{
	struct rd r = at(bytes, skip);

	if (unicode && r.n && r.p[0] == 0)
		rd_skip(&r, 1);
	if (!r.bad)
		name_copy(out->name, r, unicode ? 2 : 1);
}

static void read_v1(struct rd m, struct smb_message *out)
{
	struct rd head = at(m, 10), r = at(m, SMB1_HEAD), field;
	bool unicode = (rd_le16(&head) & FLAGS2_UNICODE) != 0;
	size_t words_n = rd_u8(&r) * 2U;
	struct rd words = rd_sub(&r, words_n);

	rd_skip(&r, 2);
	if (out->response || words.bad || r.bad)
		return;
	switch (out->command) {
	case SMB1_TRANSACTION2:
		field = at(words, 28);
		out->sub = rd_le16(&field);
		break;
	case SMB1_TREE:
		field = at(words, 6);
		name_v1(r, rd_le16(&field), unicode, out);
		break;
	case SMB1_CREATE:
		name_v1(r, 0, unicode, out);
		break;
	case SMB1_WRITE:
	case SMB1_TRANSACTION:
		field = at(words, out->command == SMB1_WRITE ? 20 : 22);
		words_n = rd_le16(&field);
		out->data = part(m, rd_le16(&field), words_n);
		break;
	default:
		break;
	}
}

void smb_start(struct smb_walk *w, struct rd message)
{
	*w = (struct smb_walk){ .chain = message };
}

bool smb_next(struct smb_walk *w, struct smb_message *out)
{
	struct rd m, r;

	*out = (struct smb_message){ 0 };
	m = w->chain; /* of SMB2, the rest of a compound is kept */
	w->chain = rd_of(NULL, 0);
	if (w->seen++ >= SMB_MESSAGES_MAX || m.n < SMB1_HEAD)
		return false;
	if (memcmp(m.p,
		   "\xff"
		   "SMB",
		   4) == 0) {
		r = at(m, 4);
		out->version = 1;
		out->command = rd_u8(&r);
		out->status = rd_le32(&r);
		out->response = (rd_u8(&r) & 0x80) != 0;
		read_v1(m, out);
		return true;
	}
	if (m.n < SMB2_HEAD || memcmp(m.p,
				      "\xfe"
				      "SMB",
				      4) != 0)
		return false;
	r = at(m, 8);
	out->version = 2;
	out->status = rd_le32(&r);
	out->command = rd_le16(&r);
	rd_skip(&r, 2);
	out->response = (rd_le32(&r) & 1) != 0;
	size_t next = rd_le32(&r);
	read_v2(next >= SMB2_HEAD && next < m.n ? rd_of(m.p, next) : m, out);
	if (next >= SMB2_HEAD && next < m.n)
		w->chain = at(m, next);
	return true;
}

int rpc_parse(struct rd p, struct rpc_message *out)
{
	struct rpc_message m = { 0 };

	if (p.n < RPC_HEAD || p.p[0] != 5 || p.p[1] > 1 || p.p[4] != 0x10)
		return -EFORMAT;
	m.type = p.p[2];
	rd_skip(&p, RPC_HEAD);
	if (m.type == RPC_REQUEST) {
		rd_skip(&p, 6);
		m.operation = rd_le16(&p);
	} else if (m.type == RPC_BIND || m.type == RPC_ALTER) {
		rd_skip(&p, 16); /* sizes, group, number of contexts, the first one's head */
		const uint8_t *u = rd_bytes(&p, sizeof(m.interface));
		if (u)
			memcpy(m.interface, u, sizeof(m.interface));
	}
	if (p.bad)
		return -EFORMAT;
	*out = m;
	return 0;
}
