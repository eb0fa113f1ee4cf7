/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of the detectors download, odd_call and host_story, on small captures made here. */
#include <stdio.h>
#include <string.h>

#include "probe/detect/content.h"
#include "probe/detect/random_name.h"
#include "probe/dissect/http_head.h"
#include "probe/test_world.h"

#define BROWSER                   "Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/99.0"
#define REQUEST(path, host, more) "GET " path " HTTP/1.1\r\nHost: " host "\r\n" more "\r\n"
#define REPLY(type, body)         "HTTP/1.1 200 OK\r\nContent-Type: " type "\r\n\r\n" body
#define SCRIPT                    "$x = New-Object Net.WebClient; Invoke-Thing $x"

static const struct end pc = { 1, "192.0.2.10", 50001 }, web = { 9, "203.0.113.7", 80 },
			tls = { 9, "203.0.113.8", 443 }, dns = { 9, "192.0.2.1", 53 };

static struct world *office(void)
{
	struct world *w = world_new();

	make_arp(&w->b, 1, pc, "192.0.2.1");
	world_put(w, 0);
	make_dns_answer(&w->b, dns, (struct end){ 1, pc.ip, 5000 }, "www.shop.example", web.ip);
	world_put(w, 1);
	return w;
}

static enum severity download_of(const char *ask, const char *answer)
{
	struct world *w = office();
	world_talk(w, 2, pc, web, ask, answer);
	world_run(w);
	const struct seen *f = world_find(w, "download");
	enum severity s = f ? f->severity : SEVERITY_INFO;
	if (f) {
		assert_string_equal(f->device, "192.0.2.10");
		assert_string_equal(f->peer, "203.0.113.7:80");
	}
	world_free(w);
	return s;
}

static void a_dressed_program_is_grave(void **state)
{
	(void)state;
	assert_int_equal(download_of(REQUEST("/a.jpg", "www.shop.example", ""),
				     REPLY("application/octet-stream", "MZ")),
			 SEVERITY_HIGH);
	assert_int_equal(
		download_of(REQUEST("/a", "www.shop.example", ""), REPLY("image/png", SCRIPT)),
		SEVERITY_HIGH);
	assert_int_equal(download_of(REQUEST("/a", "203.0.113.7", ""),
				     REPLY("application/octet-stream", "\x7f"
								       "ELF")),
			 SEVERITY_HIGH);
}

/* The known_bad finding of one download, with this list. */
static struct world *listed(const char *list, const char *ask, const char *answer)
{
	static char path[TEST_DIR_MAX + 8];
	struct world *w = office();

	(void)snprintf(path, sizeof(path), "%s/l", w->dir);
	assert_int_equal(file_write(path, 0600, list, strlen(list), NULL), 0);
	w->config.indicators = path;
	world_talk(w, 2, pc, web, ask, answer);
	world_run(w);
	return w;
}

static void a_listed_url_is_told(void **state)
{
	(void)state;
	struct world *w = listed("url,hxxp://www[.]shop[.]example/gate.php,a gate\n",
				 REQUEST("/gate.php?id=7", "www.shop.example", ""),
				 REPLY("text/plain", "hello"));
	const struct seen *f = world_find(w, "known_bad");
	assert_non_null(f);
	assert_int_equal(f->severity, SEVERITY_CRITICAL);
	assert_string_equal(f->peer, "203.0.113.7:80");
	assert_non_null(strstr(f->reasons, "url www.shop.example/gate.php is on the indicator list "
					   "l: a gate"));
	world_free(w);
	w = listed("url,http://www.shop.example/gate.php\n",
		   REQUEST("/other.php", "www.shop.example", ""), REPLY("text/plain", "hello"));
	assert_null(world_find(w, "known_bad"));
	world_free(w);
}

static void a_listed_file_is_told(void **state)
{
	(void)state;
	/* sha1 of the eight bytes MZ012345 */
	struct world *w = listed("sha1,77f29dfcf4ed76e9d7d049cc260e96c67f95f7fd\n",
				 REQUEST("/a.exe", "www.shop.example", ""),
				 "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n"
				 "Content-Length: 8\r\n\r\nMZ012345");
	const struct seen *f = world_find(w, "known_bad");
	assert_non_null(f);
	assert_non_null(strstr(f->reasons, "file 77f29dfcf4ed76e9d7d049cc260e96c67f95f7fd is on"));
	world_free(w);
}

static void what_says_what_it_is_passes(void **state)
{
	(void)state;
	assert_int_equal(download_of(REQUEST("/setup.exe", "www.shop.example", "User-Agent: a\r\n"),
				     REPLY("application/octet-stream", "MZ")),
			 SEVERITY_INFO);
	assert_int_equal(download_of(REQUEST("/a.png", "www.shop.example", ""),
				     REPLY("image/png", "\x89PNG")),
			 SEVERITY_INFO);
	assert_int_equal(download_of(REQUEST("/a", "www.shop.example", ""),
				     REPLY("text/html", "<p>$env: New-Object Invoke-Thing")),
			 SEVERITY_INFO);
}

static void a_name_anybody_can_take_buys_no_silence_in_the_story(void **state)
{
	(void)state;
	struct world *w = office();
	world_talk(w, 2, pc, web,
		   REQUEST("/a.exe", "203.0.113.7",
			   "User-Agent: Microsoft-Delivery-Optimization/10.0\r\n"),
		   REPLY("application/octet-stream", "MZ"));
	world_talk(w, 3, (struct end){ 1, pc.ip, 50002 }, tls,
		   REQUEST("/", "203.0.113.8", "User-Agent: tool\r\n"), "ok");
	world_run(w);
	const struct seen *f = world_find(w, "download");
	assert_true(!f || f->severity == SEVERITY_INFO);
	assert_non_null(world_find(w, "host_story")); /* 25 points, and 40 of the other call */
	world_free(w);
}

static void a_tool_that_names_itself_does_not_pose(void **state)
{
	(void)state;
	static const char *const honest[] = {
		"Mozilla/5.0 (Windows NT; Windows NT 10.0; ja-JP) WindowsPowerShell/5.1",
		"Mozilla/5.0 (compatible; watcher/2.1)", "curl/8.5", ""
	};
	static const char *const posing[] = { BROWSER, "Mozilla/4.0 (compatible; MSIE 7.0)",
					      "Mozilla/5.0", "Mozilla/5.0 (compatible; " };
	struct http_message m = { .whole = true };
	for (size_t i = 0; i < sizeof(honest) / sizeof(honest[0]); i++) {
		m.agent = str_of(honest[i]);
		assert_false(http_poses(&m));
		m.agent = str_of(posing[i]);
		assert_true(http_poses(&m));
	}
	m.accepts = true;
	assert_false(http_poses(&m));
}

static void a_script_without_a_name_is_told(void **state)
{
	(void)state;
	assert_int_equal(
		download_of(REQUEST("/a.txt", "www.shop.example", ""), REPLY("text/plain", SCRIPT)),
		SEVERITY_MEDIUM);
	assert_int_equal(download_of(REQUEST("/a.txt", "www.shop.example", "User-Agent: a\r\n"),
				     REPLY("text/plain", SCRIPT)),
			 SEVERITY_LOW);
}

static void documents_that_act_like_programs_are_told(void **state)
{
	(void)state;
	const char *by_address = REQUEST("/a", "203.0.113.7", "User-Agent: a\r\n");
	const char *by_name = REQUEST("/a", "www.shop.example", "User-Agent: a\r\n");
	assert_int_equal(
		download_of(by_address, REPLY("text/html", "<html><HTA:APPLICATION id=a>")),
		SEVERITY_HIGH);
	assert_int_equal(download_of(by_name, REPLY("application/hta", "<script>")),
			 SEVERITY_MEDIUM);
	assert_int_equal(
		download_of(by_address, REPLY("text/plain", "x = WScript.CreateObject(1)")),
		SEVERITY_MEDIUM);
	assert_int_equal(download_of(by_address, REPLY("application/octet-stream",
						       "PK\3\4 word/vbaProject.bin")),
			 SEVERITY_HIGH);
	assert_int_equal(
		download_of(by_name, REPLY("application/octet-stream", "PK\3\4 word/document.xml")),
		SEVERITY_INFO);
	assert_int_equal(download_of(by_name, REPLY("application/zip", "PK\3\4 letters.txt")),
			 SEVERITY_INFO);
	assert_int_equal(download_of(by_name, REPLY("text/html", "<p>WScript.Shell explained")),
			 SEVERITY_INFO);
}

static enum content kind_of(const char *p, size_t n)
{
	return content_of(rd_of(p, n), (struct str){ 0 }, (struct str){ 0 }, 2);
}

static void files_are_known_by_their_first_bytes(void **state)
{
	(void)state;
	static const char lnk[] = "L\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0F\x9b";
	static const char ole[] = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0";
	static const char macros[] = "\1_\0V\0B\0A\0_\0P\0R\0O\0J\0E\0C\0T\0";
	assert_int_equal(kind_of(lnk, sizeof(lnk)), CONTENT_SHORTCUT);
	assert_int_equal(kind_of(lnk, 12), CONTENT_OTHER);
	assert_int_equal(kind_of(ole, sizeof(ole)), CONTENT_OFFICE);
	assert_int_equal(kind_of("7z\xbc\xaf\x27\x1c\0", 8), CONTENT_ARCHIVE);
	assert_int_equal(kind_of("PK\5\6", 4), CONTENT_OTHER);
	assert_true(content_has_macros(CONTENT_OFFICE, rd_of(macros, sizeof(macros))));
	assert_false(content_has_macros(CONTENT_ARCHIVE, rd_of(macros, sizeof(macros))));
	assert_false(content_has_macros(CONTENT_OFFICE, rd_of(macros, 20)));
}

static enum content named_kind(const char *p, size_t n, struct str type, struct str name)
{
	return content_of(rd_of(p, n), type, name, 2);
}

static void files_that_start_programs_are_known_too(void **state)
{
	static const char note[] =
		"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3";
	static const char ole[] = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0";
	static const char script[] = "var a=['x','y'];(function(b,c){})(a,0x1f4);";
#define ZIP(length, name) "PK\3\4\x14\0\0\0\b\0ttddcrc_compsize" length "\0\0\0" name
	static const char bait[] = ZIP("\x0b", "invoice.LNK"), shelf[] = ZIP("\x0b", "letters.txt");
	static const struct str none = { 0 };

	(void)state;
	assert_int_equal(kind_of(note, 16), CONTENT_NOTE);
	assert_int_equal(kind_of("vhdxfile", 8), CONTENT_DISK);
	assert_int_equal(kind_of(bait, sizeof(bait) - 1), CONTENT_BAIT);
	assert_int_equal(kind_of(bait, 34), CONTENT_ARCHIVE); /* its name is cut */
	assert_int_equal(kind_of(shelf, sizeof(shelf) - 1), CONTENT_ARCHIVE);
	assert_int_equal(named_kind(ole, sizeof(ole), none, STR("a.msi")), CONTENT_PROGRAM);
	assert_int_equal(named_kind(ole, sizeof(ole), STR("application/x-msi"), none),
			 CONTENT_PROGRAM);
	assert_int_equal(named_kind(ole, sizeof(ole), none, STR("a.doc")), CONTENT_OFFICE);
	/* a script of a page is for the browser, one that shall be kept is not */
	assert_int_equal(named_kind(script, sizeof(script) - 1, STR("text/javascript"), none),
			 CONTENT_OTHER);
	assert_int_equal(named_kind(script, sizeof(script) - 1, none, STR("invoice.js")),
			 CONTENT_WINDOWS);
	assert_int_equal(named_kind(script, sizeof(script) - 1, none, STR("invoice.json")),
			 CONTENT_OTHER);
}

/* The download finding of bodies that come one after another, each with its head, or NULL. */
static struct world *fetched(const char *target, const char *host, const char *const *heads,
			     const struct rd *bodies, size_t n)
{
	struct world *w = office();
	char ask[256];

	(void)snprintf(ask, sizeof(ask), "GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: a\r\n\r\n",
		       target, host);
	world_open(w, 2, pc, web);
	for (size_t i = 0; i < n; i++) {
		world_send(w, 3 + (double)i, pc, web, rd_of(ask, strlen(ask)));
		world_send(w, 3.2 + (double)i, web, pc, rd_of(heads[i], strlen(heads[i])));
		for (size_t at = 0; at < bodies[i].n; at += 1000) {
			size_t left = bodies[i].n - at;
			world_send(w, 3.4 + (double)i, web, pc,
				   rd_of(bodies[i].p + at, left < 1000 ? left : 1000));
		}
	}
	world_run(w);
	return w;
}

/* SHA-256 of MZ012345 */
#define MZ_HASH "bd40db4d0c3bf9baa1c9ec1111a4ef97d94b25ef41bc292b58c671aed320df9f"

static void assert_unpacked(const char *coding, const char *p, size_t n)
{
	char head[256];
	const char *heads[] = { head };
	const struct rd bodies[] = { rd_of(p, n) };

	(void)snprintf(head, sizeof(head),
		       "HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\nContent-Length: %zu\r\n\r\n",
		       coding, n);
	struct world *w = fetched("/a.jpg", "www.shop.example", heads, bodies, 1);
	const struct seen *f = world_find(w, "download");
	assert_non_null(f);
	assert_int_equal(f->severity, SEVERITY_HIGH);
	assert_non_null(strstr(f->reasons, "8 bytes, SHA-256 " MZ_HASH));
	world_free(w);
}

static void what_comes_compressed_is_unpacked(void **state)
{
	static const char gzip[] = "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xf3\x8d\x32\x30\x34"
				   "\x32\x36\x31\x05\x00\x00\x74\xb2\x59\x08\x00\x00\x00";
	static const char zlib[] =
		"\x78\x9c\xf3\x8d\x32\x30\x34\x32\x36\x31\x05\x00\x08\xf9\x01\xd7";
	static const char bare[] = "\xf3\x8d\x32\x30\x34\x32\x36\x31\x05\x00";
	static const char *const unknown[] = {
		"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 8\r\n\r\n"
	};
	static const char *const broken[] = {
		"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 8\r\n\r\n"
	};
	const struct rd plain[] = { rd_of("MZ012345", 8) };

	(void)state;
	assert_unpacked("gzip", gzip, sizeof(gzip) - 1);
	assert_unpacked("deflate", zlib, sizeof(zlib) - 1);
	assert_unpacked("deflate", bare, sizeof(bare) - 1);
	struct world *w = fetched("/a.jpg", "www.shop.example", unknown, plain, 1);
	assert_null(world_find(w, "download")); /* what cannot be read is not guessed */
	world_free(w);
	w = fetched("/a.jpg", "www.shop.example", broken, plain, 1);
	assert_null(world_find(w, "download"));
	world_free(w);
}

static void a_file_in_ranges_is_one_file(void **state)
{
	static const char *const heads[] = {
		"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-1/8\r\n"
		"Content-Length: 2\r\n\r\n",
		"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 2-4/8\r\n"
		"Content-Length: 3\r\n\r\n",
		"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 5-7/8\r\n"
		"Content-Length: 3\r\n\r\n",
	};
	const struct rd parts[] = { rd_of("MZ", 2), rd_of("012", 3), rd_of("345", 3) };
	const char *const gap[] = { heads[0], heads[2] };
	const struct rd gap_parts[] = { parts[0], parts[2] };

	(void)state;
	struct world *w = fetched("/a.jpg", "www.shop.example", heads, parts, 3);
	const struct seen *f = world_find(w, "download");
	assert_non_null(f);
	assert_non_null(strstr(f->reasons, "8 bytes, SHA-256 " MZ_HASH));
	world_free(w);
	w = fetched("/a.jpg", "www.shop.example", gap, gap_parts, 2);
	f = world_find(w, "download"); /* told by its beginning, not hashed */
	assert_non_null(f);
	assert_null(strstr(f->reasons, "SHA-256"));
	world_free(w);
}

static enum severity disk_of(const char *host, const char *mark, const char *length)
{
	static char body[DISK_MARK_AT + 2048];
	char head[256];
	const char *heads[] = { head };
	const struct rd bodies[] = { rd_of(body, sizeof(body)) };

	memset(body, 0, sizeof(body));
	memcpy(body + DISK_MARK_AT, mark, DISK_MARK);
	(void)snprintf(head, sizeof(head),
		       "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n"
		       "Content-Length: %s\r\n\r\n",
		       length);
	struct world *w = fetched("/d", host, heads, bodies, 1);
	const struct seen *f = world_find(w, "download");
	enum severity s = f ? f->severity : SEVERITY_INFO;
	if (f)
		assert_non_null(strstr(f->evidence, "content=disk image"));
	world_free(w);
	return s;
}

static void a_disk_image_is_told_by_where_it_comes_from(void **state)
{
	(void)state;
	assert_int_equal(disk_of("203.0.113.7", "CD001", "34817"), SEVERITY_MEDIUM);
	assert_int_equal(disk_of("www.shop.example", "BEA01", "34817"), SEVERITY_LOW);
	/* a system to be installed, from a mirror; and emptiness that is none */
	assert_int_equal(disk_of("www.shop.example", "CD001", "700000000"), SEVERITY_INFO);
	assert_int_equal(disk_of("203.0.113.7", "\0\0\0\0\0", "34817"), SEVERITY_INFO);
}

static void a_file_is_hashed_to_its_end(void **state)
{
	(void)state;
	/* SHA-256 of "MZabc"; the second half comes first. */
	const char *hash = "b3c33302a88a0806b0ab0ba3be9dc102e6026a7bb82e11d1811c873d8aa64219";
	struct world *w = office();
	const char head[] = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nMZ";
	const char rest[] = "\r\n3\r\nabc\r\n0\r\n\r\n";
	size_t n = sizeof(head) - 1;
	world_open(w, 2, pc, web);
	world_say(w, 3, pc, web, 2, REQUEST("/a.jpg", "www.shop.example", ""));
	world_say(w, 4, web, pc, 100, head);
	world_say(w, 5, web, pc, (uint32_t)(100 + n + 5), rest + 5);
	world_say(w, 6, web, pc, (uint32_t)(100 + n), rest);
	world_run(w);
	const struct seen *f = world_find(w, "download");
	assert_non_null(f);
	assert_non_null(strstr(f->reasons, hash));
	assert_non_null(strstr(f->reasons, "5 bytes"));
	assert_int_equal(f->count, 1);
	world_free(w);
	w = office(); /* what is lost is not hashed, but told */
	world_open(w, 2, pc, web);
	world_say(w, 3, pc, web, 2, REQUEST("/a.jpg", "www.shop.example", ""));
	world_say(w, 4, web, pc, 100, head);
	world_run(w);
	f = world_find(w, "download");
	assert_non_null(f);
	assert_null(strstr(f->reasons, "SHA-256"));
	world_free(w);
}

static void what_looks_like_a_head_inside_a_file_is_none(void **state)
{
	(void)state;
	struct world *w = office();
	const char head[] = "HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\nMZ";
	world_open(w, 2, pc, tls);
	world_say(w, 3, pc, tls, 2,
		  REQUEST("/setup.exe", "www.shop.example", "User-Agent: a\r\nAccept: x\r\n"));
	world_say(w, 4, tls, pc, 100, head);
	world_say(w, 5, tls, pc, (uint32_t)(100 + sizeof(head) - 1),
		  "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\nMZ");
	world_run(w);
	const struct seen *f = world_find(w, "download");
	assert_true(!f || f->severity < SEVERITY_HIGH);
	world_free(w);
}

static void one_false_browser_alone_is_not_told(void **state)
{
	(void)state;
	struct world *w = office();
	world_talk(w, 2, pc, web, REQUEST("/", "www.shop.example", "User-Agent: " BROWSER "\r\n"),
		   "ok");
	world_run(w);
	assert_int_equal(w->n, 0);
	world_free(w);
}

static void a_false_browser_on_the_wrong_port_is_told(void **state)
{
	(void)state;
	struct world *w = office();
	world_talk(w, 2, pc, tls, REQUEST("/", "203.0.113.8", "User-Agent: " BROWSER "\r\n"), "ok");
	world_run(w);
	const struct seen *f = world_find(w, "odd_call");
	assert_non_null(f);
	assert_int_equal(f->severity, SEVERITY_MEDIUM);
	assert_string_equal(f->peer, "203.0.113.8:443");
	assert_null(world_find(w, "host_story")); /* one thing alone is no story */
	world_free(w);
}

static void two_things_make_a_story(void **state)
{
	(void)state;
	struct world *w = office();
	world_talk(w, 2, pc, tls, REQUEST("/", "203.0.113.8", "User-Agent: " BROWSER "\r\n"), "ok");
	world_talk(w, 3, (struct end){ 1, pc.ip, 50002 }, web,
		   REQUEST("/a.jpg", "www.shop.example", ""),
		   REPLY("application/octet-stream", "MZ"));
	world_run(w);
	const struct seen *f = world_find(w, "host_story");
	assert_non_null(f);
	assert_int_equal(f->severity, SEVERITY_HIGH); /* 75 and 80 points, of two kinds */
	assert_string_equal(f->device, "192.0.2.10");
	assert_non_null(strstr(f->story, "host_story/02:00:00:00:00:01/"));
	world_free(w);
}

static void names_drawn_by_lot_are_told_apart(void **state)
{
	static const char *const drawn[] = { "3f9c04ab.example", "xkqzvwtrplm.example",
					     "qhdtwrksvbnm.example" };
	static const char *const chosen[] = { "facade.example", "thunderbolt.example",
					      "strengthen.example", "deadbeef.example",
					      "2020news.example" };
	(void)state;
	struct thresholds t;
	thresholds_init(&t);
	for (size_t i = 0; i < sizeof(drawn) / sizeof(drawn[0]); i++)
		assert_true(name_is_random(name_registered(str_of(drawn[i])), &t));
	for (size_t i = 0; i < sizeof(chosen) / sizeof(chosen[0]); i++)
		assert_false(name_is_random(name_registered(str_of(chosen[i])), &t));
	assert_true(str_eq(name_registered(STR("a.b.shop.example")), STR("shop.example")));
	assert_true(str_eq(name_registered(STR("www.minato.co.jp")), STR("minato.co.jp")));
	assert_true(str_eq(name_registered(STR("localhost")), STR("localhost")));
}

static void heads_are_read_as_far_as_they_go(void **state)
{
	(void)state;
	struct http_message m;
	const char post[] =
		"POST /x HTTP/1.1\r\nhost: a.example:81\r\nContent-Length: 7\r\n\r\nabc";
	const char cut[] = "HTTP/1.1 404 Not Found\r\nServer: x";
	assert_int_equal(http_parse(rd_of(post, sizeof(post) - 1), &m), 0);
	assert_true(m.whole && !m.response && m.length == 7 && m.body.n == 3);
	assert_true(str_eq(m.host, STR("a.example:81")) && str_eq(m.target, STR("/x")));
	assert_int_equal(http_parse(rd_of(cut, sizeof(cut) - 1), &m), 0);
	assert_true(m.response && !m.whole && m.status == 404);
	assert_true(http_parse(rd_of("HTTP/1.1 abc\r\n", 14), &m) < 0);
	assert_true(http_parse(rd_of("GET nothing\r\n", 13), &m) < 0);
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(a_dressed_program_is_grave),
		cmocka_unit_test(a_listed_url_is_told),
		cmocka_unit_test(a_listed_file_is_told),
		cmocka_unit_test(what_says_what_it_is_passes),
		cmocka_unit_test(a_script_without_a_name_is_told),
		cmocka_unit_test(a_tool_that_names_itself_does_not_pose),
		cmocka_unit_test(a_name_anybody_can_take_buys_no_silence_in_the_story),
		cmocka_unit_test(documents_that_act_like_programs_are_told),
		cmocka_unit_test(files_are_known_by_their_first_bytes),
		cmocka_unit_test(files_that_start_programs_are_known_too),
		cmocka_unit_test(what_comes_compressed_is_unpacked),
		cmocka_unit_test(a_file_in_ranges_is_one_file),
		cmocka_unit_test(a_disk_image_is_told_by_where_it_comes_from),
		cmocka_unit_test(a_file_is_hashed_to_its_end),
		cmocka_unit_test(what_looks_like_a_head_inside_a_file_is_none),
		cmocka_unit_test(one_false_browser_alone_is_not_told),
		cmocka_unit_test(a_false_browser_on_the_wrong_port_is_told),
		cmocka_unit_test(two_things_make_a_story),
		cmocka_unit_test(names_drawn_by_lot_are_told_apart),
		cmocka_unit_test(heads_are_read_as_far_as_they_go),
	};
	return cmocka_run_group_tests(t, NULL, NULL);
}
