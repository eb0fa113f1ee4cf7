/* SPDX-License-Identifier: Apache-2.0 */
/* Writes a mail as text. Sending it: smtp.c. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "net/crypto.h"
#include "net/smtp.h"

enum {
	LINE_BYTES = 57, /* make 76 characters of base64 (RFC 2045, 6.8) */
	WORD_BYTES = 42, /* make an encoded word of at most 75 characters (RFC 2047, 2) */
	PLAIN_MAX = 60,  /* characters of a header that needs no folding */
	ADDRESS_MAX = 254,
	LOCAL_MAX = 64,  /* RFC 5321, 4.5.3.1 */
	NAME_PIECE = 16, /* bytes of a file's name on a line: at most 48 characters */
};

static bool is_printable(char c)
{
	return c >= ' ' && c < 0x7f;
}

bool smtp_address_ok(const char *address)
{
	const char *at = strrchr(address, '@');
	size_t n = strlen(address);

	if (!at || at == address || n > ADDRESS_MAX || at - address > LOCAL_MAX)
		return false;
	for (const char *p = address; p < at; p++)
		if (!is_printable(*p) || strchr(" \"(),:;<>@[\\]", *p))
			return false;
	const char *domain = at + 1;
	size_t fine = strspn(domain, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "0123456789.-");
	return *domain && !domain[fine] && *domain != '.' && *domain != '-' &&
	       !strstr(domain, "..") && domain[fine - 1] != '.';
}

static void put_base64(struct buf *out, const char *p, size_t n)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < n; i += 3) {
		uint32_t v = (uint32_t)(unsigned char)p[i] << 16;
		v |= i + 1 < n ? (uint32_t)(unsigned char)p[i + 1] << 8 : 0;
		v |= i + 2 < n ? (uint32_t)(unsigned char)p[i + 2] : 0;
		buf_addc(out, digits[v >> 18]);
		buf_addc(out, digits[v >> 12 & 63]);
		buf_addc(out, i + 1 < n ? digits[v >> 6 & 63] : '=');
		buf_addc(out, i + 2 < n ? digits[v & 63] : '=');
	}
}

/* TEXT without control characters; the caller frees by buf_done. */
static struct buf cleaned(const char *text)
{
	struct buf b = { 0 };

	for (const char *p = text ? text : ""; *p; p++)
		buf_addc(&b, (unsigned char)*p < ' ' || *p == 0x7f ? ' ' : *p);
	return b;
}

static bool is_plain(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!is_printable(p[i]))
			return false;
	return n <= PLAIN_MAX && !strstr(p, "=?");
}

/* Encoded words, each of whole characters, on lines of their own. */
static void put_words(struct buf *out, const char *p, size_t n)
{
	for (size_t from = 0; from < n;) {
		size_t to = n - from > WORD_BYTES ? from + WORD_BYTES : n;
		while (to < n && to > from + 1 && ((unsigned char)p[to] & 0xc0) == 0x80)
			to--;
		buf_adds(out, from ? "\r\n =?UTF-8?B?" : "=?UTF-8?B?");
		put_base64(out, p + from, to - from);
		buf_adds(out, "?=");
		from = to;
	}
}

static void put_text(struct buf *out, const char *name, const char *text)
{
	SCOPED_BUF struct buf b = cleaned(text);

	buf_printf(out, "%s: ", name);
	if (b.n > 0 && is_plain(b.p, b.n))
		buf_adds(out, b.p);
	else if (b.n > 0)
		put_words(out, b.p, b.n);
	buf_adds(out, "\r\n");
}

static void put_mailbox(struct buf *out, const char *field, const char *name, const char *address)
{
	SCOPED_BUF struct buf b = cleaned(name);

	buf_printf(out, "%s: ", field);
	if (b.n > 0 && is_plain(b.p, b.n)) {
		buf_addc(out, '"');
		for (const char *p = b.p; *p; p++) {
			if (*p == '"' || *p == '\\')
				buf_addc(out, '\\');
			buf_addc(out, *p);
		}
		buf_adds(out, "\"\r\n ");
	} else if (b.n > 0) {
		put_words(out, b.p, b.n);
		buf_adds(out, "\r\n ");
	}
	buf_printf(out, "<%s>\r\n", smtp_address_ok(address) ? address : "");
}

static void put_id(struct buf *out, const char *field, const char *id)
{
	buf_printf(out, "%s: <", field);
	for (const char *p = id; *p; p++)
		if (is_printable(*p) && !strchr(" <>", *p))
			buf_addc(out, *p);
	buf_adds(out, ">\r\n");
}

static void put_date(struct buf *out, int64_t us)
{
	static const char days[][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
	static const char months[][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
					  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	struct civil c = time_civil(us, 0);

	buf_printf(out, "Date: %s, %d %s %04d %02d:%02d:%02d +0000\r\n", days[c.weekday], c.day,
		   months[c.month - 1], c.year, c.hour, c.minute, c.second);
}

static void put_lines(struct buf *out, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i += LINE_BYTES) {
		put_base64(out, p + i, n - i < LINE_BYTES ? n - i : LINE_BYTES);
		buf_adds(out, "\r\n");
	}
}

static void put_body(struct buf *out, const char *text)
{
	SCOPED_BUF struct buf b = { 0 };

	for (const char *p = text ? text : ""; *p; p++) {
		if (*p == '\n')
			buf_adds(&b, "\r\n");
		else if (*p != '\r')
			buf_addc(&b, *p);
	}
	if (b.n == 0 || b.p[b.n - 1] != '\n')
		buf_adds(&b, "\r\n");
	put_lines(out, b.p, b.n);
}

/* Parameters of a MIME header are not encoded words: a name that is not plain stands as RFC 2231, 4
 * has it, in pieces of one line each (3). */
static void put_name(struct buf *out, const char *name)
{
	static const char fine[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "0123456789.-_";
	size_t piece = 0;

	if (strspn(name, fine) == strlen(name) && strlen(name) <= PLAIN_MAX) {
		buf_printf(out, ";\r\n filename=\"%s\"\r\n", name[0] ? name : "file");
		return;
	}
	for (size_t i = 0; name[i]; i++) {
		if (i % NAME_PIECE == 0) {
			buf_printf(out, ";\r\n filename*%zu*=%s", piece, i ? "" : "UTF-8''");
			piece++;
		}
		if (strchr(fine, name[i]))
			buf_addc(out, name[i]);
		else
			buf_printf(out, "%%%02X", (unsigned)(unsigned char)name[i]);
	}
	buf_adds(out, "\r\n");
}

/* What a file is, is not told: whoever gets it looks for themselves. */
static void put_file(struct buf *out, const char *boundary, const struct smtp_file *f)
{
	buf_printf(out,
		   "--%s\r\nContent-Type: application/octet-stream\r\n"
		   "Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment",
		   boundary);
	put_name(out, f->name);
	buf_adds(out, "\r\n");
	put_lines(out, f->p, f->n);
}

void smtp_compose(const struct smtp_conf *c, const struct smtp_mail *m, struct buf *out)
{
	put_date(out, m->date_us);
	put_mailbox(out, "From", c->from_name, c->from);
	put_mailbox(out, "To", m->to_name, m->to);
	put_text(out, "Subject", m->subject);
	if (m->message_id) {
		put_id(out, "Message-ID", m->message_id);
	} else {
		char token[23], id[23 + ADDRESS_MAX];
		const char *at = strrchr(c->from, '@');
		crypto_token(token, sizeof(token));
		(void)snprintf(id, sizeof(id), "%s%s", token, at ? at : "@localhost");
		put_id(out, "Message-ID", id);
	}
	if (m->in_reply_to)
		put_id(out, "In-Reply-To", m->in_reply_to);
	if (m->auto_submitted)
		put_text(out, "Auto-Submitted", m->auto_submitted);
	char boundary[23];
	crypto_token(boundary, sizeof(boundary)); /* base64 never holds what leads it in */
	buf_adds(out, "MIME-Version: 1.0\r\n");
	if (m->n_files > 0)
		buf_printf(out, "Content-Type: multipart/mixed; boundary=\"%s\"\r\n\r\n--%s\r\n",
			   boundary, boundary);
	buf_adds(out, "Content-Type: text/plain; charset=UTF-8\r\n"
		      "Content-Transfer-Encoding: base64\r\n\r\n");
	put_body(out, m->body_text);
	for (size_t i = 0; i < m->n_files; i++)
		put_file(out, boundary, &m->files[i]);
	if (m->n_files > 0)
		buf_printf(out, "--%s--\r\n", boundary);
}
