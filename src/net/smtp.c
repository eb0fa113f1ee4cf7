/* SPDX-License-Identifier: Apache-2.0 */
/* Sends a mail by libcurl. Writing it: smtp_compose.c. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <curl/curl.h>

#include "base/mem.h"
#include "base/str.h"
#include "net/smtp.h"

enum { REPLY_MAX = 200, TIMEOUT_MS_DEFAULT = 30 * 1000 };

struct sending {
	struct str left;
	char reply[REPLY_MAX]; /* the server's last line */
};

static size_t give(char *out, size_t size, size_t n, void *arg)
{
	struct sending *s = arg;
	size_t room = size * n, take = s->left.n < room ? s->left.n : room;

	memcpy(out, s->left.p, take);
	s->left.p += take;
	s->left.n -= take;
	return take;
}

static size_t hear(char *line, size_t size, size_t n, void *arg)
{
	struct sending *s = arg;

	(void)str_copy(s->reply, sizeof(s->reply), str_trim((struct str){ line, size * n }));
	if (!utf8_valid(s->reply, strlen(s->reply)))
		s->reply[0] = '\0';
	return size * n;
}

static void curl_done(CURL **h)
{
	curl_easy_cleanup(*h);
}

static void slist_done(struct curl_slist **l)
{
	curl_slist_free_all(*l);
}

static void set_up(CURL *h, const struct smtp_conf *c, struct sending *s, char *words)
{
	bool log_in = c->user && *c->user;

	(void)curl_easy_setopt(h, CURLOPT_URL, c->url);
	(void)curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	(void)curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(h, CURLOPT_NOPROXY, "*");
	(void)curl_easy_setopt(h, CURLOPT_TIMEOUT_MS,
			       (long)(c->timeout_ms > 0 ? c->timeout_ms : TIMEOUT_MS_DEFAULT));
	/* A password never travels in the clear; else TLS is used where it is offered. */
	(void)curl_easy_setopt(h, CURLOPT_USE_SSL,
			       (long)(log_in ? CURLUSESSL_ALL : CURLUSESSL_TRY));
	if (log_in) {
		(void)curl_easy_setopt(h, CURLOPT_USERNAME, c->user);
		(void)curl_easy_setopt(h, CURLOPT_PASSWORD, c->password ? c->password : "");
	}
	(void)curl_easy_setopt(h, CURLOPT_UPLOAD, 1L);
	(void)curl_easy_setopt(h, CURLOPT_READFUNCTION, give);
	(void)curl_easy_setopt(h, CURLOPT_READDATA, s);
	(void)curl_easy_setopt(h, CURLOPT_HEADERFUNCTION, hear);
	(void)curl_easy_setopt(h, CURLOPT_HEADERDATA, s);
	(void)curl_easy_setopt(h, CURLOPT_ERRORBUFFER, words);
}

int smtp_send(const struct smtp_conf *c, const struct smtp_mail *m, struct err *e)
{
	SCOPED_BUF struct buf text = { 0 };
	char from[300], to[300], words[CURL_ERROR_SIZE] = "";
	long status = 0;

	if (!c->url || !*c->url)
		return err_set(e, -ENOTSUP, "mail is switched off");
	if (!m->to || !smtp_address_ok(m->to))
		return err_set(e, -EINVAL, "'%s' is not a mail address", m->to ? m->to : "");
	if (!c->from || !smtp_address_ok(c->from))
		return err_set(e, -EINVAL, "'%s' is not a mail address", c->from ? c->from : "");
	smtp_compose(c, m, &text);
	struct sending s = { .left = { text.p, text.n } };

	__attribute__((cleanup(curl_done))) CURL *h = curl_easy_init();
	(void)snprintf(from, sizeof(from), "<%s>", c->from);
	(void)snprintf(to, sizeof(to), "<%s>", m->to);
	__attribute__((cleanup(slist_done))) struct curl_slist *rcpt = curl_slist_append(NULL, to);
	if (!h || !rcpt)
		return err_set(e, -ENOMEM, "not enough memory to send a mail");
	set_up(h, c, &s, words);
	(void)curl_easy_setopt(h, CURLOPT_MAIL_FROM, from);
	(void)curl_easy_setopt(h, CURLOPT_MAIL_RCPT, rcpt);
	CURLcode r = curl_easy_perform(h);
	if (r == CURLE_OK)
		return 0;
	(void)curl_easy_getinfo(h, CURLINFO_RESPONSE_CODE, &status);
	if (r == CURLE_URL_MALFORMAT || r == CURLE_UNSUPPORTED_PROTOCOL)
		return err_set(e, -EINVAL, "'%s' is not the address of a mail server", c->url);
	if (status >= 500)
		return err_set(e, -EPERM, "the mail server refused: %s", s.reply);
	return err_set(e, -EAGAIN, "the mail could not be sent: %s",
		       status >= 400 ? s.reply
		       : *words      ? words
				     : curl_easy_strerror(r));
}
