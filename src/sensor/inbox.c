/* SPDX-License-Identifier: Apache-2.0 */
/* The uplink lays items down and believes nothing of them but their number. */
#include "sensor/inbox.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/file.h"
#include "base/str.h"
#include "wire/frame.h"

int inbox_open(const char *dir, struct inbox *out, struct err *e)
{
	if (!str_copy(out->dir, sizeof(out->dir), str_of(dir)))
		return err_set(e, -ENAMETOOLONG, "the path %s is too long", dir);
	return dir_make(dir, 0755, e);
}

static int inbox_count(const struct inbox *in, struct err *e)
{
	const struct dirent *entry;
	int n = 0;
	DIR *d = opendir(in->dir);

	if (!d)
		return err_set(e, -errno, "cannot read %s: %s", in->dir, err_text(-errno));
	while (n <= INBOX_MAX && (entry = readdir(d)))
		n += str_ends(str_of(entry->d_name), STR(".item"));
	(void)closedir(d); /* read only */
	return n;
}

int inbox_add(const struct inbox *in, const uint8_t *p, size_t n, uint64_t *sequence_out,
	      struct err *e)
{
	char path[INBOX_PATH_MAX + 32];
	ProtobufCMessage *m = NULL;
	int r = frame_unpack(&otasuke__wire__item__descriptor, p, n, &m, e);

	if (r < 0)
		return r;
	uint64_t sequence = ((const Otasuke__Wire__Item *)m)->sequence;
	protobuf_c_message_free_unpacked(m, NULL);
	(void)snprintf(path, sizeof(path), "%s/%020" PRIu64 ".item", in->dir, sequence); /* fits */
	if (!file_exists(path)) {
		int waiting = inbox_count(in, e);
		if (waiting < 0)
			return waiting;
		if (waiting >= INBOX_MAX)
			return err_set(e, -ELIMIT, "%d items from the hub wait already", INBOX_MAX);
		r = file_write(path, 0644, p, n, e);
	}
	if (r >= 0)
		*sequence_out = sequence;
	return r;
}
