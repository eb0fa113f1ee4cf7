/* SPDX-License-Identifier: Apache-2.0 */
/* The figures of all detectors and their reasons. doc/detection.md shows the same rows; a test
 * holds the two together. */
#include "probe/detect/thresholds.h"

#include "base/mem.h"

#define KIND(field)                                                                                \
	_Generic(((struct thresholds *)0)->field, uint64_t                                         \
		 : THRESHOLD_COUNT, int64_t                                                        \
		 : THRESHOLD_TIME, double                                                          \
		 : THRESHOLD_NUMBER)
#define ROW_OF(label, field, ...)                                                                  \
	{                                                                                          \
		label, __VA_ARGS__, KIND(field), offsetof(struct thresholds, field)                \
	}
#define ROW(field, ...) ROW_OF(#field, field, __VA_ARGS__)
/* A time: in seconds here, in microseconds where it is read. */
#define TIME(detector, field, ...)                                                                 \
	ROW_OF(#detector "." #field, detector.field##_us, "s", __VA_ARGS__)

/* Name, unit, initial, lowest and highest value, reason. */
const struct threshold thresholds_table[] = {
	ROW(arp_spoof.changes_min, "changes", 4, 2, 100,
	    "a new lease changes hands once, four times is there and back twice"),
	TIME(arp_spoof, rest, 600, 60, 86400, "a quarrel repeats its claim each minute or oftener"),

	ROW(beacon.calls_min, "calls", 6, 3, 64,
	    "a fresh infection has few calls, and fewer than six show no rhythm"),
	TIME(beacon, merge, 1, 0.1, 60,
	     "starts closer together are retries, or the parallel connections of one visit"),
	TIME(beacon, lasted, 480, 30, 86400,
	     "a series that lasted so long shows that nobody merely waited for something"),
	ROW(beacon.weight_regular, "share", 0.4, 0.1, 1, "steady intervals say most"),
	ROW(beacon.weight_alike, "share", 0.2, 0, 1,
	    "the same bytes each time say that a program asks the same question"),
	ROW(beacon.weight_even, "share", 0.2, 0, 1, "a person works in bursts"),
	ROW(beacon.weight_lasting, "share", 0.2, 0, 1,
	    "what ended long ago was perhaps only a visit"),
	ROW(beacon.no_name, "score", 0.10, 0, 0.5, "honest services are called by name"),
	ROW(beacon.odd_port, "score", 0.05, 0, 0.5, "games and devices use odd ports too"),
	ROW(beacon.new_place, "score", 0.05, 0, 0.5,
	    "new software calls new places too; counts when learning is over"),
	ROW(beacon.unanswered, "score", 0.10, 0, 0.5,
	    "programs ask for switched-off machines at regular times"),
	TIME(beacon, update_check, 3600, 600, 86400,
	     "updates are looked for each hour or more rarely"),
	ROW(beacon.update_check_less, "score", 0.20, 0, 0.5,
	    "a rare call to a named place on a common port is what updates look like"),
	ROW(beacon.common_less, "score", 0.30, 0, 0.6,
	    "what much of the network calls is the office's own"),
	ROW(beacon.callers_common, "devices", 3, 1, 64,
	    "two computers can be infected by the same mail"),
	ROW(beacon.common_share, "share", 0.25, 0.05, 1,
	    "a quarter of a network uses the same service, seldom the same malware"),
	TIME(beacon, setup, 300, 30, 7200,
	     "an app that is set up calls its maker a few times in a row"),
	TIME(beacon, burst, 20, 2, 600, "a shorter series is one action, however regular"),
	ROW(beacon.tell_from, "score", 0.65, 0.3, 0.95,
	    "below, regularity is common among honest programs"),
	ROW(beacon.low_from, "score", 0.75, 0.4, 1.1, "regular, but spread or short"),
	ROW(beacon.medium_from, "score", 0.85, 0.5, 1.2,
	    "regular, alike and lasting, to a place that is not common"),
	ROW(beacon.high_from, "score", 0.95, 0.55, 1.35, "all that and something odd beside it"),

	ROW(brute_force.refusals_min, "refusals", 15, 5, 1000,
	    "a person gives up after three to five"),
	ROW(brute_force.refusals_many, "refusals", 50, 10, 10000,
	    "a forgotten password in a mail program rarely comes so far"),
	ROW(brute_force.short_min, "sessions", 20, 5, 1000,
	    "a short session is weaker than a refusal that can be read"),
	ROW(brute_force.short_many, "sessions", 60, 10, 10000, "three times the least"),
	ROW(brute_force.short_bytes, "bytes", 6000, 1000, 100000,
	    "greeting, keys and a few refusals"),
	TIME(brute_force, short, 30, 2, 600,
	     "a server that delays its refusals takes so long for three"),
	TIME(brute_force, rest, 600, 10, 86400, "after it attempts are counted anew"),

	ROW(cleartext.typed_bytes, "bytes", 16, 4, 1000,
	    "a name and a password on Telnet are so much"),
	ROW(cleartext.answered_bytes, "bytes", 64, 10, 10000,
	    "a device that answers with more than its greeting was logged on to"),

	ROW(dga.names_min, "domains", 10, 4, 500, "typing errors are few"),
	ROW(dga.names_many, "domains", 30, 10, 5000, "no search for a mistyped name goes so far"),
	ROW(dga.alike_length, "letters", 12, 6, 40, "short words are often of one length"),
	TIME(dga, rest, 3600, 60, 86400, "after it missing domains are counted anew"),
	ROW(dga.random_share, "share", 0.4, 0.1, 1,
	    "blocked advertisements and typing errors are words"),
	ROW(dga.alike_share, "share", 0.8, 0.3, 1, "a generator gives all its names one length"),

	ROW(dns_tunnel.strange_min, "names", 30, 5, 1000,
	    "office software asks for a short list of record kinds"),
	ROW(dns_tunnel.carrier_min, "names", 100, 20, 10000,
	    "mail filters ask for texts too, but for fewer"),
	ROW(dns_tunnel.carrier_length, "letters", 24, 8, 200,
	    "names by which data travels are as long as they can be"),
	ROW(dns_tunnel.plain_min, "names", 300, 50, 10000,
	    "content networks and virus scanners ask for many names of one domain"),
	ROW(dns_tunnel.plain_length, "letters", 30, 10, 200,
	    "longer than the names of content networks"),
	TIME(dns_tunnel, rest, 3600, 60, 86400, "after it names are counted anew"),

	ROW(download.marks_min, "words", 2, 1, 10,
	    "one word of PowerShell stands in many pages about it"),

	ROW(icmp_tunnel.pings_min, "pings", 60, 10, 10000,
	    "a minute of pings, or seconds of a tunnel"),
	ROW(icmp_tunnel.bytes_min, "bytes", 6000, 500, 1000000,
	    "ordinary pings carry 32 or 56 each"),
	ROW(icmp_tunnel.sizes_min, "sizes", 6, 2, 60,
	    "who looks for the largest packet tries a few"),
	TIME(icmp_tunnel, rest, 600, 10, 86400, "after it pings are counted anew"),

	ROW(ids_alert.low_from, "points", 25, 5, 90, "as much as a low finding of our own"),
	ROW(ids_alert.medium_from, "points", 50, 10, 90, "as much as a medium finding of our own"),
	ROW(ids_alert.high_from, "points", 80, 20, 120, "as much as a high finding of our own"),
	ROW(ids_alert.from_outside, "share", 0.25, 0, 1,
	    "an attempt from outside: the whole Internet knocks at every door"),
	ROW(ids_alert.unsaid, "share", 0.6, 0.1, 1, "confidence when the other program says none"),

	ROW(lateral.pieces_min, "pieces", 10, 3, 1000,
	    "an honest overlong request of SMB1 has two or three"),
	ROW(lateral.share_points, "points", 10, 0, 50,
	    "administrators open this share all the time"),
	ROW(lateral.odd_hour_points, "points", 25, 0, 50,
	    "as much as a low finding, when the computer was never active at this hour"),

	ROW(mail_out.servers_min, "servers", 10, 3, 500, "an office computer has one mail server"),
	ROW(mail_out.servers_many, "servers", 30, 5, 5000, "three times the least"),
	TIME(mail_out, rest, 600, 10, 86400, "after it servers are counted anew"),

	ROW(odd_call.medium_from, "points", 50, 20, 200,
	    "two strong signs, or three of the usual ones"),
	ROW(odd_call.clue_from, "points", 25, 5, 100, "two weak signs, or one that is not"),
	ROW(odd_call.clue_most, "points", 40, 5, 100, "a clue alone never makes a story"),
	ROW(odd_call.post_bytes, "bytes", 1000, 100, 1000000,
	    "a search or a log-on form is shorter"),
	ROW(odd_call.no_name, "points", 15, 0, 50,
	    "old programs and devices name no server either"),
	ROW(odd_call.not_looked_up, "points", 10, 0, 50,
	    "its answer may have been given before watching began"),
	ROW(odd_call.odd_port, "points", 15, 0, 50, "games and devices use odd ports too"),
	ROW(odd_call.unnamed_cert, "points", 20, 0, 60,
	    "home-made devices have such certificates too"),
	ROW(odd_call.old_tls, "points", 5, 0, 50, "shows where to look when worse is known"),
	ROW(odd_call.plain_on_tls, "points", 30, 0, 90,
	    "nothing honest speaks plain HTTP to this port"),
	ROW(odd_call.false_browser, "points", 35, 0, 90,
	    "every browser says what it accepts; programs that copy its name forget it"),
	ROW(odd_call.no_agent, "points", 10, 0, 50, "common by itself"),
	ROW(odd_call.posts, "points", 10, 0, 50, "common by itself"),
	ROW(odd_call.random_name, "points", 20, 0, 60, "errs on abbreviations"),
	ROW(odd_call.own_address, "points", 10, 0, 50, "a few honest programs ask for it"),
	ROW(odd_call.new_place, "points", 5, 0, 50, "people call new places each day"),
	ROW(odd_call.common_place, "points", -20, -60, 0,
	    "the office's own software may be odd, malware is seldom on every desk for weeks"),

	ROW(random_name.length_min, "letters", 8, 4, 20,
	    "shorter ones are too often abbreviations"),
	ROW(random_name.consonants_run, "letters", 6, 3, 20,
	    "English has five in a row in a few words"),
	ROW(random_name.vowel_share, "share", 0.2, 0.05, 0.4,
	    "languages in Latin letters have about two vowels in five letters"),

	ROW(scan.hosts_min, "hosts", 12, 4, 1000, "a person tries one or two in vain"),
	ROW(scan.ports_min, "ports", 12, 4, 1000, "a program tries two or three ports in vain"),
	ROW(scan.pings_min, "hosts", 12, 4, 1000, "a person pings a handful"),
	ROW(scan.arp_min, "addresses", 40, 10, 1000,
	    "devices look for a few that are switched off"),
	ROW(scan.many, "targets", 100, 20, 8000,
	    "no list of one's own machines that failed is so long"),
	ROW(scan.pings_each, "pings", 4, 1, 100,
	    "who pings oftener watches machines that he knows"),
	ROW(scan.failed_times, "times", 2, 0.5, 20,
	    "where most attempts succeed the rest is bad luck"),
	ROW(scan.answered_share, "share", 0.8, 0.2, 1,
	    "pings of hosts that are all there are an inventory"),
	TIME(scan, rest, 600, 10, 86400, "a sweep that rests so long begins anew"),

	TIME(story, half_life, 86400, 3600, 2592000,
	     "weekly jobs never add up, an intrusion of one working day does"),
	ROW(story.low, "points", 25, 1, 100, "two low findings make a medium one"),
	ROW(story.medium, "points", 50, 1, 100, "as much as the line of a medium story"),
	ROW(story.high, "points", 80, 1, 150, "a high one needs a little more to become graver"),
	ROW(story.medium_from, "points", 50, 10, 200, "two low findings, or one and clues"),
	ROW(story.high_from, "points", 90, 20, 400, "a medium finding and most of another"),
	ROW(story.critical_from, "points", 150, 30, 800, "nothing that one detector says alone"),
	ROW(story.critical_kinds, "kinds", 3, 1, 10, "critical wants things that differ"),
	ROW(story.more_from, "points", 4, 0, 50,
	    "one thing alone is told by its own detector, not twice"),
	ROW(story.counts_from, "points", 1, 0, 20,
	    "a clue that has faded below says nothing any more"),

	ROW(upload.hours_min, "hours", 24, 4, 720,
	    "a device's own past; nothing is said without one"),
	ROW(upload.bytes_min, "bytes", 524288000, 1048576, 1e13,
	    "a film or a set of drawings is less"),
	ROW(upload.times_usual, "times", 10, 2, 1000,
	    "a backup that grew is not ten times as large"),
};
const size_t thresholds_count = ARRAY_LEN(thresholds_table);
