/* SPDX-License-Identifier: Apache-2.0 */
/* Words and figures for the pages of lists. */
#include "hub/intel/intel_view.h"

#include <errno.h>
#include <inttypes.h>

#include "base/mem.h"

enum { STALE_TURNS = 3 };

const char *intel_view_tlp(struct call *c, const char *tlp)
{
	char *s = arena_printf(c->arena, "TLP:%s", tlp);

	for (char *p = s; *p; p++)
		if (*p >= 'a' && *p <= 'z')
			*p = (char)(*p - 'a' + 'A');
	return s;
}

const char *intel_view_name(struct call *c, const char *name, const char *way)
{
	if (strcmp(way, WAY_HAND) == 0)
		return text_get(c->hub->text, c->lang, "intel.own.name");
	if (strcmp(way, WAY_BUILT_IN) == 0)
		return text_get(c->hub->text, c->lang, "intel.built_in.name");
	return name;
}

const char *intel_view_kind_key(enum indicator_kind k)
{
	static const char *const key[INDICATOR_KINDS] = {
		"intel.kind.other", "intel.kind.domain", "intel.kind.ip",   "intel.kind.cidr",
		"intel.kind.url",   "intel.kind.ja3",    "intel.kind.cert", "intel.kind.file",
	};

	return (size_t)k < INDICATOR_KINDS ? key[k] : key[0];
}

size_t intel_view_kinds(const int64_t *counts, struct intel_kind_count *out)
{
	size_t n = 0;

	for (int k = 1; k < INDICATOR_KINDS; k++)
		if (counts[k] > 0)
			out[n++] = (struct intel_kind_count){
				intel_view_kind_key((enum indicator_kind)k), counts[k]
			};
	return n;
}

static const char *failed_key(int64_t code)
{
	switch (-code) {
	case 0:
		return NULL;
	case ELIMIT:
		return "intel.failed.limit";
	case EDENIED:
		return "intel.failed.inside";
	case EPERM:
		return "intel.failed.refused";
	case EFORMAT:
		return "intel.failed.format";
	case ENOENT:
		return "intel.failed.missing";
	case EAGAIN:
		return "intel.failed.again";
	default:
		return "intel.failed.other";
	}
}

static const char *way_key(const char *way)
{
	if (strcmp(way, WAY_URL) == 0)
		return "intel.way.url";
	if (strcmp(way, WAY_FOLDER) == 0)
		return "intel.way.folder";
	if (strcmp(way, WAY_HAND) == 0)
		return "intel.way.hand";
	return strcmp(way, WAY_BUILT_IN) == 0 ? "intel.way.built_in" : "intel.way.upload";
}

/* Amber: it failed, or nothing came for several turns. */
static void light(struct call *c, struct intel_feed_item *it)
{
	const struct intel_feed *f = &it->f;
	bool fetched = strcmp(f->way, WAY_URL) == 0 || strcmp(f->way, WAY_FOLDER) == 0;
	int64_t age = c->now_us - (f->imported_us ? f->imported_us : f->made_us);

	it->light = "green";
	it->state_key = "intel.state.fine";
	if (!f->enabled) {
		it->light = "grey";
		it->state_key = "intel.state.off";
	} else if (f->error_code < 0) {
		it->light = "amber";
		it->state_key = "intel.state.failed";
	} else if (fetched && age > STALE_TURNS * f->every_s * US_PER_SEC) {
		it->light = "amber";
		it->state_key = "intel.state.stale";
	} else if (f->indicators == 0 && strcmp(f->way, WAY_BUILT_IN) != 0) {
		it->light = "grey";
		it->state_key = "intel.state.empty";
	}
}

void intel_view_feed(struct call *c, const struct intel_feed *f, const struct intel_score *scores,
		     size_t n_scores, struct intel_feed_item *out)
{
	*out = (struct intel_feed_item){ .f = *f, .share = "" };
	for (size_t i = 0; i < n_scores; i++)
		if (scores[i].feed_id == f->id)
			out->score = scores[i];
	out->shown = intel_view_name(c, f->name, f->way);
	out->tlp = intel_view_tlp(c, f->tlp);
	out->way_key = way_key(f->way);
	out->failed_key = failed_key(f->error_code);
	if (out->score.hits > 0)
		out->share = arena_printf(c->arena, "%" PRId64 " %%",
					  out->score.wrong * 100 / out->score.hits);
	light(c, out);
}

struct intel_listed_item *intel_view_listed(struct call *c, const struct intel_listed *l, size_t n)
{
	struct intel_listed_item *out = arena_array(c->arena, n ? n : 1, sizeof(*out));

	for (size_t i = 0; i < n; i++)
		out[i] = (struct intel_listed_item){ l[i], intel_view_kind_key(l[i].kind),
						     indicator_kind_name(l[i].kind),
						     intel_view_name(c, l[i].feed, l[i].way),
						     intel_view_tlp(c, l[i].tlp) };
	return out;
}

struct intel_hit_item *intel_view_hits(struct call *c, const struct intel_hit_row *h, size_t n)
{
	struct intel_hit_item *out = arena_array(c->arena, n ? n : 1, sizeof(*out));

	for (size_t i = 0; i < n; i++)
		out[i] = (struct intel_hit_item){ h[i], intel_view_kind_key(h[i].key.kind),
						  indicator_kind_name(h[i].key.kind) };
	return out;
}

struct intel_verdict_item *intel_view_verdicts(struct call *c, const struct intel_verdict *v,
					       size_t n)
{
	struct intel_verdict_item *out = arena_array(c->arena, n ? n : 1, sizeof(*out));

	for (size_t i = 0; i < n; i++)
		out[i] = (struct intel_verdict_item){ v[i], intel_view_kind_key(v[i].kind),
						      indicator_kind_name(v[i].kind) };
	return out;
}

size_t intel_view_tlps(struct call *c, const char *chosen, struct intel_option out[5])
{
	static const char *const tlp[5] = { TLP_CLEAR, TLP_GREEN, TLP_AMBER, TLP_STRICT, TLP_RED };

	for (size_t i = 0; i < 5; i++)
		out[i] = (struct intel_option){ tlp[i], intel_view_tlp(c, tlp[i]),
						strcmp(tlp[i], chosen) == 0 };
	return 5;
}
