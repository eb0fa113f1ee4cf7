/* SPDX-License-Identifier: Apache-2.0 */
/* Sending mail by SMTP (libcurl). Blocks; call it from a job thread. */
#ifndef NET_SMTP_H
#define NET_SMTP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

struct smtp_conf {
	const char *url;             /* smtp://host:port, smtps://..., "" = mail is switched off */
	const char *user, *password; /* NULL = none */
	const char *from, *from_name;
	int64_t timeout_ms;
};

struct smtp_file {        /* an attachment */
	const char *name; /* UTF-8, as somebody called it: never a path */
	const void *p;
	size_t n;
};

struct smtp_mail {
	const char *to, *to_name;
	const char *subject, *body_text; /* UTF-8 */
	const char *message_id;          /* without <>; NULL = made here */
	const char *in_reply_to;         /* or NULL */
	int64_t date_us;
	const char *auto_submitted; /* "auto-generated" or NULL (RFC 3834) */
	const struct smtp_file *files;
	size_t n_files;
};

/* -EINVAL for a bad address, -ENOTSUP when mail is switched off, -EAGAIN when trying again later
 * may help, -EPERM when the server refused for good (the text has its words). */
int smtp_send(const struct smtp_conf *c, const struct smtp_mail *m, struct err *e);

/* The message as it is sent (RFC 5322): names and subject as RFC 2047 words, the body as base64,
 * files behind it as parts of their own (RFC 2046, 5.1.3). No
 * field can add a header: control characters become blanks. */
void smtp_compose(const struct smtp_conf *c, const struct smtp_mail *m, struct buf *out);
bool smtp_address_ok(const char *address); /* local@domain, ASCII */

#endif
