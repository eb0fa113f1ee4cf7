/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of feeds, own entries and verdicts: who may do what. SQL: intel_store.c,
 * intel_list_store.c, intel_hit_store.c. Reading lists: intel_import.c. */
#include "hub/intel/intel.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "hub/accounts/accounts.h"
#include "hub/intel/intel_hit_store.h"
#include "hub/intel/intel_list_store.h"
#include "hub/intel/intel_store.h"

enum { VERDICTS_SHOWN = 100, FOLDER_CHARS = 60, URL_CHARS = 500 };

static bool one_of(const char *s, const char *const *list)
{
	for (; *list; list++)
		if (strcmp(s, *list) == 0)
			return true;
	return false;
}

bool intel_tlp_ok(const char *tlp)
{
	static const char *const all[] = { TLP_CLEAR,  TLP_GREEN, TLP_AMBER,
					   TLP_STRICT, TLP_RED,   NULL };

	return one_of(tlp, all);
}

bool intel_tlp_leaves(const char *tlp)
{
	return strcmp(tlp, TLP_RED) != 0 && strcmp(tlp, TLP_STRICT) != 0;
}

int intel_may_read(const struct user *u, struct err *e)
{
	return user_is(u, INTEL_READERS)
		       ? 0
		       : err_set(e, -EDENIED, "only the desk and administrators work with lists");
}

int intel_may_edit(const struct user *u, struct err *e)
{
	return user_is(u, ROLE_ADMIN) ? 0
				      : err_set(e, -EDENIED, "only administrators change lists");
}

const char *intel_detail(struct arena *a, const struct intel_key *key)
{
	struct buf b = { 0 };
	struct jsonw w = jsonw_of(&b);

	jsonw_object(&w, NULL);
	jsonw_text(&w, "kind", indicator_kind_name(key->kind));
	jsonw_text(&w, "value", key->value);
	jsonw_end_object(&w);
	const char *text = arena_strndup(a, b.p, b.n);
	buf_done(&b);
	return text;
}

/* --- feeds --- */

/* A folder under the configured one: a plain name. */
static bool folder_ok(const char *name)
{
	size_t n =
		strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");

	return n > 0 && n <= FOLDER_CHARS && name[n] == '\0' && name[0] != '.';
}

static int place_check(const struct intel_feed *f, struct err *e)
{
	if (strcmp(f->way, WAY_FOLDER) == 0 && !folder_ok(f->place))
		return err_set(e, -EINVAL,
			       "a folder's name has 1 to %d letters, digits, '.', '-' and '_'",
			       FOLDER_CHARS);
	if (strcmp(f->way, WAY_URL) == 0 &&
	    (!str_starts(str_of(f->place), STR("https://")) || strlen(f->place) > URL_CHARS))
		return err_set(e, -EINVAL,
			       "an address begins with https:// and has at most %d "
			       "characters",
			       URL_CHARS);
	return 0;
}

static int feed_check(const struct intel_feed *f, struct err *e)
{
	static const char *const roles[] = { FEED_BAD, FEED_GOOD, NULL };
	static const char *const ways[] = { WAY_UPLOAD, WAY_FOLDER, WAY_URL, NULL };
	size_t chars = utf8_count(f->name, strlen(f->name));

	if (chars == 0 || chars > INTEL_NAME_CHARS || strlen(f->name) > INTEL_NAME_BYTES)
		return err_set(e, -EINVAL,
			       "a list's name has 1 to %d characters, of Japanese about 20",
			       INTEL_NAME_CHARS);
	if (utf8_count(f->source, strlen(f->source)) > INTEL_TEXT_CHARS ||
	    utf8_count(f->licence, strlen(f->licence)) > INTEL_TEXT_CHARS)
		return err_set(e, -EINVAL, "source and licence have at most %d characters",
			       INTEL_TEXT_CHARS);
	if (!one_of(f->role, roles) || !intel_tlp_ok(f->tlp) || f->confidence < 0 ||
	    f->confidence > 100)
		return err_set(e, -EINVAL, "the list's settings cannot be used");
	if (strcmp(f->way, WAY_HAND) != 0 && !one_of(f->way, ways))
		return err_set(e, -EINVAL, "the list's settings cannot be used");
	if (f->every_s < INTEL_EVERY_MIN_S || f->every_s > INTEL_EVERY_MAX_S)
		return err_set(e, -EINVAL, "a list is fetched every %d to %d seconds",
			       INTEL_EVERY_MIN_S, INTEL_EVERY_MAX_S);
	return place_check(f, e);
}

static int feed_add(struct txn *t, const struct user *u, struct intel_feed *f, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct intel_feed *all;
	size_t n;
	int r = intel_store_feeds(t, "", a, &all, &n, e);

	if (r < 0)
		return r;
	if (n >= INTEL_FEEDS_MAX)
		return err_set(e, -ELIMIT, "there are %d lists already", INTEL_FEEDS_MAX);
	if (strcmp(f->way, WAY_HAND) == 0)
		return err_set(e, -EINVAL, "the region has one list of its own");
	r = intel_store_feed_add(t, f, u->person_id, &f->id, e);
	return r < 0 ? r : accounts_audit(t, u, "intel.feed.add", "feed", f->id, 0, NULL, e);
}

/* Who it is for and how it comes in stay as they were made. */
static int feed_change(struct txn *t, const struct user *u, const struct intel_feed *was,
		       struct intel_feed *f, struct err *e)
{
	f->role = was->role;
	f->way = was->way;
	int r = intel_store_feed_change(t, f, e);

	return r < 0 ? r : accounts_audit(t, u, "intel.feed.change", "feed", f->id, 0, NULL, e);
}

static int name_taken(struct txn *t, const struct intel_feed *f, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct intel_feed *all;
	size_t n;
	int r = intel_store_feeds(t, "", a, &all, &n, e);

	for (size_t i = 0; r >= 0 && i < n; i++)
		if (all[i].id != f->id && strcmp(all[i].name, f->name) == 0)
			return err_set(e, -EEXIST, "there is a list named '%s' already", f->name);
	return r;
}

int intel_feed_set(struct txn *t, const struct user *u, struct intel_feed *f, int64_t now_us,
		   struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct intel_feed was = { 0 };
	int r = intel_may_edit(u, e);

	if (r >= 0 && f->id && (r = intel_store_feed(t, f->id, a, &was, e)) >= 0)
		f->way = was.way;
	if (r < 0 || (r = feed_check(f, e)) < 0 || (r = name_taken(t, f, e)) < 0)
		return r;
	f->due_us = now_us;
	f->made_us = now_us;
	r = f->id ? feed_change(t, u, &was, f, e) : feed_add(t, u, f, e);
	return r < 0 ? r : intel_store_mark_set(t, "changed", now_us, e);
}

int intel_feed_remove(struct txn *t, const struct user *u, int64_t id, int64_t now_us,
		      struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct intel_feed f;
	int64_t n;
	int r = intel_may_edit(u, e);

	if (r < 0 || (r = intel_store_feed(t, id, a, &f, e)) < 0)
		return r;
	if (strcmp(f.way, WAY_HAND) == 0)
		return err_set(e, -EINVAL, "the region's own list stays; take its entries out");
	if ((r = intel_list_count(t, id, &n, e)) < 0)
		return r;
	if (n > 0)
		return err_set(e, -ECONFLICT, "the list still has entries");
	if ((r = intel_hit_store_forget(t, id, e)) < 0 ||
	    (r = intel_store_feed_remove(t, id, e)) < 0 ||
	    (r = intel_store_mark_set(t, "changed", now_us, e)) < 0)
		return r;
	return accounts_audit(t, u, "intel.feed.remove", "feed", id, 0, NULL, e);
}

/* --- the region's own list --- */

int intel_own_feed(struct txn *t, int64_t *id_out, struct err *e)
{
	return intel_store_feed_of_way(t, WAY_HAND, id_out, e);
}

int intel_parse(const char *kind, const char *value, struct indicator *out, struct err *e)
{
	struct str v = str_trim(str_of(value));
	enum indicator_kind k = *kind ? indicator_kind_of(str_of(kind)) : 0;
	enum indicator_bad why;

	*out = (struct indicator){ 0 };
	if (*kind && !k)
		why = INDICATOR_NO_TYPE;
	else
		why = k ? indicator_set(out, k, v) : indicator_guess(out, v);
	if (why == INDICATOR_OK)
		return 0;
	(void)indicator_bad_err(e, why, v);
	return -EINVAL;
}

int intel_own_add(struct txn *t, const struct user *u, const struct intel_own_entry *n,
		  int64_t now_us, struct indicator *out, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	int64_t feed_id, count;
	int r = intel_may_read(u, e);

	if (r < 0 || (r = intel_parse(n->kind, n->value, out, e)) < 0)
		return r;
	if (!intel_tlp_ok(n->tlp))
		return err_set(e, -EINVAL, "say who may know of it: choose a TLP");
	indicator_label(out, str_of(n->label));
	const struct intel_key key = { out->kind, out->value };
	if ((r = intel_own_feed(t, &feed_id, e)) < 0 ||
	    (r = intel_list_own_add(t, feed_id, out, n->tlp, now_us, e)) < 0)
		return r;
	if (r == 0)
		return err_set(e, -EEXIST, "%s stands in the region's own list already",
			       out->value);
	if ((r = intel_list_count(t, feed_id, &count, e)) < 0 ||
	    (r = intel_store_counted(t, feed_id, count, e)) < 0 ||
	    (r = intel_store_mark_set(t, "changed", now_us, e)) < 0)
		return r;
	return accounts_audit(t, u, "intel.own.add", "feed", feed_id, 0, intel_detail(a, &key), e);
}

int intel_own_remove(struct txn *t, const struct user *u, const struct intel_key *key,
		     int64_t now_us, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	int64_t feed_id, count;
	int r = intel_may_read(u, e);

	if (r < 0 || (r = intel_own_feed(t, &feed_id, e)) < 0 ||
	    (r = intel_list_own_remove(t, feed_id, key, e)) < 0)
		return r;
	if (r == 0)
		return err_set(e, -ENOENT, "%s does not stand in the region's own list",
			       key->value);
	if ((r = intel_list_count(t, feed_id, &count, e)) < 0 ||
	    (r = intel_store_counted(t, feed_id, count, e)) < 0 ||
	    (r = intel_store_mark_set(t, "changed", now_us, e)) < 0)
		return r;
	return accounts_audit(t, u, "intel.own.remove", "feed", feed_id, 0, intel_detail(a, key),
			      e);
}
