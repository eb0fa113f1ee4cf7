/* SPDX-License-Identifier: Apache-2.0 */
/* The doctor: looks at an installation and says what is wrong and how to mend it. It changes
 * nothing. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "hub/accounts/accounts.h"
#include "hub/hub_calendar.h"
#include "hub/hub_core.h"
#include "hub/hub_text.h"
#include "net/http.h"
#include "net/pki.h"

enum {
	FINDINGS_MAX = 64,
	ARG_BYTES = 256,
	CALENDAR_WARN_DAYS = 120,
	PEM_MAX = 64 * 1024,
	CERT_WARN_DAYS = 30,
	CA_WARN_DAYS = 365,
	BACKUP_WARN_DAYS = 7,
	DISK_BAD_MIB = 512,
	DISK_WARN_MIB = 4096,
};

struct finding {
	enum check_level level;
	const char *key;
	char arg[2][ARG_BYTES];
};

struct check_list {
	struct finding f[FINDINGS_MAX];
	size_t n;
};

struct check_list *check_new(void)
{
	return mem_new(sizeof(struct check_list));
}

void check_free(struct check_list *l)
{
	mem_cleanup(&l);
}

void check_add(struct check_list *l, enum check_level level, const char *key, const char *arg0,
	       const char *arg1)
{
	if (l->n == FINDINGS_MAX)
		return;
	struct finding *f = &l->f[l->n++];
	*f = (struct finding){ .level = level, .key = key };
	str_copy(f->arg[0], ARG_BYTES, str_of(arg0));
	str_copy(f->arg[1], ARG_BYTES, str_of(arg1));
}

enum check_level check_worst(const struct check_list *l)
{
	enum check_level worst = CHECK_GOOD;

	for (size_t i = 0; i < l->n; i++)
		if (l->f[i].level > worst)
			worst = l->f[i].level;
	return worst;
}

static void check_folder(struct hub *h, struct check_list *l)
{
	struct stat st;

	if (stat(h->conf.state_dir, &st) < 0)
		check_add(l, CHECK_BAD, "hub.check.folder.missing", h->conf.state_dir, NULL);
	else if (st.st_uid != geteuid())
		check_add(l, CHECK_BAD, "hub.check.folder.owner", h->conf.state_dir, NULL);
	else if (st.st_mode & 077)
		check_add(l, CHECK_BAD, "hub.check.folder.rights", h->conf.state_dir, NULL);
	else
		check_add(l, CHECK_GOOD, "hub.check.folder", h->conf.state_dir, NULL);
}

static void check_disk(struct hub *h, struct check_list *l)
{
	struct statvfs v;
	char mib[32];

	if (statvfs(h->conf.state_dir, &v) < 0)
		return;
	uint64_t left = (uint64_t)v.f_bavail * v.f_frsize / (1024 * 1024);
	snprintf(mib, sizeof(mib), "%" PRIu64, left);
	check_add(l,
		  left < DISK_BAD_MIB    ? CHECK_BAD
		  : left < DISK_WARN_MIB ? CHECK_WARN
					 : CHECK_GOOD,
		  left < DISK_WARN_MIB ? "hub.check.disk.low" : "hub.check.disk", mib, NULL);
}

static void check_database(struct hub *h, struct check_list *l)
{
	struct err e = { 0 };
	char mib[32];

	if (db_check(h->db, &e) < 0) {
		check_add(l, CHECK_BAD, "hub.check.database.damaged", e.text, NULL);
		return;
	}
	snprintf(mib, sizeof(mib), "%" PRId64, db_size_bytes(h->db) / (1024 * 1024));
	check_add(l, CHECK_GOOD, "hub.check.database", mib, NULL);
}

static void check_audit(struct hub *h, struct check_list *l)
{
	struct err e = { 0 };
	int64_t rows;
	char n[32], end[AUDIT_HASH];

	if (accounts_audit_end(h->db, &rows, end, &e) < 0) {
		check_add(l, CHECK_BAD, "hub.check.audit.broken", e.text, NULL);
		return;
	}
	snprintf(n, sizeof(n), "%" PRId64, rows);
	check_add(l, CHECK_GOOD, "hub.check.audit", n, end);
}

static void check_certificate(struct hub *h, const char *name, int64_t warn_days,
			      struct check_list *l)
{
	SCOPED_MEM char *path = hub_state_path(h, name);
	SCOPED_BUF struct buf pem = { 0 };
	struct err e = { 0 };
	int64_t expires;
	char days[32];

	if (file_read(path, PEM_MAX, &pem, &e) < 0 || pki_cert_expires(pem.p, &expires, &e) < 0) {
		check_add(l, CHECK_BAD, "hub.check.certificate.unreadable", path, e.text);
		return;
	}
	int64_t left = (expires - clock_utc_us(h->clock)) / US_PER_DAY;
	snprintf(days, sizeof(days), "%" PRId64, left);
	if (left < warn_days)
		check_add(l, left < 0 ? CHECK_BAD : CHECK_WARN, "hub.check.certificate.ends", name,
			  days);
	else
		check_add(l, CHECK_GOOD, "hub.check.certificate", name, days);
}

/* The clock must not stand before what was written already. */
static void check_clock(struct hub *h, struct check_list *l)
{
	struct err e = { 0 };
	char when[TIME_TEXT_MAX];
	int64_t last = 0, now = clock_utc_us(h->clock);

	if (accounts_audit_last(h->db, &last, &e) < 0)
		return;
	time_format(now, when, sizeof(when));
	if (now + US_PER_MIN < last)
		check_add(l, CHECK_BAD, "hub.check.clock.back", when, NULL);
	else
		check_add(l, CHECK_GOOD, "hub.check.clock", when, NULL);
}

static void refuse(void *arg, struct http_req *q, struct http_res *r)
{
	(void)arg;
	(void)q;
	r->status = 503;
}

static void check_port(const char *address, struct check_list *l)
{
	struct http_conf c = { .threads = 1, .handler = refuse };
	struct http_server *s = NULL;
	struct err e = { 0 };
	char host[64];

	if (!address[0])
		return;
	if (hub_address_parse(address, host, &c.port, &e) < 0) {
		check_add(l, CHECK_BAD, "hub.check.port.bad", address, e.text);
		return;
	}
	c.address = host;
	if (http_server_start(&c, &s, &e) < 0)
		check_add(l, CHECK_BAD, "hub.check.port.taken", address, e.text);
	else
		check_add(l, CHECK_GOOD, "hub.check.port", address, NULL);
	http_server_stop(s);
}

static void check_mail(struct hub *h, struct check_list *l)
{
	if (!h->conf.smtp_url[0])
		check_add(l, CHECK_WARN, "hub.check.mail.off", NULL, NULL);
	else if (!strchr(h->conf.mail_from, '@'))
		check_add(l, CHECK_BAD, "hub.check.mail.from", NULL, NULL);
	else
		check_add(l, CHECK_GOOD, "hub.check.mail", h->conf.smtp_url, NULL);
}

static void check_backup(struct hub *h, struct check_list *l)
{
	SCOPED_MEM char *path = hub_state_path(h, HUB_BACKUP_LOG);
	SCOPED_BUF struct buf when = { 0 };
	int64_t at;

	if (!file_exists(path) || file_read(path, TIME_TEXT_MAX, &when, NULL) < 0 ||
	    time_parse(when.p, &at) < 0)
		check_add(l, CHECK_WARN, "hub.check.backup.none", NULL, NULL);
	else if (clock_utc_us(h->clock) - at > BACKUP_WARN_DAYS * US_PER_DAY)
		check_add(l, CHECK_WARN, "hub.check.backup.old", when.p, NULL);
	else
		check_add(l, CHECK_GOOD, "hub.check.backup", when.p, NULL);
}

/* Clocks of law count working days: the data must be ahead of them. */
static void check_calendar(struct hub *h, struct check_list *l)
{
	struct civil c = time_civil(calendar_known_until(true) - 1, CALENDAR_ZONE_MIN);
	char day[32];

	snprintf(day, sizeof(day), "%d-%02d-%02d", c.year, c.month, c.day);
	if (calendar_known_until(true) - clock_utc_us(h->clock) < CALENDAR_WARN_DAYS * US_PER_DAY)
		check_add(l, CHECK_WARN, "hub.check.calendar.old", day, NULL);
	else
		check_add(l, CHECK_GOOD, "hub.check.calendar", day, NULL);
}

void check_run(struct hub *h, bool running, struct check_list *l)
{
	struct err e = { 0 };

	check_folder(h, l);
	check_disk(h, l);
	check_database(h, l);
	check_audit(h, l);
	check_clock(h, l);
	check_calendar(h, l);
	check_certificate(h, HUB_CA_CERT, CA_WARN_DAYS, l);
	check_certificate(h, HUB_SERVER_CERT, CERT_WARN_DAYS, l);
	if (running) {
		check_add(l, CHECK_GOOD, "hub.check.running", NULL, NULL);
	} else {
		check_port(h->conf.https_address, l);
		check_port(h->conf.http_address, l);
		check_port(h->conf.sensor_address, l);
	}
	check_mail(h, l);
	check_backup(h, l);
	if (h->conf.demo)
		check_add(l, CHECK_WARN, "hub.check.demo", NULL, NULL);
	for (size_t i = 0; h->features[i]; i++)
		if (h->features[i]->check && h->features[i]->check(h, l, &e) < 0)
			check_add(l, CHECK_BAD, "hub.check.failed", h->features[i]->name, e.text);
}

static void words(const struct finding *f, const struct text *text, enum lang lang,
		  const char *suffix, struct buf *out)
{
	const char *args[] = { f->arg[0], f->arg[1] };
	char key[128];

	snprintf(key, sizeof(key), "%s%s", f->key, suffix);
	hub_text_fill(text, lang, key, args, 2, out);
}

static const char *const level_names[] = { "good", "warn", "bad" };

void check_json(const struct check_list *l, const struct text *text, enum lang lang,
		struct buf *out)
{
	struct jsonw w = jsonw_of(out);

	jsonw_array(&w, NULL);
	for (size_t i = 0; i < l->n; i++) {
		const struct finding *f = &l->f[i];
		SCOPED_BUF struct buf what = { 0 };
		SCOPED_BUF struct buf mend = { 0 };
		words(f, text, lang, "", &what);
		jsonw_object(&w, NULL);
		jsonw_text(&w, "check", f->key);
		jsonw_text(&w, "level", level_names[f->level]);
		jsonw_text(&w, "text", what.p);
		if (f->level != CHECK_GOOD) {
			words(f, text, lang, ".mend", &mend);
			jsonw_text(&w, "mend", mend.p);
		}
		jsonw_end_object(&w);
	}
	jsonw_end_array(&w);
}

void check_text(const struct check_list *l, const struct text *text, enum lang lang,
		struct buf *out)
{
	static const char *const marks[] = { "[ ok ] ", "[warn] ", "[BAD ] " };

	for (size_t i = 0; i < l->n; i++) {
		const struct finding *f = &l->f[i];
		buf_adds(out, marks[f->level]);
		words(f, text, lang, "", out);
		buf_addc(out, '\n');
		if (f->level == CHECK_GOOD)
			continue;
		buf_adds(out, "       -> ");
		words(f, text, lang, ".mend", out);
		buf_addc(out, '\n');
	}
}

int hub_check(const struct hub_open_options *o, bool json)
{
	struct check_list *l = check_new();
	const char *wish = getenv("LANG");
	enum lang lang = lang_parse(wish ? wish : "ja", LANG_JA);
	struct err e = { 0 };
	struct hub *h = NULL;
	SCOPED_BUF struct buf out = { 0 };

	text_thread_lang(lang);
	if (hub_open(o, &h, &e) < 0) {
		fprintf(stderr, "otasuke-hub: %s\n", e.text);
		check_free(l);
		return 2;
	}
	check_run(h, false, l);
	(json ? check_json : check_text)(l, h->text, lang, &out);
	printf("%s%s", out.p, json ? "\n" : "");
	int code = (int)check_worst(l);
	hub_close(h);
	check_free(l);
	return code;
}
