/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of smtp_compose.c, and of smtp.c as far as it goes without a mail server. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "net/crypto.h"
#include "net/listen.h"
#include "net/smtp.h"

static const struct smtp_conf conf = { .url = "smtp://127.0.0.1:1",
				       .from = "desk@iwate.example",
				       .from_name = "お助け隊 相談窓口" };

static const struct smtp_mail mail = { .to = "minato@minato.example",
				       .to_name = "港 \"太郎\"",
				       .subject = "短い",
				       .body_text = "一行目\r\n二行目\n",
				       .message_id = "abc@iwate.example",
				       .date_us = INT64_C(1795449900000000),
				       .auto_submitted = "auto-generated" };

static void a_mail_in_japanese(void **state)
{
	(void)state;
	SCOPED_BUF struct buf b = { 0 };

	smtp_compose(&conf, &mail, &b);
	assert_string_equal(b.p, "Date: Mon, 23 Nov 2026 16:05:00 +0000\r\n"
				 "From: =?UTF-8?B?44GK5Yqp44GR6ZqKIOebuOirh+eqk+WPow==?=\r\n"
				 " <desk@iwate.example>\r\n"
				 "To: =?UTF-8?B?5rivICLlpKrpg44i?=\r\n"
				 " <minato@minato.example>\r\n"
				 "Subject: =?UTF-8?B?55+t44GE?=\r\n"
				 "Message-ID: <abc@iwate.example>\r\n"
				 "Auto-Submitted: auto-generated\r\n"
				 "MIME-Version: 1.0\r\n"
				 "Content-Type: text/plain; charset=UTF-8\r\n"
				 "Content-Transfer-Encoding: base64\r\n"
				 "\r\n"
				 "5LiA6KGM55uuDQrkuozooYznm64NCg==\r\n");
}

static void plain_words_stay_plain(void **state)
{
	(void)state;
	SCOPED_BUF struct buf b = { 0 };
	struct smtp_mail m = mail;

	m.subject = "Case IW-2026-000123";
	m.to_name = "A \"B\" \\C";
	m.message_id = NULL;
	m.in_reply_to = "<x y@z>";
	smtp_compose(&conf, &m, &b);
	assert_non_null(strstr(b.p, "\r\nSubject: Case IW-2026-000123\r\n"));
	assert_non_null(
		strstr(b.p, "\r\nTo: \"A \\\"B\\\" \\\\C\"\r\n <minato@minato.example>\r\n"));
	assert_non_null(strstr(b.p, "@iwate.example>\r\nIn-Reply-To: <xy@z>\r\n"));
}

static void lines_stay_short(void **state)
{
	(void)state;
	SCOPED_BUF struct buf b = { 0 }, subject = { 0 }, body = { 0 };
	struct smtp_mail m = mail;

	for (int i = 0; i < 200; i++) {
		buf_adds(&subject, i % 3 ? "警" : "a");
		buf_adds(&body, "長い本文です。");
	}
	m.subject = subject.p;
	m.to_name = subject.p;
	m.body_text = body.p;
	smtp_compose(&conf, &m, &b);
	for (const char *p = b.p; *p;) {
		const char *end = strstr(p, "\r\n");
		assert_non_null(end);
		assert_true(end - p <= 78);
		p = end + 2;
	}
}

static void nothing_adds_a_header(void **state)
{
	(void)state;
	SCOPED_BUF struct buf b = { 0 };
	struct smtp_conf c = conf;
	struct smtp_mail m = mail;

	c.from_name = "a\r\nBcc: evil@x.example";
	m.to_name = "b\nBcc: evil@x.example";
	m.to = "a@b.example>\r\nBcc: <evil@x.example";
	m.subject = "c\rBcc: evil@x.example";
	m.message_id = "d>\r\nBcc: evil@x.example";
	m.in_reply_to = "e\nBcc: evil@x.example";
	m.auto_submitted = "f\r\nBcc: evil@x.example";
	smtp_compose(&c, &m, &b);
	assert_null(strstr(b.p, "\nBcc:"));
	assert_null(strstr(b.p, "\rBcc:"));
	for (const char *p = b.p; *p; p++)
		assert_true(*p != '\n' || p[-1] == '\r');
}

static void addresses(void **state)
{
	static const char *const good[] = { "a@b.example", "a.b+c@x-y.example", "a@localhost" };
	static const char *const bad[] = { "",
					   "a",
					   "@b.example",
					   "a@",
					   "a b@c.example",
					   "a@b..example",
					   "a@.example",
					   "a@b.example.",
					   "a@b c",
					   "a@b.example\r\n",
					   "<a@b.example>",
					   "a@b@c.example",
					   "会社@b.example",
					   "a,c@b.example" };
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		assert_true(smtp_address_ok(good[i]));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(smtp_address_ok(bad[i]));
}

/* The name cannot add a header or leave its quotes, and every line stays short. */
static void files_are_parts(void **state)
{
	static const char name[] = "被害\"\r\nX-Evil: 1 の とても長い名前の控えのファイル.csv";
	const struct smtp_file files[] = { { name, "abc", 3 }, { "", "", 0 } };
	struct smtp_mail m = mail;
	SCOPED_BUF struct buf b = { 0 };
	size_t parts = 0;

	(void)state;
	m.files = files;
	m.n_files = 2;
	smtp_compose(&conf, &m, &b);
	assert_null(strstr(b.p, "\nX-Evil"));
	assert_non_null(strstr(b.p, "Content-Type: multipart/mixed; boundary="));
	assert_non_null(strstr(b.p, "filename*0*=UTF-8''%E8%A2%AB%E5%AE%B3%22%0D%0A"));
	assert_non_null(strstr(b.p, "\r\n\r\nYWJj\r\n--"));
	for (const char *p = b.p; (p = strstr(p, "\r\n--")); p++)
		parts++;
	assert_int_equal(parts, 4); /* words, two files, the end */
	for (const char *p = b.p, *end; (end = strstr(p, "\r\n")); p = end + 2)
		assert_true(end - p <= 78);
}

static void failures_are_told_apart(void **state)
{
	(void)state;
	struct smtp_conf c = conf;
	struct smtp_mail m = mail;
	struct err e = { 0 };
	uint16_t port = 0;
	char url[64];

	int fd = listen_tcp("127.0.0.1", 0, &port, NULL);
	assert_true(fd >= 0);
	fd_cleanup(&fd); /* a port where nobody listens */
	(void)snprintf(url, sizeof(url), "smtp://127.0.0.1:%u", port);
	c.url = url;
	assert_int_equal(smtp_send(&c, &m, &e), -EAGAIN);
	c.url = "";
	assert_int_equal(smtp_send(&c, &m, &e), -ENOTSUP);
	c.url = "http://127.0.0.1/";
	assert_int_equal(smtp_send(&c, &m, &e), -EINVAL);
	m.to = "nobody";
	assert_int_equal(smtp_send(&c, &m, &e), -EINVAL);
	assert_non_null(strstr(e.text, "nobody"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mail_in_japanese), cmocka_unit_test(plain_words_stay_plain),
		cmocka_unit_test(lines_stay_short),   cmocka_unit_test(nothing_adds_a_header),
		cmocka_unit_test(addresses),          cmocka_unit_test(failures_are_told_apart),
		cmocka_unit_test(files_are_parts),
	};

	if (crypto_start(NULL) < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
