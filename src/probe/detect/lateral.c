/* SPDX-License-Identifier: Apache-2.0 */
/* Detector: somebody works on another computer of the network from afar, the way intruders move on:
 * a program put on the administrator's share, a service made, WMI, scheduled tasks, the exploit of
 * SMB1 that EternalBlue is. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "probe/detect/detect.h"
#include "probe/detect/heard.h"
#include "probe/detect/ring.h"
#include "probe/story/story.h"

enum {
	PAIRS_MAX = 1024,
	KEY_MAX = 32,
	TRANS2_SESSION_SETUP = 0x0e, /* reserved, used by no program but exploits */
	OP_CREATE_SERVICE_W = 12,
	OP_START_SERVICE_W = 19,
	OP_CREATE_SERVICE_A = 24,
	OP_CREATE_SERVICE_WOW_A = 44,
	OP_CREATE_SERVICE_WOW_W = 45,
	OP_REGISTER_TASK = 1, /* SchRpcRegisterTask, [MS-TSCH] 3.2.5.4.2 */
	OP_ADD_JOB = 0,       /* NetrJobAdd, [MS-TSCH] 3.2.5.2.1 */
};

enum act {
	ACT_SHARE = 1,
	ACT_PROGRAM = 2,
	ACT_MANAGER = 4, /* the service manager was opened */
	ACT_SERVICE = 8, /* a service was made */
	ACT_START = 16,
	ACT_WMI = 32,
	ACT_TASK = 64, /* the task scheduler was opened */
	ACT_EXPLOIT = 128,
	ACT_FLOOD = 256, /* pieces of an overlong request: the exploit is at work */
	ACT_JOB = 512,   /* a task was made */
	ACTS_OF_WORK = ACT_PROGRAM | ACT_SERVICE | ACT_WMI | ACT_TASK | ACT_JOB,
};

struct pair {
	unsigned acts, told;
	enum act bound; /* whom the newest call is for; 0: nobody that matters */
	unsigned now;   /* acts that were not looked at yet */
	unsigned days;  /* on which its source did such work, here or elsewhere */
	uint64_t share_files, secondaries, exploits, services;
	char file[SMB_NAME_MAX];
	int64_t first_us;
	struct telling telling;
};

struct lateral {
	struct detect_env *env;
	struct ring *pairs;
};

static void *lateral_open(struct detect_env *env)
{
	struct lateral *l = mem_new(sizeof(*l));

	l->env = env;
	l->pairs = ring_new(env, PAIRS_MAX, KEY_MAX, sizeof(struct pair));
	return l;
}

static void lateral_close(void *state)
{
	struct lateral *l = state;

	ring_free(l->pairs);
	free(l);
}

static void did(struct pair *t, unsigned acts)
{
	t->acts |= acts;
	t->now |= acts;
	t->telling.due |= (acts & ACTS_OF_WORK) != 0;
}

static struct pair *pair_of(struct lateral *l, const struct flow *f)
{
	uint8_t key[KEY_MAX];
	bool fresh;

	memcpy(key, f->key.src.b, 16);
	memcpy(key + 16, f->key.dst.b, 16);
	struct pair *t = ring_get(l->pairs, key, &fresh);
	if (fresh)
		t->first_us = f->first_us;
	return t;
}

static bool remote_command(const struct pair *t)
{
	return (t->acts & ACT_WMI) && (t->acts & ACT_SHARE);
}

/* What the acts alone say. */
static enum severity gravity(const struct pair *t)
{
	if (t->exploits > 0 && (t->acts & ACT_FLOOD))
		return SEVERITY_CRITICAL;
	if ((t->acts & ACT_EXPLOIT) || remote_command(t))
		return SEVERITY_HIGH;
	if ((t->acts & (ACT_SERVICE | ACT_JOB)) && (t->acts & (ACT_SHARE | ACT_PROGRAM)))
		return SEVERITY_HIGH;
	if (t->acts & (ACT_SERVICE | ACT_PROGRAM | ACT_TASK | ACT_JOB))
		return SEVERITY_MEDIUM;
	return t->acts & ACT_WMI ? SEVERITY_LOW : SEVERITY_INFO;
}

/* Who administers others on many days does his work, at the hours at which he does; an exploit is
 * nobody's work, and what was told as worse stays so. */
static bool at_work(const struct lateral *l, const struct pair *t, const struct device *d)
{
	return !(t->acts & ACT_EXPLOIT) && t->telling.severity <= SEVERITY_LOW &&
	       !baseline_odd_hour(l->env->baseline, d) &&
	       t->days >= l->env->thresholds->lateral.known_days;
}

static enum severity severity_of(const struct lateral *l, const struct pair *t,
				 const struct device *d)
{
	enum severity s = gravity(t);

	return s > SEVERITY_LOW && at_work(l, t, d) ? SEVERITY_LOW : s;
}

/* On how many days D did such work before, today included. */
static void note_work(struct lateral *l, struct pair *t, const struct device *d)
{
	struct baseline *b = l->env->baseline;
	bool work = t->now & ACTS_OF_WORK;

	t->now = 0;
	if (!d || !work)
		return;
	uint64_t place = baseline_place(b, "administration.invalid", &(struct addr){ 0 }, 0);
	baseline_call(b, d, place);
	t->days = baseline_usual(b, d, place);
}

static void explain(const struct pair *t, struct report *r)
{
	if (t->acts & ACT_EXPLOIT)
		report_reason(r,
			      "SMB1 requests that only exploits send: %llu of a reserved kind, "
			      "%llu pieces of one overlong request",
			      (unsigned long long)t->exploits, (unsigned long long)t->secondaries);
	if (t->acts & ACT_SERVICE)
		report_reason(r, "%llu times a service was made on the other computer from afar%s",
			      (unsigned long long)t->services,
			      t->acts & ACT_START ? ", and started" : "");
	if (t->acts & ACT_PROGRAM)
		report_reason(r, "a program was put on the administrator's share: %s", t->file);
	if (t->acts & ACT_WMI)
		report_reason(r, "commands were given by WMI");
	if (t->acts & ACT_JOB)
		report_reason(r, "a scheduled task was made on the other computer from afar");
	else if (t->acts & ACT_TASK)
		report_reason(r, "the task scheduler of the other computer was opened");
	if (t->acts & ACT_SHARE)
		report_reason(r, "the administrator's share was opened, %llu files on it",
			      (unsigned long long)t->share_files);
}

static void tell(struct lateral *l, struct pair *t, const struct flow *f)
{
	struct report r;
	char text[ADDR_TEXT_MAX];

	const struct device *d = inventory_device(l->env->inventory, f->device[0]);

	note_work(l, t, d);
	if (t->acts == t->told && !telling_due(&t->telling, severity_of(l, t, d), l->env->now_us))
		return;
	report_init(&r, detector_lateral.name, f->device[0], &f->key.src);
	r.severity = severity_of(l, t, d);
	r.confidence = r.severity >= SEVERITY_HIGH ? 0.9 : 0.6;
	r.first_us = t->first_us;
	r.last_us = f->last_us;
	r.count = t->services + t->share_files + t->exploits + 1;
	report_peer(&r, &f->key.dst, f->key.dport);
	explain(t, &r);
	if (r.n_reasons == 0) /* nothing but ordinary use of files */
		return;
	bool odd_hour = baseline_odd_hour(l->env->baseline, d);
	if (odd_hour)
		report_reason(&r, "at an hour at which this device was never active before");
	if (t->days > 1)
		report_reason(&r, "this device did such work on %u days", t->days);
	report_number(&r, "services_made", (double)t->services);
	report_number(&r, "share_files", (double)t->share_files);
	report_text(&r, "file", t->file);
	report_story(&r, l->env, "%s", addr_format(&f->key.dst, text));
	t->told = t->acts;
	if (r.severity == SEVERITY_INFO)
		story_hear(l->env->stories, &r,
			   odd_hour ? l->env->thresholds->lateral.odd_hour_points
				    : l->env->thresholds->lateral.share_points);
	else
		detect_report(l->env, &t->telling, &r);
}

static bool ends(const char *name, const char *end)
{
	return str_ends(str_of(name), str_of(end));
}

static bool admin_share(const char *tree)
{
	size_t n = strlen(tree);

	return ends(tree, "\\admin$") ||
	       (n > 3 && tree[n - 1] == '$' && tree[n - 3] == '\\'); /* \\host\c$ */
}

static void on_tree(struct pair *t, const char *name)
{
	did(t, admin_share(name) ? ACT_SHARE : 0);
}

static void on_file(struct pair *t, const char *name)
{
	static const char *const programs[] = { ".exe", ".dll", ".bat", ".ps1", ".cmd", ".sys" };

	if (ends(name, "svcctl"))
		did(t, ACT_MANAGER);
	if (ends(name, "atsvc"))
		did(t, ACT_TASK);
	if (!(t->acts & ACT_SHARE))
		return;
	t->share_files++;
	for (size_t i = 0; i < ARRAY_LEN(programs); i++) {
		if (!ends(name, programs[i]))
			continue;
		did(t, ACT_PROGRAM);
		(void)str_copy(t->file, sizeof(t->file), str_of(name)); /* cut is fine */
	}
}

/* Interfaces as on the wire. */
static enum act act_of(const uint8_t interface[16])
{
	static const struct {
		uint8_t interface[16];
		enum act act;
	} known[] = {
		/* svcctl 367abb81-9844-35f1-ad32-98f038001003 */
		{ { 0x81, 0xbb, 0x7a, 0x36, 0x44, 0x98, 0xf1, 0x35, 0xad, 0x32, 0x98, 0xf0, 0x38,
		    0x00, 0x10, 0x03 },
		  ACT_MANAGER },
		/* IWbemLevel1Login f309ad18-d86a-11d0-a075-00c04fb68820 */
		{ { 0x18, 0xad, 0x09, 0xf3, 0x6a, 0xd8, 0xd0, 0x11, 0xa0, 0x75, 0x00, 0xc0, 0x4f,
		    0xb6, 0x88, 0x20 },
		  ACT_WMI },
		/* ITaskSchedulerService 86d35949-83c9-4044-b424-db363231fd0c */
		{ { 0x49, 0x59, 0xd3, 0x86, 0xc9, 0x83, 0x44, 0x40, 0xb4, 0x24, 0xdb, 0x36, 0x32,
		    0x31, 0xfd, 0x0c },
		  ACT_TASK },
		/* ATSvc 1ff70682-0a51-30e8-076d-740be8cee98b */
		{ { 0x82, 0x06, 0xf7, 0x1f, 0x51, 0x0a, 0xe8, 0x30, 0x07, 0x6d, 0x74, 0x0b, 0xe8,
		    0xce, 0xe9, 0x8b },
		  ACT_JOB },
	};

	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		if (memcmp(interface, known[i].interface, sizeof(known[i].interface)) == 0)
			return known[i].act;
	}
	return 0;
}

static void on_request(struct pair *t, uint16_t operation)
{
	if (t->bound == ACT_TASK && operation == OP_REGISTER_TASK)
		did(t, ACT_JOB);
	else if (t->bound == ACT_JOB && operation == OP_ADD_JOB)
		did(t, ACT_JOB);
	if (!(t->acts & ACT_MANAGER) || (t->bound && t->bound != ACT_MANAGER))
		return;
	if (operation == OP_CREATE_SERVICE_W || operation == OP_CREATE_SERVICE_A ||
	    operation == OP_CREATE_SERVICE_WOW_A || operation == OP_CREATE_SERVICE_WOW_W) {
		did(t, ACT_SERVICE);
		t->services++;
	}
	if (operation == OP_START_SERVICE_W)
		did(t, ACT_START);
}

static void on_bind(struct pair *t, const uint8_t interface[16])
{
	enum act act = act_of(interface);

	t->bound = act;
	did(t, act == ACT_JOB ? ACT_TASK : act); /* whoever only opens it makes nothing */
}

static void on_rpc(struct pair *t, struct rd p)
{
	struct rpc_message m;

	if (rpc_parse(p, &m) < 0)
		return;
	if (m.type == RPC_REQUEST)
		on_request(t, m.operation);
	else
		on_bind(t, m.interface);
}

static void on_smb(struct pair *t, const struct smb_message *m, uint64_t pieces_min)
{
	if (m->response)
		return;
	if (m->name[0] && m->command == (m->version == 1 ? SMB1_TREE : SMB2_TREE))
		on_tree(t, m->name);
	else if (m->name[0])
		on_file(t, m->name);
	if (m->data.n)
		on_rpc(t, m->data);
	if (m->version != 1)
		return;
	t->secondaries += m->command == SMB1_TRANSACTION2_MORE;
	t->exploits += m->command == SMB1_TRANSACTION2 && m->sub == TRANS2_SESSION_SETUP;
	if (t->secondaries >= pieces_min)
		did(t, ACT_FLOOD);
	if (t->exploits > 0 || (t->acts & ACT_FLOOD))
		did(t, ACT_EXPLOIT);
}

static void lateral_smb(void *state, const struct flow *f, int dir, const struct smb_message *m)
{
	struct lateral *l = state;

	if (dir != 0 || f->midway)
		return;
	struct pair *t = pair_of(l, f);
	on_smb(t, m, l->env->thresholds->lateral.pieces_min);
	tell(l, t, f);
}

/* DCE/RPC without SMB around it: DCOM. */
static void lateral_payload(void *state, const struct flow *f, int dir, const struct dissected *d)
{
	struct lateral *l = state;

	if (dir != 0 || f->midway || d->payload.n < 24 || d->payload.p[0] != 5 ||
	    d->payload.p[4] != 0x10)
		return;
	struct pair *t = pair_of(l, f);
	on_rpc(t, d->payload);
	tell(l, t, f);
}

/* Another program tells of it: the same acts. */
static void lateral_record(void *state, const struct foreign *r)
{
	struct lateral *l = state;
	struct flow f;

	if (r->kind != FOREIGN_WORK || !heard_flow(l->env, r, false, &f))
		return;
	struct pair *t = pair_of(l, &f);
	if (r->tree[0])
		on_tree(t, r->tree);
	if (r->file[0] && (!r->tree[0] || admin_share(r->tree)))
		on_file(t, r->file);
	for (size_t i = 0; i < r->n_calls; i++) {
		if (r->call[i].operation < 0)
			on_bind(t, r->call[i].interface);
		else
			on_request(t, (uint16_t)r->call[i].operation);
	}
	tell(l, t, &f);
}

const struct detector detector_lateral = {
	.name = "lateral",
	.open = lateral_open,
	.close = lateral_close,
	.smb = lateral_smb,
	.payload = lateral_payload,
	.record = lateral_record,
};
