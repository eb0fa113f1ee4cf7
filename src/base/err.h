/* SPDX-License-Identifier: Apache-2.0 */
/* Errors: an int for the program, words for a person.
 *
 * A function that can fail returns 0 or positive for success and a negative errno or project code
 * for failure. Where a person will read the reason, its last parameter is a struct err *, which may
 * be NULL. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

enum { ERR_TEXT_MAX = 512 };

/* Project codes, below errno's range. */
enum {
	EFORMAT = 1000, /* bytes do not follow their format */
	ELIMIT,         /* a named limit was reached */
	ECLOSED,        /* the peer or resource is closed */
	EDENIED,        /* the rules say no */
	ECONFLICT,      /* somebody else changed it first */
};

struct err {
	int code; /* negative, 0 = no error */
	char text[ERR_TEXT_MAX];
};

/* Fills E (when not NULL) and returns CODE, so that a caller can say `return err_set(e, -EINVAL,
 * "...")`. FMT is the English message and, through the translator, the key of its translation. */
int err_set(struct err *e, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Puts "context: " before the text that E already has; returns E's code (-EINVAL when it had none).
 */
int err_context(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The plain text of a code: strerror for errno values, one line each for project codes. */
const char *err_text(int code);

/* Set once by main: turns a message format into the same format in the reader's language (same
 * conversions). */
typedef const char *(*err_translator)(const char *fmt);
void err_set_translator(err_translator fn);

#endif
