/* SPDX-License-Identifier: Apache-2.0 */
/* The log of a program: one line an event on standard error. No files, no rotation: journald does
 * that. */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/str.h"

enum { LINE_MAX_BYTES = 2048 };

/* Set once at the start of a program, before threads. */
static struct {
	char program[64];
	enum log_level level;
} log_state = { .program = "otasuke", .level = LOG_LEVEL_INFO };

void log_open(const char *program, enum log_level level)
{
	(void)str_copy(log_state.program, sizeof(log_state.program), str_of(program));
	log_state.level = level;
}

/* One write a line, so that lines of several processes do not mix; control characters (a foreign
 * name may hold some) become blanks. */
static void line(enum log_level level, const char *fmt, va_list ap)
{
	static const char *const names[] = { "error", "warning", "info", "debug" };
	if (level > log_state.level)
		return;
	char text[LINE_MAX_BYTES], when[TIME_TEXT_MAX], whole[LINE_MAX_BYTES + 160];
	if (vsnprintf(text, sizeof(text), fmt, ap) < 0)
		return;
	for (char *p = text; *p; p++) {
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = ' ';
	}
	(void)time_format(clock_utc_us(&clock_real), when, sizeof(when));
	int n = snprintf(whole, sizeof(whole), "%s %s %s: %s\n", when, log_state.program,
			 names[level], text);
	if (n <= 0)
		return;
	size_t len = (size_t)n < sizeof(whole) ? (size_t)n : sizeof(whole) - 1;
	ssize_t done = write(STDERR_FILENO, whole, len);
	(void)done; /* nowhere to complain */
}

void log_error(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	line(LOG_LEVEL_ERROR, fmt, ap);
	va_end(ap);
}

void log_warn(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	line(LOG_LEVEL_WARN, fmt, ap);
	va_end(ap);
}

void log_info(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	line(LOG_LEVEL_INFO, fmt, ap);
	va_end(ap);
}

void log_debug(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	line(LOG_LEVEL_DEBUG, fmt, ap);
	va_end(ap);
}
