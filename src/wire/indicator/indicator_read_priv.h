/* SPDX-License-Identifier: Apache-2.0 */
/* What the readers of the formats share. Only for indicator_*.c. */
#ifndef WIRE_INDICATOR_INDICATOR_READ_PRIV_H
#define WIRE_INDICATOR_INDICATOR_READ_PRIV_H

#include "wire/indicator/indicator_read.h"

struct reading {
	const struct indicator_reader *to;
	struct str all;
	size_t counted; /* line ends before here are in LINE */
	long line;
	struct indicator i; /* worked on; its label holds until it is set again */
};

/* AT points into the bytes read: its line and offset are told. */
void reading_bad(struct reading *r, const char *at, enum indicator_bad why, struct str text);
/* VALUE of KIND (0: guess) with the label of R->i: told as found or as bad. */
void reading_value(struct reading *r, const char *at, enum indicator_kind kind, struct str value);

/* Calls FN for each line without its end, without BOM; blank lines too. */
void reading_lines(struct reading *r, void (*fn)(void *arg, struct reading *r, struct str line),
		   void *arg);
/* The next word behind blanks; false at the end. */
bool word_next(struct str *line, struct str *out);

void read_plain(struct reading *r);
void read_list(struct reading *r);
void read_hosts(struct reading *r);
void read_rpz(struct reading *r);
int read_csv(struct reading *r, struct err *e);
void read_misp(struct reading *r);
void read_stix(struct reading *r);

/* Which of the JSON formats; NONE: another. */
enum indicator_format json_format_of(struct str all);
/* Type and value of "type,value"; false when TYPE is no kind of ours. */
bool list_line(struct str line, enum indicator_kind *kind, struct str *value, struct str *label);

#endif
