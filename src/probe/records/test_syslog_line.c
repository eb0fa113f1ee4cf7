/* SPDX-License-Identifier: Apache-2.0 */
/* The envelope of syslog: the examples of RFC 5424 (6.5) and RFC 3164 (5.4), and what is sent
 * instead of them. */
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/test.h"
#include "probe/records/syslog_line.h"

#define NOW INT64_C(1795420800000000) /* 2026-11-23T08:00:00Z */
#define JST 540

static struct syslog_line read_one(const char *line)
{
	struct syslog_line s;

	assert_true(syslog_line_read(str_of(line), JST, NOW, &s));
	return s;
}

static void assert_str(struct str got, const char *want)
{
	char text[512];

	assert_true(str_copy(text, sizeof(text), got));
	assert_string_equal(text, want);
}

static void assert_when(const struct syslog_line *s, const char *want)
{
	char text[TIME_TEXT_MAX];

	assert_true(s->has_time);
	assert_string_equal(time_format(s->at_us, text, sizeof(text)), want);
}

static void new_messages_have_all_parts(void **state)
{
	(void)state;
	struct syslog_line s = read_one(
		"<34>1 2003-10-11T22:14:15.003Z mymachine.example.com su - ID47 - \xef\xbb\xbf"
		"'su root' failed for lonvick on /dev/pts/8");
	assert_int_equal(s.facility, 4);
	assert_int_equal(s.severity, 2);
	assert_when(&s, "2003-10-11T22:14:15.003000Z");
	assert_str(s.host, "mymachine.example.com");
	assert_str(s.app, "su");
	assert_str(s.id, "ID47");
	assert_str(s.text, "'su root' failed for lonvick on /dev/pts/8");
	s = read_one("<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 myproc 8710 - - %% It's "
		     "time to make the do-nuts.");
	assert_when(&s, "2003-08-24T12:14:15.000003Z");
	assert_int_equal(s.data.n, 0);
	assert_str(s.text, "%% It's time to make the do-nuts.");
}

static void structured_data_becomes_fields(void **state)
{
	struct fields *f = mem_new(sizeof(*f));

	(void)state;
	struct syslog_line s =
		read_one("<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog - ID47 "
			 "[exampleSDID@32473 iut=\"3\" eventSource=\"Application\" "
			 "eventID=\"10\\]11\"][examplePriority@32473 class=\"hi\\\"gh\"] An entry");
	syslog_line_fields(&s, f);
	assert_string_equal(fields_get(f, "sd.exampleSDID@32473.iut"), "3");
	assert_string_equal(fields_get(f, "sd.exampleSDID@32473.eventID"), "10]11");
	assert_string_equal(fields_get(f, "sd.examplePriority@32473.class"), "hi\"gh");
	assert_string_equal(fields_get(f, "syslog.text"), "An entry");
	assert_string_equal(fields_get(f, "syslog.severity"), "5");
	free(f);
}

static void old_messages_get_the_nearest_year(void **state)
{
	(void)state;
	struct syslog_line s = read_one(
		"<34>Oct 11 22:14:15 mymachine su: 'su root' failed for lonvick on /dev/pts/8");
	assert_when(&s, "2026-10-11T13:14:15.000000Z"); /* 22:14 in Japan */
	assert_str(s.host, "mymachine");
	assert_str(s.app, "su");
	assert_str(s.text, "'su root' failed for lonvick on /dev/pts/8");
	s = read_one("<13>Feb  5 17:32:18 10.0.0.99 Use the BFG!");
	assert_when(&s, "2027-02-05T08:32:18.000000Z"); /* nearer than the last one */
	assert_str(s.host, "10.0.0.99");
	assert_int_equal(s.app.n, 0);
	assert_str(s.text, "Use the BFG!");
	s = read_one("<30>Nov 23 16:59:59 gw sshd[812]: Failed password");
	assert_str(s.app, "sshd");
	assert_str(s.text, "Failed password");
}

static void what_follows_no_rule_is_text(void **state)
{
	struct syslog_line s;

	(void)state;
	s = read_one("<189>date=2026-11-23 time=10:15:30 type=\"utm\"");
	assert_false(s.has_time);
	assert_str(s.text, "date=2026-11-23 time=10:15:30 type=\"utm\"");
	s = read_one("<14>Nov 23 10:00:00 fw CEF:0|a|b|1|2|c|5|src=192.0.2.1");
	assert_str(s.host, "fw");
	assert_str(s.text, "CEF:0|a|b|1|2|c|5|src=192.0.2.1");
	s = read_one("<14>CEF:0|a|b|1|2|c|5|");
	assert_str(s.text, "CEF:0|a|b|1|2|c|5|");
	s = read_one("<14>1 - - - - - -");
	assert_false(s.has_time);
	assert_int_equal(s.text.n, 0);
	assert_false(syslog_line_read(STR("no priority"), JST, NOW, &s));
	assert_false(syslog_line_read(STR("<192>x"), JST, NOW, &s));
	assert_false(syslog_line_read(STR("<1"), JST, NOW, &s));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(new_messages_have_all_parts),
		cmocka_unit_test(structured_data_becomes_fields),
		cmocka_unit_test(old_messages_get_the_nearest_year),
		cmocka_unit_test(what_follows_no_rule_is_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
