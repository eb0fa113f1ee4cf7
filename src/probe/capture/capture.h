/* SPDX-License-Identifier: Apache-2.0 */
/* Where packets come from: a capture file or a live interface, behind one seam. */
#ifndef PROBE_CAPTURE_CAPTURE_H
#define PROBE_CAPTURE_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum {
	CAPTURE_BATCH = 256,           /* packets handed out at once */
	CAPTURE_SNAP_MAX = 256 * 1024, /* bytes of one packet */
	CAPTURE_PROBLEMS_MAX = 8,      /* told one by one; further ones are only counted */
	CAPTURE_PATH_MAX = 4096,
	CAPTURE_WINDOW = 1024 * 1024,  /* of a file, held in memory */
	CAPTURE_AT_ONCE = 1024 * 1024, /* bytes of all packets that a wire hands out at once */
};

/* Link types by their number in tcpdump.org's list. */
enum link_type {
	LINK_ETHERNET = 1,
	LINK_PPP = 9,
	LINK_RAW_OPENBSD = 14,
	LINK_RAW_OLD = 12,
	LINK_PPP_HDLC = 50,
	LINK_PPP_ETHER = 51,
	LINK_RAW = 101,
	LINK_SLL = 113,
	LINK_IPV4 = 228,
	LINK_IPV6 = 229,
	LINK_SLL2 = 276,
};

struct packet {
	const uint8_t *p;
	uint32_t len;      /* bytes captured */
	uint32_t wire_len; /* bytes that passed on the wire, never below LEN */
	int64_t ts_us;     /* UTC */
	uint16_t link;     /* enum link_type */
};

struct capture_stats {
	uint64_t dropped;     /* by the kernel */
	uint64_t records_bad; /* damaged records or blocks */
	bool up;
	char text[256]; /* why it is not up */
};

struct capture;

struct capture_ops {
	const char *name;
	/* File sources: do these first bytes look like mine? NULL for live. */
	bool (*accepts)(const uint8_t *head, size_t n);
	int (*open)(struct capture *c, struct err *e);
	/* Up to MAX packets into OUT: their number, 0 = end of the file, -EAGAIN = none for now.
	 * The bytes stay valid until the next call. */
	int (*next)(struct capture *c, struct packet *out, size_t max, int wait_ms, struct err *e);
	void (*close)(struct capture *c);
};

struct capture {
	const struct capture_ops *ops;
	void *state;                 /* of the source */
	char name[CAPTURE_PATH_MAX]; /* file or interface */
	int64_t ring_bytes;          /* live */
	struct capture_stats stats;
	struct err why; /* what capture_damaged and capture_tell are about to say */
	void (*problem)(void *arg, const char *text);
	void *problem_arg;
	unsigned problems; /* told so far */
	/* Files, where packets are to stay valid longer than until the next call: gives the memory
	 * (CAPTURE_WINDOW bytes, the giver's) that is read into from now on. NULL: our own. */
	uint8_t *(*window)(void *arg);
	void *window_arg;
};

/* C's problem, problem_arg and ring_bytes are set by the caller before. */
int capture_open_file(struct capture *c, const char *path, struct err *e);
int capture_open_live(struct capture *c, const char *interface, struct err *e);
int capture_next(struct capture *c, struct packet *out, size_t max, int wait_ms, struct err *e);
void capture_close(struct capture *c);

/* For the sources: tells what stands in C->why; the first counts a damaged record too, and keeps
 * quiet when there are many. */
void capture_damaged(struct capture *c);
void capture_tell(struct capture *c);

/* The length on the wire as a record claims it, held between what is there and the snap limit. */
static inline uint32_t capture_wire_len(uint32_t len, uint32_t claimed)
{
	uint32_t most = claimed < CAPTURE_SNAP_MAX ? claimed : CAPTURE_SNAP_MAX;
	return most > len ? most : len;
}

extern const struct capture_ops capture_pcap;
extern const struct capture_ops capture_pcapng;
extern const struct capture_ops capture_live;

#endif
