/* SPDX-License-Identifier: Apache-2.0 */
/* Texts in two languages from gettext catalogues (.mo), compiled into the programs.
 *
 * Page and card texts have symbolic keys ("cases.close.button"); error messages have their English
 * format as key. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stddef.h>

#include "base/err.h"

enum lang { LANG_JA, LANG_EN, LANG_COUNT };

struct text; /* both catalogues */

struct text_mo {
	const unsigned char *p;
	size_t n;
};

/* The bytes must outlive the result. -EFORMAT when a catalogue is damaged. */
int text_open(const struct text_mo mo[LANG_COUNT], struct text **out, struct err *e);
void text_close(struct text *t);

/* The text, or KEY itself when it is missing (tests see to it that none is). */
const char *text_get(const struct text *t, enum lang lang, const char *key);
const char *text_find(const struct text *t, enum lang lang,
		      const char *key); /* NULL when missing */

enum lang lang_parse(const char *tag,
		     enum lang fallback); /* "ja", "en-GB", Accept-Language, LANG */
const char *lang_tag(enum lang l);        /* "ja" or "en" */

/* The language of the calling thread, used by the translator of error messages. */
void text_thread_lang(enum lang lang);
enum lang text_thread_lang_get(void);
/* Makes err_set speak the thread's language. */
void text_install_err_translator(const struct text *t);

#endif
