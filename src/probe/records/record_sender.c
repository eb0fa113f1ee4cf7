/* SPDX-License-Identifier: Apache-2.0 */
/* Who sends: how much each may, how right its clock is, and what a person is told of it. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "probe/records/record_intake_priv.h"

enum { BURST_S = 10, TIMED_MIN = 20, SECOND_NS = 1000000000 };

/* Records come late, but never early; by more than this a clock is wrong. */
#define BEHIND_US (15 * US_PER_MIN)
#define AHEAD_US  (2 * US_PER_MIN)

void sender_init(struct sender *s, const char *name)
{
	memset(s, 0, sizeof(*s));
	(void)str_copy(s->name, sizeof(s->name), str_of(name)); /* cut is fine */
	s->least_late_us = INT64_MAX;
}

struct sender *sender_of(struct record_intake *i, const struct addr *a)
{
	char name[ADDR_TEXT_MAX];

	for (size_t k = 0; k < i->n_senders; k++) {
		if (addr_eq(&i->senders[k]->addr, a))
			return i->senders[k];
	}
	if (i->n_senders == SENDERS_MAX)
		return i->senders[SENDERS_MAX - 1];
	struct sender *s = mem_new(sizeof(*s));
	sender_init(s, addr_format(a, name));
	s->addr = *a;
	i->senders[i->n_senders++] = s;
	return s;
}

bool sender_allowed(struct record_intake *i, const struct addr *a)
{
	char name[ADDR_TEXT_MAX];
	struct err e = { 0 };

	for (size_t k = 0; k < i->n_allow; k++) {
		if (addr_in(a, &i->allow[k]))
			return true;
	}
	i->counts.refused++;
	int64_t now_ns = clock_mono_ns(i->clock);
	if (i->refused_told_ns == 0 || now_ns - i->refused_told_ns > TELL_MS * INT64_C(1000000)) {
		(void)err_set(&e, -EDENIED,
			      "records from %s are refused: it is not in \"records.allow\"",
			      addr_format(a, name)); /* words only */
		i->tell(i->arg, e.text);
		i->refused_told_ns = now_ns;
	}
	return false;
}

static bool within_rate(struct record_intake *i, struct sender *s)
{
	int64_t now_ns = clock_mono_ns(i->clock);
	double rate = (double)i->conf.rate, most = rate * BURST_S;

	if (s->filled_ns == 0)
		s->tokens = most;
	else
		s->tokens += rate * (double)(now_ns - s->filled_ns) / SECOND_NS;
	s->tokens = s->tokens > most ? most : s->tokens;
	s->filled_ns = now_ns;
	if (s->tokens < 1)
		return false;
	s->tokens--;
	return true;
}

/* A record keeps its own time; one from the future counts as now. */
static void check_time(struct sender *s, struct foreign *r, int64_t now_us)
{
	int64_t late_us = now_us - r->at_us;

	if (r->kind != FOREIGN_FLOW && !s->past) { /* these begin long before they are written */
		s->timed++;
		s->least_late_us = late_us < s->least_late_us ? late_us : s->least_late_us;
	}
	if (late_us < 0)
		r->at_us = now_us;
}

static void take_lost(struct record_intake *i, struct sender *s, const struct foreign *r)
{
	if (r->lost > s->stream.lost)
		s->lost += r->lost - s->stream.lost;
	s->stream.lost = r->lost;
	(void)i;
}

static void keep_sample(struct sender *s, struct str line, const struct err *why)
{
	s->unknown++;
	if (s->sample[0])
		return;
	(void)str_copy(s->sample, sizeof(s->sample), line); /* cut is fine */
	for (char *p = s->sample; *p; p++)
		*p = isprint((unsigned char)*p) ? *p : '?';
	(void)str_copy(s->why, sizeof(s->why), str_of(why->text)); /* cut is fine */
}

void sender_line(struct record_intake *i, struct sender *s, struct str line, bool limited)
{
	int64_t now_us = clock_utc_us(i->clock);
	struct foreign r;
	struct err e = { 0 };

	if (limited && !within_rate(i, s)) {
		s->dropped++;
		i->counts.dropped++;
		return;
	}
	int got = record_reader_line(i->reader, &s->stream, line, now_us, &r, &e);
	if (got < 0)
		keep_sample(s, line, &e);
	if (got <= 0)
		return;
	if (r.kind == FOREIGN_LOST) {
		take_lost(i, s, &r);
		return;
	}
	check_time(s, &r, now_us);
	probe_record(i->probe, &r);
}

static void tell_clock(struct record_intake *i, struct sender *s)
{
	struct err e = { 0 };

	if (s->timed < TIMED_MIN)
		return;
	if (s->least_late_us > BEHIND_US)
		(void)err_set(&e, -EINVAL,
			      "the clock of %s is %" PRId64
			      " minutes behind, or its records come so late",
			      s->name, s->least_late_us / US_PER_MIN); /* words only */
	else if (s->least_late_us < -AHEAD_US)
		(void)err_set(&e, -EINVAL, "the clock of %s is %" PRId64 " minutes ahead", s->name,
			      -s->least_late_us / US_PER_MIN); /* words only */
	if (e.text[0])
		i->tell(i->arg, e.text);
	s->timed = 0;
	s->least_late_us = INT64_MAX;
}

void sender_tell(struct record_intake *i, struct sender *s)
{
	int64_t now_ns = clock_mono_ns(i->clock);
	struct err e = { 0 };

	if (!s->dropped && !s->unknown && !s->lost && s->timed < TIMED_MIN)
		return;
	if (s->told_ns != 0 && now_ns - s->told_ns < TELL_MS * INT64_C(1000000))
		return;
	if (s->unknown) {
		(void)err_set(&e, -EFORMAT,
			      "%s: %" PRIu64 " lines were not understood, as: %s (%s)", s->name,
			      s->unknown, s->sample, s->why); /* words only */
		i->tell(i->arg, e.text);
	}
	if (s->dropped) {
		(void)err_set(&e, -ELIMIT,
			      "%s: %" PRIu64 " lines over \"records.rate\" were dropped", s->name,
			      s->dropped); /* words only */
		i->tell(i->arg, e.text);
	}
	if (s->lost) {
		(void)err_set(&e, -ELIMIT, "%s says that it lost %" PRIu64 " packets", s->name,
			      s->lost); /* words only */
		i->tell(i->arg, e.text);
	}
	tell_clock(i, s);
	s->dropped = s->unknown = s->lost = 0;
	s->sample[0] = 0;
	s->told_ns = now_ns;
}
