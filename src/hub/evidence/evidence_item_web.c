/* SPDX-License-Identifier: Apache-2.0 */
/* One piece of evidence: its chain of custody, its bytes, its packets. Bytes are never shown, only
 * handed out to be kept. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/csv.h"
#include "base/mem.h"
#include "base/str.h"
#include "hub/accounts/accounts.h"
#include "hub/evidence/evidence_files.h"
#include "hub/evidence/evidence_view.h"
#include "hub/evidence/evidence_web.h"
#include "hub/evidence_tmpl.h"
#include "hub/live.h"

#define VIEW_AGAIN_US US_PER_HOUR

static int page_of(struct call *c, int status, struct evidence_item_page *p)
{
	struct buf b = { 0 };
	struct tmpl tm = call_tmpl(c, &b);

	tmpl_evidence_item(&tm, p);
	return call_page(c, status, "evidence.page_title", p->c.number, "/cases", &b);
}

int evidence_item_show(struct call *c)
{
	struct evidence_item_page p = { 0 };
	int r = evidence_view_one(c, &p);

	if (r < 0)
		return r;
	accounts_saw(
		c, &(struct accounts_seen_thing){ SEEN_FILE, p.l.i.id, p.c.company_id, p.l.shown });
	return c->wants_json ? evidence_view_one_json(c, &p) : page_of(c, 200, &p);
}

int evidence_item_sheet(struct call *c)
{
	struct evidence_item_page p = { 0 };
	struct buf b = { 0 };
	int r = evidence_view_one(c, &p);

	if (r < 0 || c->wants_json)
		return r < 0 ? r : evidence_view_one_json(c, &p);
	struct tmpl tm = call_tmpl(c, &b);
	tmpl_evidence_sheet(&tm, &p);
	return call_page(c, 200, "evidence.page_title", p.c.number, "/cases", &b);
}

int evidence_item_csv(struct call *c)
{
	static const char *const head[] = {
		"evidence.csv.seq",    "evidence.custody",     "evidence.custody.at",
		"evidence.csv.rec",    "evidence.csv.who",     "evidence.custody.from",
		"evidence.custody.to", "evidence.custody.why", "evidence.seal",
		"evidence.hash",       "evidence.csv.result",  "evidence.csv.prev",
		"evidence.csv.hash",
	};
	struct evidence_item_page p = { 0 };
	struct buf b = { 0 };
	int r = evidence_view_one(c, &p);

	if (r < 0)
		return r;
	call_csv_head(c, &b, head, ARRAY_LEN(head));
	for (size_t i = 0; i < p.n_custody; i++) {
		const struct evidence_custody *k = &p.custody[i].k;
		char at[TIME_TEXT_MAX], recorded[TIME_TEXT_MAX];
		const char *cell[] = { arena_printf(c->arena, "%" PRId64, k->seq),
				       call_text(c, p.custody[i].kind_key, NULL, 0),
				       time_format(k->at_us, at, sizeof(at)),
				       time_format(k->recorded_us, recorded, sizeof(recorded)),
				       k->person_name,
				       k->from,
				       k->to,
				       k->why,
				       k->seal,
				       k->sha256,
				       k->result,
				       k->prev_hash,
				       k->hash };
		csv_line(&b, cell, ARRAY_LEN(cell));
	}
	return call_csv(c, "custody.csv", &b);
}

/* Ends a change of one item, or shows it again with what was wrong. */
static int finish(struct call *c, struct txn **t, int r, const struct evidence_item_page *p)
{
	if (r >= 0)
		r = txn_commit(t, &c->err);
	if (r >= 0) {
		live_publish(c->hub, "case", p->c.company_id, p->c.id);
		return call_done(c, "evidence.saved", "/cases/%s/evidence/%s", c->param[0],
				 c->param[1]);
	}
	if (r != -EINVAL || c->wants_json)
		return r;
	struct evidence_item_page again = { .error = arena_strdup(c->arena, c->err.text) };
	txn_rollback(t);
	return (r = evidence_view_one(c, &again)) < 0 ? r : page_of(c, 400, &again);
}

static int form_problem(struct call *c, const struct form *f)
{
	return form_ok(f) ? 0 : err_set(&c->err, -EINVAL, "%s", f->errors[0].text);
}

static struct evidence_step step_of(struct form *f)
{
	return (struct evidence_step){
		.kind = form_text(f, "kind", false, 20),
		.from = form_text(f, "from", false, 200),
		.to = form_text(f, "to", false, 200),
		.why = form_text(f, "why", false, EVIDENCE_NOTE_CHARS),
		.seal = form_text(f, "seal", false, 100),
		.place = form_text(f, "place", false, 200),
		.at_us = form_time(f, "at", false),
		.seen = http_form(f->call->req, "seen") ? form_int(f, "seen", false, 0, INT64_MAX)
							: -1,
	};
}

/* What a person may write by hand; the rest is written by what happens. */
static int by_hand(struct call *c, const struct evidence_step *s)
{
	static const char *const kinds[] = { "handed", "received", "returned", "noted" };

	if (evidence_rules_one_of(s->kind, kinds, ARRAY_LEN(kinds)))
		return 0;
	return err_set(&c->err, -EINVAL, "choose what was done with the evidence");
}

int evidence_item_step(struct call *c)
{
	struct form f = form_of(c);
	struct evidence_item_page p = { 0 };
	const struct evidence_step step = step_of(&f);
	int r = evidence_view_one(c, &p);

	if (r < 0)
		return r;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	r = t ? form_problem(c, &f) : c->err.code;
	if (r >= 0)
		r = by_hand(c, &step);
	if (r >= 0)
		r = evidence_handled(t, c->user, p.l.i.id, &step, c->now_us, &c->err);
	return finish(c, &t, r, &p);
}

int evidence_item_tlp(struct call *c)
{
	struct form f = form_of(c);
	const char *tlp = form_text(&f, "tlp", false, 20);
	struct evidence_item_page p = { 0 };
	int r = evidence_view_one(c, &p);

	if (r < 0)
		return r;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	r = t ? evidence_tlp(t, c->user, p.l.i.id, tlp, &c->err) : c->err.code;
	return finish(c, &t, r, &p);
}

int evidence_item_verify(struct call *c)
{
	struct evidence_item_page p = { 0 };
	const char *result;
	int r = evidence_view_one(c, &p);

	if (r < 0)
		return r;
	if (strcmp(p.l.i.state, "kept") != 0)
		return err_set(&c->err, -ECONFLICT, "this evidence is not here any more");
	const struct evidence_asker by = { c->user, p.c.company_id };
	r = evidence_recheck(c->hub, &by, p.l.i.sha256, &result, &c->err);
	if (r < 0)
		return r;
	live_publish(c->hub, "case", p.c.company_id, p.c.id);
	return call_done(c,
			 strcmp(result, "matches") == 0 ? "evidence.verified.same"
							: "evidence.verified.bad",
			 "/cases/%s/evidence/%s", c->param[0], c->param[1]);
}

int evidence_item_destroy(struct call *c)
{
	struct form f = form_of(c);
	struct evidence_item_page p = { 0 };
	struct evidence_step step = step_of(&f);
	struct evidence_end end = { .bytes = false };
	int r = evidence_view_one(c, &p);

	if (r < 0)
		return r;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	r = t ? form_problem(c, &f) : c->err.code;
	if (r >= 0)
		r = evidence_destroy(t, c->hub, c->user, p.l.i.id, &step, c->now_us, &end, &c->err);
	bool tried = r >= 0;
	int done = tried ? txn_commit(&t, &c->err) : r;
	if (tried)
		evidence_destroy_finish(c->hub, &end, done);
	if (tried && done >= 0) {
		live_publish(c->hub, "case", p.c.company_id, p.c.id);
		return call_done(c, "evidence.saved", "/cases/%s/evidence/%s", c->param[0],
				 c->param[1]);
	}
	return finish(c, &t, done, &p);
}

/* --- bytes --- */

int evidence_item_ask(struct call *c)
{
	struct evidence_item_page p = { .confirm = true };
	int r = evidence_view_one(c, &p);

	return r < 0 ? r : page_of(c, 200, &p);
}

void evidence_send(struct call *c, const struct evidence_item *i, int fd)
{
	SCOPED_BUF struct buf name = { 0 };

	evidence_name_disposition(i->name, &name);
	c->res->status = 200;
	c->res->type = "application/octet-stream";
	c->res->file = true;
	c->res->file_fd = fd;
	c->res->file_size = (uint64_t)i->size_bytes;
	http_res_header(c->res, "Content-Disposition", name.p);
	/* Beside the hub's own policy: both hold, and this one lets nothing run (CSP 3, 3.1). */
	http_res_header(c->res, "Content-Security-Policy", "sandbox; default-src 'none'");
	http_res_header(c->res, "X-Content-Type-Options", "nosniff");
}

int evidence_item_download(struct call *c)
{
	struct form f = form_of(c);
	const struct evidence_step step = { .kind = "downloaded",
					    .why = form_text(&f, "why", false, 500),
					    .seen = -1 };
	struct evidence_item_page p = { 0 };
	int r = evidence_view_one(c, &p);

	if (r < 0)
		return r;
	if (p.l.i.dangerous && !http_form(c->req, "sure")) {
		p.confirm = true;
		return page_of(c, 400, &p);
	}
	SCOPED_FD int fd = evidence_open(c->hub, &p.l.i, &c->err);
	if (fd < 0)
		return fd;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	r = t ? evidence_handled(t, c->user, p.l.i.id, &step, c->now_us, &c->err) : c->err.code;
	if (r >= 0)
		r = txn_commit(&t, &c->err);
	if (r < 0)
		return r;
	int given = fd;
	fd = -1;
	evidence_send(c, &p.l.i, given);
	return 0;
}

/* --- packets --- */

/* One line an hour and person: turning pages is one look. */
static int viewed(struct call *c, const struct evidence_item_page *p)
{
	const struct evidence_step step = { .kind = "viewed", .seen = -1 };

	for (size_t i = p->n_custody; i-- > 0;)
		if (strcmp(p->custody[i].k.kind, "viewed") == 0 &&
		    p->custody[i].k.person_id == c->user->person_id &&
		    p->custody[i].k.recorded_us > c->now_us - VIEW_AGAIN_US)
			return 0;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	int r = t ? evidence_handled(t, c->user, p->l.i.id, &step, c->now_us, &c->err)
		  : c->err.code;
	return r < 0 ? r : txn_commit(&t, &c->err);
}

static int packets_json(struct call *c, const struct evidence_packets_page *p)
{
	struct buf b = { 0 };
	struct jsonw w = jsonw_of(&b);

	jsonw_object(&w, NULL);
	jsonw_text(&w, "state", p->state);
	jsonw_text(&w, "note", p->note);
	jsonw_text(&w, "end", p->t.end);
	jsonw_text(&w, "problem", p->t.problem);
	jsonw_int(&w, "packets", p->t.packets);
	jsonw_int(&w, "matches", p->t.matches);
	jsonw_array(&w, "rows");
	for (size_t i = 0; i < p->t.n_rows; i++) {
		const struct evidence_packet *k = &p->t.rows[i];
		jsonw_object(&w, NULL);
		jsonw_int(&w, "no", k->no);
		jsonw_int(&w, "time_us", k->time_us);
		jsonw_text(&w, "from", k->from);
		jsonw_text(&w, "to", k->to);
		jsonw_text(&w, "protocol", k->protocol);
		jsonw_text(&w, "what", k->what);
		jsonw_int(&w, "bytes", k->bytes);
		jsonw_end_object(&w);
	}
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	return call_json(c, &b);
}

static const char *packets_url(struct call *c, const struct evidence_packets_page *p, int64_t page)
{
	SCOPED_BUF struct buf q = { 0 };
	struct tmpl t = call_tmpl(c, &q);

	tmpl_url_text(&t, p->q);
	return arena_printf(c->arena,
			    "/cases/%s/evidence/%s/packets?q=%s&protocol=%s&page=%" PRId64,
			    c->param[0], c->param[1], q.p ? q.p : "", p->protocol, page);
}

static const struct {
	const char *value;
} protocols[] = { { "DNS" },  { "HTTP" },  { "TLS" },    { "QUIC" }, { "TCP" },
		  { "UDP" },  { "DHCP" },  { "ARP" },    { "ICMP" }, { "ICMPv6" },
		  { "mDNS" }, { "LLMNR" }, { "NetBIOS" } };

static void protocols_of(struct call *c, struct evidence_packets_page *p)
{
	p->n_protocols = ARRAY_LEN(protocols);
	p->protocols = arena_array(c->arena, p->n_protocols, sizeof(*p->protocols));
	for (size_t i = 0; i < p->n_protocols; i++)
		p->protocols[i] = (struct evidence_option){
			.value = protocols[i].value,
			.key = protocols[i].value,
			.chosen = strcmp(protocols[i].value, p->protocol) == 0,
		};
}

/* Packets lie closer together than the minutes that pages show. */
static void times_of(struct call *c, struct evidence_packets_page *p)
{
	const char sep = c->lang == LANG_JA ? '/' : '-';

	for (size_t i = 0; i < p->t.n_rows; i++) {
		int64_t us = p->t.rows[i].time_us, rest = us % US_PER_SEC;
		struct civil t = time_civil(us, (int)c->hub->conf.zone_min);
		p->t.rows[i].when =
			arena_printf(c->arena, "%04d%c%02d%c%02d %02d:%02d:%02d.%03d", t.year, sep,
				     t.month, sep, t.day, t.hour, t.minute, t.second,
				     (int)((rest < 0 ? rest + US_PER_SEC : rest) / 1000));
	}
}

static const char *known_protocol(const char *q)
{
	for (size_t i = 0; q && i < ARRAY_LEN(protocols); i++)
		if (strcmp(q, protocols[i].value) == 0)
			return protocols[i].value;
	return "";
}

int evidence_item_packets(struct call *c)
{
	struct evidence_item_page one = { 0 };
	const char *q = http_query(c->req, "q");
	int64_t page = call_query_int(c, "page", 1000, 1);
	struct buf b = { 0 };
	int r = evidence_view_one(c, &one);

	if (r < 0)
		return r;
	if (!one.packets[0])
		return err_set(&c->err, -ENOENT, "this evidence is no capture");
	struct evidence_packets_page p = { .c = one.c,
					   .l = one.l,
					   .t = { .end = "", .problem = "" },
					   .state = one.packets,
					   .note = one.packets_note,
					   .q = q ? q : "",
					   .protocol =
						   known_protocol(http_query(c->req, "protocol")),
					   .max = EVIDENCE_PACKETS_MAX,
					   .prev_url = "",
					   .next_url = "" };
	const struct evidence_packet_filter f = { p.q, p.protocol,
						  (page - 1) * EVIDENCE_PACKETS_PAGE };
	r = evidence_packets_read(c->hub, one.l.i.sha256, &f, c->arena, &p.t, &c->err);
	if ((r < 0 && r != -ENOENT) || (r = viewed(c, &one)) < 0)
		return r;
	if (c->wants_json)
		return packets_json(c, &p);
	p.first = p.t.n_rows ? f.offset + 1 : 0;
	p.last = f.offset + (int64_t)p.t.n_rows;
	if (page > 1)
		p.prev_url = packets_url(c, &p, page - 1);
	if (p.last < p.t.matches)
		p.next_url = packets_url(c, &p, page + 1);
	protocols_of(c, &p);
	times_of(c, &p);
	struct tmpl tm = call_tmpl(c, &b);
	tmpl_evidence_packets(&tm, &p);
	return call_page(c, 200, "evidence.page_title", p.c.number, "/cases", &b);
}
