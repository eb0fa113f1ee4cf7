/* SPDX-License-Identifier: Apache-2.0 */
/* Reader of SMB requests and answers ([MS-CIFS], [MS-SMB2]) and of the DCE/RPC calls inside
 * ([C706]), as far as smb_stream.h brings them together. It keeps nothing and joins nothing. */
#ifndef PROBE_DISSECT_SMB_H
#define PROBE_DISSECT_SMB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/rd.h"

enum {
	SMB_NAME_MAX = 96,
	SMB_MESSAGES_MAX = 16, /* looked at in one compound */
	SMB1_TRANSACTION = 0x25,
	SMB1_WRITE = 0x2f,
	SMB1_TRANSACTION2 = 0x32,
	SMB1_TRANSACTION2_MORE = 0x33,
	SMB1_SESSION = 0x73,
	SMB1_TREE = 0x75,
	SMB1_CREATE = 0xa2,
	SMB1_NEGOTIATE = 0x72,
	SMB2_SESSION = 1,
	SMB2_TREE = 3,
	SMB2_CREATE = 5,
	SMB2_WRITE = 9,
	SMB2_IOCTL = 11,
	RPC_REQUEST = 0,
	RPC_BIND = 11,
	RPC_ALTER = 14,
};

struct smb_message {
	uint8_t version; /* 1 or 2 (which stands for 3 too) */
	bool response;
	uint16_t command;
	uint16_t sub; /* of SMB1_TRANSACTION2 */
	uint32_t status;
	char name[SMB_NAME_MAX]; /* tree or file asked for: lower case, odd bytes as '?' */
	struct rd data;          /* written: where RPC may be inside */
};

struct smb_walk {
	struct rd chain; /* the compounded messages left, SMB2 */
	int seen;
};

struct rpc_message {
	uint8_t type;
	uint16_t operation;    /* RPC_REQUEST */
	uint8_t interface[16]; /* RPC_BIND, RPC_ALTER: the first one asked for, as on the wire */
};

/* Starts at a message, without the frame of NetBIOS. */
void smb_start(struct smb_walk *w, struct rd message);
bool smb_next(struct smb_walk *w, struct smb_message *out);
/* 0 or -EFORMAT. Little-endian machines only, as all of them are that speak SMB. */
int rpc_parse(struct rd p, struct rpc_message *out);

#endif
