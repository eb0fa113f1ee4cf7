/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of the report of an analysis: what it keeps, what it drops and says so, what it lets
 * through of hostile texts. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/test.h"
#include "cli/analyze_chart.h"
#include "cli/analyze_view.h"
#include "texts/texts.h"

#define T0 (INT64_C(1700000000) * US_PER_SEC)

struct desk {
	struct text *text;
	struct cli cli;
	struct arena *arena;
	struct thresholds thresholds;
	struct analyze_summary sum;
	struct analyze_results *results;
	struct view view;
};

static void desk_open(struct desk *d)
{
	*d = (struct desk){ .arena = arena_new(0), .results = analyze_results_new() };
	assert_int_equal(text_open(texts_mo, &d->text, NULL), 0);
	d->cli = (struct cli){ .text = d->text, .lang = LANG_EN };
	thresholds_init(&d->thresholds);
	d->sum = (struct analyze_summary){ .file = "a.pcap", .thresholds = &d->thresholds };
	d->sum.stats.packets = 1;
	d->sum.stats.first_us = T0;
	d->sum.stats.last_us = T0 + US_PER_HOUR;
}

static void desk_close(struct desk *d)
{
	analyze_results_free(d->results);
	arena_free(d->arena);
	text_close(d->text);
}

static void add(struct desk *d, const char *mac, const char *what, enum severity s)
{
	const char *reason = "because", *peer = "203.0.113.7:80";
	char story[128];
	struct finding f = { .detector = "beacon",
			     .severity = s,
			     .confidence = 0.9,
			     .device = { .mac = mac,
					 .hostname = "",
					 .vendor = "",
					 .dhcp_fingerprint = "",
					 .first_seen_us = T0,
					 .last_seen_us = T0 },
			     .peers = &peer,
			     .n_peers = 1,
			     .reasons = &reason,
			     .n_reasons = 1,
			     .first_us = T0,
			     .last_us = T0,
			     .story = story };

	(void)snprintf(story, sizeof(story), "beacon/%s/%s", mac, what);
	analyze_results_add(d->results, &f);
}

static void look(struct desk *d)
{
	analyze_view(&d->cli, d->arena, d->results, &d->sum, &d->view);
}

static void what_misleads_is_taken_out(void **state)
{
	(void)state;
	struct arena *a = arena_new(0);
	assert_string_equal(view_clean(a, "受付 PC"), "受付 PC");
	assert_string_equal(view_clean(a, "a\x1b[31mb"), "a\uFFFD[31mb");
	assert_string_equal(view_clean(a, "a\nb\x7f"), "a\uFFFDb\uFFFD");
	assert_string_equal(view_clean(a, "exe\u202egpj"), "exe\uFFFDgpj");
	assert_string_equal(view_clean(a, "\xc2\x9b"
					  "5m"),
			    "\uFFFD"
			    "5m");
	assert_string_equal(view_clean(a, "\xff\xc3"), "\uFFFD\uFFFD");
	assert_string_equal(view_clean(a, "<b>"), "<b>"); /* the templates escape */
	arena_free(a);
}

static void a_story_that_is_told_again_is_kept_once(void **state)
{
	(void)state;
	struct desk d;
	desk_open(&d);
	add(&d, "02:00:00:00:00:01", "x", SEVERITY_LOW);
	add(&d, "02:00:00:00:00:01", "x", SEVERITY_HIGH);
	look(&d);
	assert_int_equal(d.view.n_suspects, 1);
	assert_int_equal(d.view.suspects[0].n_findings, 1);
	assert_int_equal(d.view.suspects[0].severity, SEVERITY_HIGH);
	assert_int_equal(d.view.n_grave, 1);
	assert_false(view_left_out(&d.view));
	desk_close(&d);
}

static void the_gravest_stands_first(void **state)
{
	(void)state;
	struct desk d;
	desk_open(&d);
	add(&d, "02:00:00:00:00:01", "x", SEVERITY_LOW);
	add(&d, "02:00:00:00:00:02", "x", SEVERITY_CRITICAL);
	add(&d, "02:00:00:00:00:03", "x", SEVERITY_INFO);
	look(&d);
	assert_int_equal(d.view.n_suspects, 2);
	assert_string_equal(d.view.suspects[0].mac, "02:00:00:00:00:02");
	assert_int_equal(d.view.n_others, 1);
	assert_string_equal(d.view.others[0].device, "02:00:00:00:00:03");
	desk_close(&d);
}

static void what_is_too_much_is_counted(void **state)
{
	(void)state;
	struct desk d;
	char text[32];
	desk_open(&d);
	for (int i = 0; i < ANALYZE_FINDINGS_MAX + 5; i++) {
		(void)snprintf(text, sizeof(text), "%d", i);
		add(&d, "02:00:00:00:00:01", text, SEVERITY_MEDIUM);
	}
	for (int i = 0; i < ANALYZE_DEVICES_MAX + 4; i++) {
		(void)snprintf(text, sizeof(text), "02:00:00:01:%02x:%02x", i / 256, i % 256);
		analyze_results_device(d.results, &(struct device_info){ .mac = text,
									 .hostname = "",
									 .vendor = "",
									 .dhcp_fingerprint = "" });
	}
	look(&d);
	assert_int_equal(d.results->n_findings, ANALYZE_FINDINGS_MAX);
	assert_int_equal(d.view.suspects[0].n_findings, VIEW_FINDINGS_MAX);
	assert_int_equal(d.view.findings_beyond, ANALYZE_FINDINGS_MAX - VIEW_FINDINGS_MAX + 5);
	assert_int_equal(d.view.n_devices, VIEW_DEVICES_MAX);
	assert_int_equal(d.view.devices_beyond, ANALYZE_DEVICES_MAX - VIEW_DEVICES_MAX + 5);
	assert_true(view_left_out(&d.view));
	desk_close(&d);
}

static struct clue clue(const char *kind, double weight, int64_t at_us, const char *reason)
{
	struct clue c = { .kind = kind, .weight = weight, .first_us = at_us, .last_us = at_us };

	(void)str_copy(c.reason, sizeof(c.reason), str_of(reason)); /* fits */
	return c;
}

static void clues_stand_in_the_order_of_time_and_weak_ones_together(void **state)
{
	(void)state;
	struct desk d;
	desk_open(&d);
	add(&d, "02:00:00:00:00:01", "x", SEVERITY_MEDIUM);
	struct analyze_device *v = d.results->device[0];
	v->clue = mem_array(4, sizeof(*v->clue));
	v->n_clues = 4;
	v->clue[0] = clue("odd_call", 50, T0 + 30 * US_PER_MIN, "strange");
	v->clue[1] = clue("odd_call", 5, T0 + 10 * US_PER_MIN, "old");
	v->clue[2] = clue("odd_call", 5, T0 + 20 * US_PER_MIN, "old");
	v->clue[3] = clue("odd_call", 5, T0 + 25 * US_PER_MIN, "other");
	look(&d);
	const struct view_device *s = &d.view.suspects[0];
	assert_int_equal(s->n_clues, 3);
	assert_int_equal(s->clues[0].times, 2);
	assert_int_equal(s->clues[0].last_us, T0 + 20 * US_PER_MIN);
	assert_string_equal(s->clues[2].reason.text, "strange");
	assert_int_equal(s->peak, 54); /* 50 + 5/2 + 5/4 + 5/8 */
	struct report_capture chart = { .v = &d.view };
	chart_make(&d.cli, d.arena, &d.view, &chart);
	assert_int_equal(chart.n_lanes, 1);
	assert_string_equal(chart.lanes[0].marks[2].x, "50.00%");
	assert_string_equal(chart.lanes[0].marks[2].light, "amber");
	assert_in_range(chart.n_ticks, 3, 8);
	desk_close(&d);
}

static void a_page_of_nothing_is_a_page(void **state)
{
	(void)state;
	struct desk d;
	char dir[TEST_DIR_MAX], path[TEST_DIR_MAX + 16];
	SCOPED_BUF struct buf file;
	buf_init(&file, 0);
	desk_open(&d);
	d.sum.stats = (struct probe_stats){ 0 };
	look(&d);
	test_dir_new(dir);
	(void)snprintf(path, sizeof(path), "%s/r.html", dir);
	struct page *p = page_new(&d.cli);
	page_add(p, &d.view);
	assert_int_equal(page_write(p, path, NULL), 0);
	assert_int_equal(file_read(path, 1 << 20, &file, NULL), 0);
	assert_non_null(strstr(file.p, "Nothing worth a word was found"));
	page_free(p);
	test_dir_free(dir);
	desk_close(&d);
}

static void japanese(struct desk *d, const char *english, const char *expected)
{
	d->cli.lang = LANG_JA;
	struct reason r = reason_say(&d->cli, d->arena, english);
	assert_string_equal(r.text, expected);
	assert_string_equal(r.lang, "ja");
}

static void reasons_are_said_in_the_readers_language(void **state)
{
	(void)state;
	struct desk d;
	desk_open(&d);
	japanese(&d, "40 calls, one each 60.1 s (half of them within 0.5 s of that)",
		 "40 回の通信。およそ 60.1 秒ごと（半数はずれが 0.5 秒以内）");
	japanese(&d, "an unusual port; data sent by POST",
		 "見慣れないポート、POST によるデータの送信");
	japanese(&d, "an unusual port; data sent by POST; a certificate that nob",
		 "見慣れないポート、POST によるデータの送信、a certificate that nob");
	japanese(&d, "this capture shows 7 minutes only: what is usual here is not known",
		 "この記録は 7 分だけなので、普段の様子は分かりません");
	japanese(&d,
		 "a program dressed as something else: http://a.example/x.png, said to be "
		 "\"image/png\"",
		 "別のものに見せかけたプログラム: http://a.example/x.png、相手の言う種類は"
		 "「image/png」");
	/* A name that speaks the language of patterns is only a name. */
	japanese(&d, "it calls itself {0} says: {1}", "名乗った名前は {0} says: {1} です");
	struct reason r = reason_say(&d.cli, d.arena, "nobody has words for this");
	assert_string_equal(r.text, "nobody has words for this");
	assert_string_equal(r.lang, "en");
	d.cli.lang = LANG_EN;
	r = reason_say(&d.cli, d.arena, "commands were given by WMI");
	assert_string_equal(r.text, "commands were given by WMI");
	desk_close(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_misleads_is_taken_out),
		cmocka_unit_test(a_story_that_is_told_again_is_kept_once),
		cmocka_unit_test(the_gravest_stands_first),
		cmocka_unit_test(what_is_too_much_is_counted),
		cmocka_unit_test(clues_stand_in_the_order_of_time_and_weak_ones_together),
		cmocka_unit_test(a_page_of_nothing_is_a_page),
		cmocka_unit_test(reasons_are_said_in_the_readers_language),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
