/* SPDX-License-Identifier: Apache-2.0 */
/* What other programs saw is judged by the rules for what we see: records in the forms that
 * Suricata
 * ("Eve JSON Format") and Zeek (its book of logs) publish, with addresses of the documentation. */
#include <stdlib.h>
#include <string.h>

#include "probe/story/story.h"
#include "probe/test_world.h"

static char home[] = "192.0.2.0/24";

/* LINE, TIMES times; to be freed. */
static char *repeated(const char *line, int times)
{
	struct buf b;

	buf_init(&b, 0);
	for (int i = 0; i < times; i++)
		buf_add(&b, line, strlen(line));
	buf_add(&b, "", 1);
	return b.p;
}

static struct world *hear(const char *lines, const char *list)
{
	struct world *w = world_new();
	static char path[TEST_DIR_MAX + 8];

	w->config.home = home;
	if (list) {
		(void)snprintf(path, sizeof(path), "%s/list", w->dir);
		assert_int_equal(file_write(path, 0600, list, strlen(list), NULL), 0);
		w->config.indicators = path;
	}
	w->told = lines;
	world_hear(w);
	return w;
}

#define EVE(type, dst, port, more)                                                                 \
	"{\"timestamp\":\"2023-11-14T22:15:00.000000+0000\",\"flow_id\":412547343494194,"          \
	"\"event_type\":\"" type "\",\"src_ip\":\"192.0.2.10\",\"src_port\":49324,\"dest_ip\":"    \
	"\"" dst "\",\"dest_port\":" port ",\"proto\":\"TCP\"," more "}\n"
#define ZEEK(dst, port, more)                                                                      \
	"{\"ts\":1700000100.106,\"uid\":\"CR7Vww4LuLkMzi4jMd\",\"id.orig_h\":\"192.0.2.10\","      \
	"\"id.orig_p\":49238,\"id.resp_h\":\"" dst "\",\"id.resp_p\":" port "," more "}\n"

#define BAD_URL "http://downloads.example/this/is/test.tar.gz\n"

static void assert_bad(const char *lines, const char *list)
{
	struct world *w = hear(lines, list);
	const struct seen *f = world_find(w, "known_bad");

	if (!f)
		fail_msg("not found: %s", lines);
	assert_string_equal(f->device, "192.0.2.10");
	assert_int_equal(f->severity, SEVERITY_CRITICAL);
	world_free(w);
}

static void a_url_that_others_saw_is_looked_up(void **state)
{
	(void)state;
	assert_bad(EVE("http", "203.0.113.7", "1337",
		       "\"http\":{\"http_port\":1337,\"hostname\":\"downloads.example\",\"url\":"
		       "\"\\/this\\/is\\/test.tar.gz\",\"http_user_agent\":\"x\","
		       "\"http_content_type\":\"application\\/x-gzip\"}"),
		   BAD_URL);
	assert_bad(ZEEK("203.0.113.7", "80",
			"\"trans_depth\":1,\"method\":\"GET\",\"host\":\"downloads.example\","
			"\"uri\":\"/this/is/test.tar.gz\",\"version\":\"1.1\""),
		   BAD_URL);
	/* to a proxy the whole URL is said; the host of a whole URL is what counts */
	assert_bad(ZEEK("192.0.2.3", "3128",
			"\"trans_depth\":1,\"method\":\"GET\",\"host\":\"proxy\",\"uri\":"
			"\"http://downloads.example/this/is/test.tar.gz\",\"version\":\"1.1\""),
		   BAD_URL);
	struct world *w = hear(
		EVE("http", "203.0.113.7", "80",
		    "\"http\":{\"hostname\":\"downloads.example\",\"url\":\"/this/is/other\"}"),
		BAD_URL);
	assert_null(world_find(w, "known_bad")); /* its neighbour is not listed */
	world_free(w);
}

#define SHA1_LIST   "cert,8f511206a0cc4ecde8a38b38f88759e5af95cacd\n"
#define SHA256_LIST "cert,bd40be0eccfce513ab318882f03962e4e2ec3799b51392e82805d9249e426d28\n"

static void a_certificate_that_others_saw_is_looked_up(void **state)
{
	(void)state;
	assert_bad(EVE("tls", "203.0.113.7", "443",
		       "\"tls\":{\"subject\":\"CN=a\",\"issuerdn\":\"CN=b\",\"fingerprint\":"
		       "\"8f:51:12:06:a0:cc:4e:cd:e8:a3:8b:38:f8:87:59:e5:af:95:ca:cd\",\"sni\":"
		       "\"a.example\",\"version\":\"TLS 1.2\"}"),
		   SHA1_LIST);
	assert_bad(ZEEK("203.0.113.7", "443",
			"\"version\":\"TLSv12\",\"cipher\":\"TLS_ECDHE_RSA\",\"server_name\":"
			"\"a.example\",\"resumed\":false,\"established\":true,\"cert_chain_fps\":["
			"\"bd40be0eccfce513ab318882f03962e4e2ec3799b51392e82805d9249e426d28\"]"),
		   SHA256_LIST);
	/* files.log of Zeek before its version 5 */
	assert_bad("{\"ts\":1700000100.9,\"fuid\":\"FBbQxG1GXLXgmWhbk9\",\"tx_hosts\":["
		   "\"203.0.113.7\"],\"rx_hosts\":[\"192.0.2.10\"],\"source\":\"SSL\","
		   "\"mime_type\":\"application/x-x509-user-cert\",\"is_orig\":false,\"sha1\":"
		   "\"8f511206a0cc4ecde8a38b38f88759e5af95cacd\"}\n",
		   SHA1_LIST);
}

#define TREE(path)                                                                                 \
	ZEEK("192.0.2.30", "445",                                                                  \
	     "\"path\":\"\\\\\\\\admin-pc\\\\" path "\",\"share_type\":\"DISK\"")

static void work_on_other_computers_is_judged_as_if_we_had_seen_it(void **state)
{
	(void)state;
	struct world *w =
		hear(TREE("c$") ZEEK("192.0.2.30", "445",
				     "\"action\":\"SMB::FILE_WRITE\",\"path\":"
				     "\"\\\\\\\\admin-pc\\\\c$\",\"name\":\"temp\\\\tool.EXE\","
				     "\"size\":804352"),
		     NULL);
	const struct seen *f = world_find(w, "lateral");
	assert_non_null(f);
	assert_string_equal(f->device, "192.0.2.10");
	assert_string_equal(f->peer, "192.0.2.30:445");
	assert_int_equal(f->severity, SEVERITY_MEDIUM);
	assert_non_null(strstr(f->reasons, "temp\\tool.exe"));
	world_free(w);
	w = hear(TREE("admin$")
			 ZEEK("192.0.2.30", "445",
			      "\"rtt\":0.0003,\"named_pipe\":\"\\\\pipe\\\\ntsvcs\",\"endpoint\":"
			      "\"svcctl\",\"operation\":\"CreateServiceW\""),
		 NULL);
	f = world_find(w, "lateral");
	assert_non_null(f);
	assert_int_equal(f->severity, SEVERITY_HIGH);
	world_free(w);
	/* the same as Suricata tells it */
	w = hear(EVE("smb", "192.0.2.30", "445",
		     "\"smb\":{\"id\":3,\"dialect\":\"2.10\",\"command\":"
		     "\"SMB2_COMMAND_TREE_CONNECT\",\"status\":\"STATUS_SUCCESS\",\"share\":"
		     "\"\\\\\\\\admin-pc\\\\c$\",\"share_type\":\"FILE\"}")
			 EVE("smb", "192.0.2.30", "445",
			     "\"smb\":{\"id\":53,\"command\":\"SMB2_COMMAND_WRITE\",\"status\":"
			     "\"STATUS_SUCCESS\",\"dcerpc\":{\"request\":\"BIND\",\"response\":"
			     "\"BINDACK\",\"interfaces\":[{\"uuid\":"
			     "\"367abb81-9844-35f1-ad32-98f038001003\",\"version\":\"2.0\","
			     "\"ack_result\":0,\"ack_reason\":0}],\"call_id\":2}}")
				 EVE("smb", "192.0.2.30", "445",
				     "\"smb\":{\"id\":54,\"command\":\"SMB2_COMMAND_IOCTL\","
				     "\"status\":\"STATUS_SUCCESS\",\"dcerpc\":{\"request\":"
				     "\"REQUEST\",\"response\":\"RESPONSE\",\"opnum\":12,"
				     "\"call_id\":3}}"),
		 NULL);
	f = world_find(w, "lateral");
	assert_non_null(f);
	assert_int_equal(f->severity, SEVERITY_HIGH);
	world_free(w);
}

static void ordinary_use_of_files_is_nothing(void **state)
{
	(void)state;
	struct world *w =
		hear(TREE("public") ZEEK("192.0.2.30", "445",
					 "\"action\":\"SMB::FILE_OPEN\",\"path\":"
					 "\"\\\\\\\\admin-pc\\\\public\",\"name\":\"setup.exe\"")
			     ZEEK("192.0.2.30", "445",
				  "\"endpoint\":\"samr\",\"operation\":\"SamrConnect5\""),
		     NULL);
	assert_int_equal(w->n, 0);
	world_free(w);
}

#define KRB_FAILED                                                                                 \
	ZEEK("192.0.2.5", "88",                                                                    \
	     "\"request_type\":\"AS\",\"client\":\"sato/CORP\",\"service\":\"krbtgt/CORP\","       \
	     "\"success\":false,\"error_msg\":\"KDC_ERR_PREAUTH_FAILED\",\"forwardable\":true")
#define KRB_EVE                                                                                    \
	EVE("krb5", "192.0.2.5", "88",                                                             \
	    "\"krb5\":{\"msg_type\":\"KRB_ERROR\",\"failed_request\":\"KRB_AS_REQ\","              \
	    "\"error_code\":\"KDC_ERR_PREAUTH_FAILED\",\"cname\":\"<empty>\",\"realm\":"           \
	    "\"<empty>\",\"sname\":\"krbtgt/CORP\",\"encryption\":\"<none>\"}")

/* What is found of so many such lines. */
static struct world *hear_again(const char *line, int times)
{
	char *lines = repeated(line, times);
	struct world *w = hear(lines, NULL);

	free(lines);
	w->told = NULL;
	return w;
}

static void refused_log_ons_are_counted_as_tries(void **state)
{
	(void)state;
	struct world *w = hear_again(KRB_FAILED KRB_EVE, 8);
	const struct seen *f = world_find(w, "brute_force");
	assert_non_null(f);
	assert_string_equal(f->device, "192.0.2.10");
	assert_int_equal(f->severity, SEVERITY_MEDIUM);
	assert_non_null(strstr(f->reasons, "Kerberos"));
	world_free(w);
	w = hear_again(KRB_FAILED, 5); /* somebody mistyped */
	assert_int_equal(w->n, 0);
	world_free(w);
	/* being asked for a proof is how each log-on begins */
	w = hear_again(ZEEK("192.0.2.5", "88",
			    "\"request_type\":\"AS\",\"success\":false,\"error_msg\":"
			    "\"KDC_ERR_PREAUTH_REQUIRED\""),
		       40);
	assert_int_equal(w->n, 0);
	world_free(w);
	w = hear_again(EVE("smb", "192.0.2.30", "445",
			   "\"smb\":{\"command\":\"SMB2_COMMAND_SESSION_SETUP\",\"status\":"
			   "\"STATUS_LOGON_FAILURE\",\"status_code\":\"0xc000006d\"}"),
		       16);
	assert_non_null(world_find(w, "brute_force"));
	world_free(w);
}

static void odd_tls_that_others_saw_is_odd(void **state)
{
	(void)state;
	struct world *w =
		hear(ZEEK("203.0.113.7", "8444",
			  "\"version\":\"TLSv10\",\"cipher\":\"TLS_RSA\",\"established\":true,"
			  "\"validation_status\":\"self signed certificate\",\"subject\":\"CN=x\","
			  "\"issuer\":\"CN=x\""),
		     NULL);
	const struct seen *f = world_find(w, "odd_call");
	assert_non_null(f);
	assert_int_equal(f->severity, SEVERITY_MEDIUM);
	world_free(w);
	/* an ordinary site, and a printer inside */
	w = hear(EVE("tls", "203.0.113.8", "443",
		     "\"tls\":{\"subject\":\"CN=*.a.example\",\"issuerdn\":\"CN=ca\",\"sni\":"
		     "\"www.a.example\",\"version\":\"TLS 1.2\"}")
			 ZEEK("192.0.2.40", "8444",
			      "\"version\":\"TLSv10\",\"cipher\":\"TLS_RSA\",\"established\":"
			      "true,\"subject\":\"CN=x\",\"issuer\":\"CN=x\""),
		 NULL);
	assert_int_equal(w->n, 0);
	world_free(w);
}

#define MISMATCH                                                                                   \
	EVE("anomaly", "203.0.113.7", "443",                                                       \
	    "\"app_proto\":\"tls\",\"anomaly\":{\"type\":\"applayer\",\"event\":"                  \
	    "\"APPLAYER_MISMATCH_PROTOCOL_BOTH_DIRECTIONS\",\"layer\":\"proto_detect\"}")
#define ATTEMPT                                                                                    \
	EVE("alert", "203.0.113.7", "443",                                                         \
	    "\"alert\":{\"action\":\"allowed\",\"gid\":1,\"signature_id\":7,\"signature\":"        \
	    "\"A test\",\"category\":\"A Network Trojan was detected\",\"severity\":1}")

static void an_anomaly_counts_only_with_others(void **state)
{
	(void)state;
	struct world *w = hear(MISMATCH, NULL);
	assert_int_equal(w->n, 0);
	world_free(w);
	w = hear(ATTEMPT MISMATCH, NULL);
	const struct seen *f = world_find(w, "host_story");
	assert_non_null(f); /* it makes the story of the alarm */
	assert_non_null(strstr(f->reasons, "MISMATCH"));
	world_free(w);
}

static void a_finding_keeps_the_name_that_others_give_the_connection(void **state)
{
	(void)state;
	struct world *w = hear(ATTEMPT, NULL);
	assert_non_null(strstr(world_find(w, "ids_alert")->evidence, "community_id=1:"));
	world_free(w);
	w = hear(EVE("alert", "203.0.113.7", "443",
		     "\"community_id\":\"1:LQU9qZlK+B5F3KDmev6m5PMibrg=\",\"alert\":{\"action\":"
		     "\"allowed\",\"signature_id\":7,\"signature\":\"A test\",\"category\":"
		     "\"A Network Trojan was detected\",\"severity\":1}"),
		 NULL);
	assert_non_null(strstr(world_find(w, "ids_alert")->evidence,
			       "community_id=1:LQU9qZlK+B5F3KDmev6m5PMibrg="));
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_url_that_others_saw_is_looked_up),
		cmocka_unit_test(a_certificate_that_others_saw_is_looked_up),
		cmocka_unit_test(work_on_other_computers_is_judged_as_if_we_had_seen_it),
		cmocka_unit_test(ordinary_use_of_files_is_nothing),
		cmocka_unit_test(refused_log_ons_are_counted_as_tries),
		cmocka_unit_test(odd_tls_that_others_saw_is_odd),
		cmocka_unit_test(an_anomaly_counts_only_with_others),
		cmocka_unit_test(a_finding_keeps_the_name_that_others_give_the_connection),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
