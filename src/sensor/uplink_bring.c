/* SPDX-License-Identifier: Apache-2.0 */
/* Recordings to the hub, a part at a time and slowly: findings go first. The hub says how much it
 * has, so a cut connection or a restart goes on there; when it has all or does not want it, the
 * file is removed. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "net/crypto.h"
#include "sensor/sensor_conf.h"
#include "sensor/uplink_int.h"
#include "wire/frame.h"

enum {
	NEXT_MS = 20,       /* between parts: at most some 6 MB/s */
	NEXT_BUSY_MS = 250, /* while findings are on their way */
	CHUNK_BYTES = 64 * 1024,
	FILE_ROOM_BYTES = 64 * 1024, /* what the format may add */
};

static void on_next(void *arg);

static void next_after(struct uplink *u, int64_t ms)
{
	loop_timer_stop(u->bring.timer);
	u->bring.timer = loop_timer_start(u->conf.loop, ms, 0, on_next, u);
}

static void path_of(const struct uplink *u, uint64_t item, char out[SENSOR_PATH_MAX])
{
	char name[64];

	(void)snprintf(name, sizeof(name), SENSOR_CAPTURES "/%" PRIu64 ".pcap", item); /* fits */
	sensor_path(u->conf.state_dir, name, out);
}

/* The oldest that is there; 0 = none. */
static uint64_t oldest(const struct uplink *u)
{
	char dir[SENSOR_PATH_MAX];
	const struct dirent *entry;
	int64_t found = 0;

	sensor_path(u->conf.state_dir, SENSOR_CAPTURES, dir);
	DIR *d = opendir(dir);
	while (d && (entry = readdir(d))) {
		struct str name = str_of(entry->d_name), number;
		int64_t item;

		if (str_ends(name, STR(".pcap")) && str_cut(&name, '.', &number) &&
		    str_i64(number, 1, INT64_MAX, &item) >= 0 && (found == 0 || item < found))
			found = item;
	}
	if (d)
		(void)closedir(d); /* read only */
	return (uint64_t)found;
}

/* Size and hash of the file that is to be brought. */
static bool measure(struct uplink *u, uint64_t item)
{
	SCOPED_MEM char *chunk = mem_new(CHUNK_BYTES);
	struct crypto_sha256_state h;
	char path[SENSOR_PATH_MAX];
	ssize_t n = -1;

	path_of(u, item, path);
	SCOPED_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	u->bring.size = 0;
	crypto_sha256_init(&h);
	while (fd >= 0 && (n = read(fd, chunk, CHUNK_BYTES)) > 0 &&
	       u->bring.size <= ORDER_BYTES_MAX + FILE_ROOM_BYTES) {
		crypto_sha256_add(&h, chunk, (size_t)n);
		u->bring.size += (uint64_t)n;
	}
	crypto_sha256_end(&h, u->bring.hash);
	if (n == 0 && u->bring.size > 0) {
		u->bring.item = item;
		return true;
	}
	log_warn("%s cannot be brought to the hub and is removed", path);
	(void)unlink(path); /* else the next time */
	return false;
}

/* DATA are the bytes at OFFSET; none = the question how much is there. */
static void say(struct uplink *u, uint64_t offset, uint8_t *data, size_t n)
{
	Otasuke__Wire__UploadPart m = OTASUKE__WIRE__UPLOAD_PART__INIT;
	SCOPED_BUF struct buf b = { 0 };

	m.item = u->bring.item;
	m.sha256 = (ProtobufCBinaryData){ ORDER_HASH, u->bring.hash };
	m.size = u->bring.size;
	m.offset = offset;
	m.data = (ProtobufCBinaryData){ n, data };
	frame_pack(&m.base, &b);
	u->bring.asked = tls_send(u->conn, FRAME_UPLOAD, b.p, b.n) >= 0;
	next_after(u, u->conf.blob_retry_ms); /* when no answer comes */
}

static void on_next(void *arg)
{
	struct uplink *u = arg;

	loop_timer_stop(u->bring.timer);
	u->bring.timer = NULL;
	u->bring.asked = false;
	u->bring.item = 0;
	if (u->state != UPLINK_FLOWING)
		return; /* the next tick looks again */
	uint64_t item = oldest(u);
	if (item != 0 && measure(u, item))
		say(u, 0, NULL, 0);
}

static void send_part(struct uplink *u, uint64_t offset)
{
	SCOPED_MEM uint8_t *chunk = mem_new(UPLOAD_CHUNK_MAX);
	char path[SENSOR_PATH_MAX];

	path_of(u, u->bring.item, path);
	SCOPED_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	ssize_t n = fd < 0 ? -1 : pread(fd, chunk, UPLOAD_CHUNK_MAX, (off_t)offset);
	if (n > 0)
		say(u, offset, chunk, (size_t)n);
	else
		next_after(
			u,
			u->conf.blob_retry_ms); /* it was cancelled meanwhile, or the disk is ill */
}

void uplink_bring_start(struct uplink *u)
{
	if (!u->bring.timer && !u->bring.asked && u->state == UPLINK_FLOWING && oldest(u) != 0)
		next_after(u, u->in_flight > 0 ? NEXT_BUSY_MS : 1);
}

void uplink_bring_stop(struct uplink *u)
{
	loop_timer_stop(u->bring.timer);
	u->bring.timer = NULL;
	u->bring.asked = false;
	u->bring.item = 0;
}

static void file_done(struct uplink *u, const char *code)
{
	char path[SENSOR_PATH_MAX];

	path_of(u, u->bring.item, path);
	(void)unlink(path); /* else the hub says so again */
	u->stats.files += strcmp(code, "done") == 0;
	if (strcmp(code, "done") != 0)
		log_warn("the hub does not want the recording %" PRIu64 ", it is removed",
			 u->bring.item);
	uplink_bring_stop(u);
	next_after(u, NEXT_MS);
}

static void have(struct uplink *u, const Otasuke__Wire__UploadHave *m)
{
	u->bring.asked = false;
	if (strcmp(m->code, "done") == 0 || strcmp(m->code, "unwanted") == 0)
		file_done(u, m->code);
	else if (m->code[0] || m->have > u->bring.size)
		next_after(u, u->conf.blob_retry_ms); /* the hub is full */
	else
		send_part(u, m->have < u->bring.size ? m->have : 0);
}

int uplink_bring_have(struct uplink *u, const uint8_t *p, size_t n, struct err *e)
{
	ProtobufCMessage *packed = NULL;
	int r = frame_unpack(&otasuke__wire__upload_have__descriptor, p, n, &packed, e);

	if (r < 0)
		return r;
	const Otasuke__Wire__UploadHave *m = (const Otasuke__Wire__UploadHave *)packed;
	/* What was not asked for is of an earlier question. */
	if (u->bring.asked && m->item == u->bring.item && m->sha256.len == ORDER_HASH &&
	    memcmp(m->sha256.data, u->bring.hash, ORDER_HASH) == 0)
		have(u, m);
	protobuf_c_message_free_unpacked(packed, NULL);
	return 0;
}
