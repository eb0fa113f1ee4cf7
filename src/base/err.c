/* SPDX-License-Identifier: Apache-2.0 */
/* Errors in numbers and words. Knows no catalogue: the translator is handed in. */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"

/* The one process-wide setting of this floor: set by main before threads start. */
static _Atomic(err_translator) translator;

static const char *translate(const char *fmt)
{
	err_translator fn = atomic_load(&translator);
	return fn ? fn(fmt) : fmt;
}

static void format(char out[ERR_TEXT_MAX], const char *fmt, va_list ap)
{
	char text[2 * ERR_TEXT_MAX];
	if (vsnprintf(text, sizeof(text), translate(fmt), ap) < 0)
		text[0] = '\0';
	(void)str_copy(out, ERR_TEXT_MAX, str_of(text)); /* cut where it does not fit */
}

int err_set(struct err *e, int code, const char *fmt, ...)
{
	if (!e)
		return code;
	char text[ERR_TEXT_MAX]; /* arguments may point into E */
	va_list ap;
	va_start(ap, fmt);
	format(text, fmt, ap);
	va_end(ap);
	e->code = code;
	memcpy(e->text, text, sizeof(text));
	return code;
}

int err_context(struct err *e, const char *fmt, ...)
{
	if (!e)
		return -EINVAL;
	char context[ERR_TEXT_MAX];
	va_list ap;
	va_start(ap, fmt);
	format(context, fmt, ap);
	va_end(ap);
	char text[2 * ERR_TEXT_MAX + 4];
	(void)snprintf(text, sizeof(text), "%s: %s", context, e->text);
	(void)str_copy(e->text, sizeof(e->text), str_of(text)); /* cut where it does not fit */
	if (e->code == 0)
		e->code = -EINVAL;
	return e->code;
}

const char *err_text(int code)
{
	int positive = code < 0 ? -code : code;
	const char *text = NULL;
	switch (positive) {
	case 0:
		text = "no error";
		break;
	case EFORMAT:
		text = "the data do not follow their format";
		break;
	case ELIMIT:
		text = "a limit was reached";
		break;
	case ECLOSED:
		text = "the connection is closed";
		break;
	case EDENIED:
		text = "this is not allowed";
		break;
	case ECONFLICT:
		text = "somebody else changed it first";
		break;
	default:
		text = strerrordesc_np(positive);
	}
	return translate(text ? text : "unknown error");
}

void err_set_translator(err_translator fn)
{
	atomic_store(&translator, fn);
}
