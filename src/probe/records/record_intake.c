/* SPDX-License-Identifier: Apache-2.0 */
/* Configuration and the round over all sources. */
#include "probe/records/record_intake.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "probe/records/record_intake_priv.h"

const struct conf_row record_conf_rows[] = {
	{ "records.files", CONF_TEXT, 0, 8192, "", offsetof(struct record_conf, files),
	  "files of records to follow (eve.json, conn.log ...), comma separated" },
	{ "records.unix", CONF_TEXT, 0, 100, "", offsetof(struct record_conf, unix_stream),
	  "path of a unix stream socket to listen on" },
	{ "records.unix_dgram", CONF_TEXT, 0, 100, "", offsetof(struct record_conf, unix_dgram),
	  "path of a unix datagram socket to listen on" },
	{ "records.udp", CONF_TEXT, 0, 64, "", offsetof(struct record_conf, udp),
	  "address:port for syslog over UDP" },
	{ "records.tcp", CONF_TEXT, 0, 64, "", offsetof(struct record_conf, tcp),
	  "address:port for syslog over TCP" },
	{ "records.allow", CONF_TEXT, 0, 4096, "", offsetof(struct record_conf, allow),
	  "addresses and networks that may send syslog, comma separated" },
	{ "records.rate", CONF_INT, 1, 100000, "200", offsetof(struct record_conf, rate),
	  "lines a second from one sender; what is more is dropped and counted" },
	{ "records.mappings", CONF_TEXT, 0, 8192, "", offsetof(struct record_conf, mappings),
	  "files that say what the fields of other products mean, comma separated" },
	{ "records.zone", CONF_TEXT, 0, 6, "+09:00", offsetof(struct record_conf, zone),
	  "time zone of records that name none" },
};
const size_t record_conf_rows_count = ARRAY_LEN(record_conf_rows);

bool record_conf_used(const struct record_conf *c)
{
	return c->files[0] || c->unix_stream[0] || c->unix_dgram[0] || c->udp[0] || c->tcp[0];
}

static int zone_parse(const char *text, int *out, struct err *e)
{
	int64_t hours = 0, minutes = 0;
	bool sign = text[0] == '+' || text[0] == '-';

	if (!sign || strlen(text) != 6 || text[3] != ':' ||
	    str_i64((struct str){ text + 1, 2 }, 0, 14, &hours) < 0 ||
	    str_i64((struct str){ text + 4, 2 }, 0, 59, &minutes) < 0)
		return err_set(e, -EINVAL, "\"records.zone\" is like +09:00, not \"%s\"", text);
	*out = (int)(hours * 60 + minutes) * (text[0] == '-' ? -1 : 1);
	return 0;
}

static int allow_parse(struct record_intake *i, const char *list, struct err *e)
{
	struct str rest = str_of(list), one;

	while (str_cut(&rest, ',', &one)) {
		one = str_trim(one);
		if (one.n == 0)
			continue;
		if (i->n_allow == ALLOW_MAX)
			return err_set(e, -ELIMIT, "more than %d entries in \"records.allow\"",
				       ALLOW_MAX);
		if (cidr_parse(one, &i->allow[i->n_allow++]) < 0)
			return err_set(e, -EINVAL,
				       "\"%.*s\" in \"records.allow\" is no address or network",
				       (int)one.n, one.p);
	}
	if (i->n_allow == 0 && (i->conf.udp[0] || i->conf.tcp[0]))
		return err_set(
			e, -EINVAL,
			"\"records.udp\" and \"records.tcp\" want \"records.allow\": who may "
			"send");
	return 0;
}

int record_intake_open(const struct record_conf *c, const struct clock *clock,
		       void (*tell)(void *arg, const char *text), void *arg,
		       struct record_intake **out, struct err *e)
{
	struct record_intake *i = mem_new(sizeof(*i));
	int offset_min = 0;

	i->conf = *c;
	i->places = c->places ? mem_strdup(c->places) : NULL;
	i->clock = clock;
	i->tell = tell;
	i->arg = arg;
	sender_init(&i->local, "unix");
	for (size_t k = 0; k < SOCKET_KINDS; k++)
		i->sockets[k] = -1;
	for (size_t k = 0; k < CONNS_MAX; k++)
		i->conns[k].fd = -1;
	int r = zone_parse(c->zone, &offset_min, e);
	i->reader = record_reader_new(offset_min);
	if (r >= 0)
		r = allow_parse(i, c->allow, e);
	if (r >= 0)
		r = record_reader_load(i->reader, c->mappings, e);
	if (r >= 0)
		r = tails_open(i, e);
	if (r >= 0)
		r = sockets_open(i, e);
	if (r < 0) {
		record_intake_close(i);
		return r;
	}
	*out = i;
	return 0;
}

void record_intake_close(struct record_intake *i)
{
	if (!i)
		return;
	sockets_close(i);
	tails_keep(i, true);
	tails_close(i);
	free(i->places);
	for (size_t k = 0; k < i->n_senders; k++)
		free(i->senders[k]);
	record_reader_free(i->reader);
	free(i);
}

static void tell_all(struct record_intake *i)
{
	for (size_t k = 0; k < i->n_tails; k++)
		sender_tell(i, &i->tails[k].sender);
	for (size_t k = 0; k < i->n_senders; k++)
		sender_tell(i, i->senders[k]);
	sender_tell(i, &i->local);
}

bool record_intake_step(struct record_intake *i, struct probe *p)
{
	bool more = false;

	i->probe = p;
	for (size_t k = 0; k < i->n_tails; k++)
		more = tail_step(i, &i->tails[k]) || more;
	more = sockets_step(i) || more;
	tails_keep(i, false);
	tell_all(i);
	return more;
}

void record_intake_counts(const struct record_intake *i, struct record_counts *out)
{
	const struct record_stats *s = record_reader_stats(i->reader);

	*out = i->counts;
	out->lines = s->lines;
	out->records = s->records;
	out->unknown = s->unknown;
}
