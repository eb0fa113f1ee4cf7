/* SPDX-License-Identifier: Apache-2.0 */
/* Orders, from the hub to one sensor, and what a sensor reports of them: limits and packed forms.
 * Whether an order may be believed is for who carries it out to say. Pure. */
#ifndef WIRE_ORDER_H
#define WIRE_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "wire/finding.h"

/* Kinds of the items that carry them: one for each process that carries out. */
#define ORDER_KIND_PROBE    "order"
#define ORDER_KIND_ENFORCER "enforce"

enum order_type {
	ORDER_LIST_DEVICES = 1,
	ORDER_TEST,
	ORDER_CAPTURE, /* packets of one device into a file */
	ORDER_ISOLATE, /* one device: nothing but ARP and DHCP goes through */
	ORDER_RELEASE,
	ORDER_BLOCK, /* an address, network or port */
	ORDER_UNBLOCK,
	ORDER_CANCEL, /* a capture, running or begun later */
	ORDER_TYPES,
};

enum order_state {
	ORDER_ACCEPTED = 1,
	ORDER_REFUSED, /* with a reason */
	ORDER_RUNNING,
	ORDER_DONE,
	ORDER_FAILED,  /* with a reason */
	ORDER_EXPIRED, /* its effect has ended by its own time */
	ORDER_UNDONE,  /* its effect was taken back */
	ORDER_STATES,
};

enum {
	ORDER_MAC_MAX = 18,
	ORDER_NETWORK_MAX = 64, /* as text */
	ORDER_BY_MAX = 100,     /* bytes, with NUL */
	ORDER_SECONDS_MAX = 600,
	ORDER_BYTES_MAX = 32 * 1024 * 1024,
	ORDER_DAYS_MAX = 366, /* of an effect */
	ORDER_TEXT_MAX = 400,
	ORDER_REASON_MAX = 32,
	ORDER_FIGURES_MAX = 24,
	ORDER_DEVICES_MAX = 256, /* in one report */
	ORDER_HASH = 32,
	UPLOAD_CHUNK_MAX = 128 * 1024,
};

/* An address or network; IPv4 is mapped into IPv6. BITS of 128 count, the others are zero. */
struct order_network {
	bool set;
	uint8_t address[16];
	uint8_t bits;
};

struct order {
	int64_t id; /* the hub's, from 1 */
	enum order_type type;
	char mac[ORDER_MAC_MAX]; /* aa:bb:cc:dd:ee:ff; "" = none */
	struct order_network network;
	uint16_t port;    /* 0 = all */
	uint8_t protocol; /* of the port: 6, 17, 0 = both */
	uint32_t seconds; /* capture: at most */
	uint64_t bytes;   /* capture: at most */
	int64_t until_us; /* isolate, block */
	int64_t consent;  /* what allows it; a capture needs one */
	int64_t subject;  /* cancel: the id of the order that shall end */
	char by[ORDER_BY_MAX];
};

/* "192.0.2.7", "192.0.2.0/24", "2001:db8::/32". -EINVAL says what is wrong. */
int order_network_set(struct order_network *n, const char *text, struct err *e);
void order_network_format(const struct order_network *n, char out[ORDER_NETWORK_MAX]);
bool order_network_is_v4(const struct order_network *n);
/* Lower case, with colons; "aa-bb-..." is fine too. -EINVAL. */
int order_mac_set(struct order *o, const char *text, struct err *e);

/* Whether the order says all that its type needs, and nothing out of bounds. -EINVAL, -ELIMIT. */
int order_check(const struct order *o, struct err *e);
const char *order_kind(enum order_type t);      /* ORDER_KIND_... */
const char *order_type_name(enum order_type t); /* "list_devices", "" for no type */
const char *order_state_name(enum order_state s);
/* 0 = there is none of this name. */
enum order_type order_type_find(const char *name);

/* Appends the body of an item; checked before. */
int order_encode(const struct order *o, struct buf *out, struct err *e);
/* Foreign bytes; checked. -EFORMAT, -ELIMIT; then only OUT's id may be set, 0 when it could not be
 * read either. */
int order_decode(const void *p, size_t n, struct order *out, struct err *e);

/* Why an order was refused or has failed. */
#define ORDER_WHY_SIGNATURE "signature"  /* not the hub's, or for another sensor */
#define ORDER_WHY_REPLAYED  "replayed"   /* it or a later one came already */
#define ORDER_WHY_LATE      "late"       /* it came after it had expired */
#define ORDER_WHY_CLOCK     "clock"      /* it is of the future: one of the clocks is wrong */
#define ORDER_WHY_FORMAT    "format"     /* unreadable, or beyond what may be ordered */
#define ORDER_WHY_UNKNOWN   "unknown"    /* a newer hub's */
#define ORDER_WHY_PASSIVE   "passive"    /* this box only listens: nothing goes through it */
#define ORDER_WHY_PROTECTED "protected"  /* the gateway, or this box */
#define ORDER_WHY_LIMIT     "limit"      /* too many already */
#define ORDER_WHY_CONSENT   "no_consent" /* a capture without one */
#define ORDER_WHY_NOTHING   "nothing"    /* there is no such device, block or order */
#define ORDER_WHY_BUSY      "busy"       /* another capture runs */
#define ORDER_WHY_DISK      "disk"
#define ORDER_WHY_SYSTEM    "system" /* the kernel said no; the text says how */
#define ORDER_WHY_CANCELLED "cancelled"
#define ORDER_WHY_OFF       "off" /* switched off in the configuration of this box */

/* A number or a text that is part of an answer. */
struct order_figure {
	const char *name;
	int64_t number;
	const char *text; /* NULL = it is a number */
};

/* Texts and arrays are borrowed. On the wire it is a record (wire/record.h). */
struct order_report {
	int64_t order; /* 0 = the item could not be believed or read */
	uint64_t item; /* its sequence */
	uint32_t number;
	enum order_state state;
	const char *reason; /* "" = none */
	const char *text;   /* English, for logs */
	int64_t at_us, until_us;
	const struct order_figure *figures;
	size_t n_figures;
	const struct device_info *devices;
	size_t n_devices;
	const uint8_t *file; /* SHA-256; NULL = none */
	uint64_t file_size;
};

#endif
