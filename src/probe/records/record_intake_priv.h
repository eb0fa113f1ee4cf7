/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the intake share: senders, followed files, sockets. */
#ifndef PROBE_RECORDS_RECORD_INTAKE_PRIV_H
#define PROBE_RECORDS_RECORD_INTAKE_PRIV_H

#include <sys/stat.h>

#include "probe/dissect/addr.h"
#include "probe/records/record_intake.h"
#include "probe/records/record_lines.h"
#include "probe/records/record_place.h"

enum {
	SENDERS_MAX = 256, /* further ones share the last place */
	SENDER_NAME_MAX = 96,
	SENDER_SAMPLE_MAX = 120,
	TAILS_MAX = PLACES_MAX,
	CONNS_MAX = 32,
	ALLOW_MAX = 64,
	STEP_LINES = 256, /* of one source in one step */
	READ_BYTES = 64 * 1024,
	PLACES_MS = 10000, /* between two times that it is kept how far files were read */
	FOLLOW_MS = 1000,  /* between two looks whether a file was rotated */
	TELL_MS = 600000,  /* between two words about one sender */
};

/* Who sends: an address, a file, a local socket. */
struct sender {
	char name[SENDER_NAME_MAX];
	struct addr addr; /* zero: not from the network */
	double tokens;
	int64_t filled_ns, told_ns; /* monotonic */
	uint64_t dropped, unknown, lost;
	char sample[SENDER_SAMPLE_MAX], why[SENDER_SAMPLE_MAX];
	bool past;             /* what it tells was written while we were away */
	uint64_t timed;        /* records whose lateness is known, since TOLD_NS */
	int64_t least_late_us; /* of these */
	struct record_stream stream;
};

struct tail {
	char *path;
	int fd;                  /* -1 = not there */
	bool waited, complained; /* it was not there at first; that was told */
	dev_t dev;
	ino_t ino;
	int64_t offset, looked_ns;
	struct record_place mark; /* the open file, as it was when we last looked */
	int64_t kept;             /* the offset that the file of places says */
	struct sender sender;
	struct record_lines lines;
};

struct conn {
	int fd; /* -1 = free */
	struct sender *sender;
	struct record_lines lines;
};

enum socket_kind { SOCKET_UDP, SOCKET_TCP, SOCKET_UNIX, SOCKET_UNIX_DGRAM, SOCKET_KINDS };

struct record_intake {
	struct record_conf conf;
	const struct clock *clock;
	void (*tell)(void *arg, const char *text);
	void *arg;
	struct record_reader *reader;
	struct record_counts counts;
	struct probe *probe; /* of the running step */
	struct cidr allow[ALLOW_MAX];
	size_t n_allow, n_senders, n_tails;
	struct sender *senders[SENDERS_MAX];
	struct sender local; /* local sockets */
	struct tail tails[TAILS_MAX];
	int sockets[SOCKET_KINDS]; /* -1 = none */
	char *unlink[SOCKET_KINDS];
	uint32_t overflow; /* datagrams that the kernel had no room for, as it last said */
	uint64_t refused_told;
	int64_t refused_told_ns;
	struct conn conns[CONNS_MAX];
	char *places; /* a file; NULL = none */
	int64_t kept_ns;
	bool complained;
	char bytes[READ_BYTES];
};

/* record_sender.c */
struct sender *sender_of(struct record_intake *i, const struct addr *a);
void sender_init(struct sender *s, const char *name);
/* One line of S through the reader into the pipeline, if its rate allows. */
void sender_line(struct record_intake *i, struct sender *s, struct str line, bool limited);
void sender_tell(struct record_intake *i, struct sender *s);
bool sender_allowed(struct record_intake *i, const struct addr *a);

/* record_tail.c */
int tails_open(struct record_intake *i, struct err *e);
void tails_close(struct record_intake *i);
bool tail_step(struct record_intake *i, struct tail *t);
/* Keeps how far the files were read, when that has changed; NOW: even if it was kept just before.
 */
void tails_keep(struct record_intake *i, bool now);

/* record_socket.c */
int sockets_open(struct record_intake *i, struct err *e);
void sockets_close(struct record_intake *i);
bool sockets_step(struct record_intake *i);

#endif
