/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a row of a file of past cases. Everything that may be wrong is found here, before
 * anything is stored. */
#include "hub/exports/exports_history_row.h"

#include <errno.h>
#include <string.h>

#include "base/fold.h"
#include "base/mem.h"
#include "base/str.h"
#include "hub/exports/exports_date.h"

enum {
	FOLDED_MAX = 512,
	TITLE_CHARS = 200,
	TEXT_CHARS = 4000,
	REF_CHARS = 100,
	MINUTES_MAX = 60 * 24 * 7,
	COST_MAX = 100000000,
};

const struct history_heading history_headings[HISTORY_COLUMNS] = {
	[HISTORY_REF] = { "external_id", "管理番号", { "番号", "受付番号", "id" }, false },
	[HISTORY_OPENED] = { "opened", "受付日時", { "受付日", "受付", "日付" }, true },
	[HISTORY_CLOSED] = { "closed", "終了日時", { "終了日", "完了日", "完了日時" }, false },
	[HISTORY_HAPPENED] = { "happened", "発生日時", { "発生日" }, false },
	[HISTORY_COMPANY] = { "company",
			      "会社",
			      { "会社名", "会員番号", "法人番号", "企業名" },
			      true },
	[HISTORY_KIND] = { "kind", "種類", { "分類", "区分" }, false },
	[HISTORY_TITLE] = { "title", "件名", { "題名", "概要" }, true },
	[HISTORY_WORDS] = { "words", "内容", { "相談内容", "詳細" }, false },
	[HISTORY_PHONE] = { "phone_minutes", "電話分数", { "電話(分)", "電話" }, false },
	[HISTORY_REMOTE] = { "remote_minutes", "遠隔分数", { "遠隔(分)", "遠隔" }, false },
	[HISTORY_VISIT] = { "visit_minutes", "訪問分数", { "訪問(分)", "訪問" }, false },
	[HISTORY_COST] = { "cost_yen", "費用", { "費用(円)", "金額" }, false },
	[HISTORY_CAUSE] = { "cause", "原因", { NULL }, false },
	[HISTORY_LESSON] = { "lesson", "教訓", { "再発防止", "再発防止策" }, false },
};

static bool folds_to(const char *name, const char *folded)
{
	char f[FOLDED_MAX];

	if (!name)
		return false;
	fold_text(name, f, sizeof(f));
	return strcmp(f, folded) == 0;
}

static enum history_column find(const char *heading)
{
	char f[FOLDED_MAX];

	fold_text(heading, f, sizeof(f));
	for (size_t i = 0; i < HISTORY_COLUMNS; i++) {
		const struct history_heading *h = &history_headings[i];
		bool hit = folds_to(h->key, f) || folds_to(h->ja, f);
		for (size_t k = 0; k < ARRAY_LEN(h->alias) && !hit; k++)
			hit = folds_to(h->alias[k], f);
		if (hit)
			return (enum history_column)i;
	}
	return HISTORY_COLUMNS;
}

int history_match(const struct csv_row *headings, enum history_column match[CSV_COLUMNS_MAX],
		  struct err *e)
{
	bool seen[HISTORY_COLUMNS + 1] = { false };

	for (size_t i = 0; i < CSV_COLUMNS_MAX; i++)
		match[i] = HISTORY_COLUMNS; /* a row may be longer than the first */
	for (size_t i = 0; i < headings->n; i++) {
		match[i] = find(headings->cell[i]);
		if (match[i] != HISTORY_COLUMNS && seen[match[i]])
			return err_set(e, -EINVAL, "the column \"%s\" stands twice",
				       headings->cell[i]);
		seen[match[i]] = true;
	}
	for (size_t i = 0; i < HISTORY_COLUMNS; i++)
		if (history_headings[i].required && !seen[i])
			return err_set(e, -EINVAL,
				       "the column \"%s\" is missing: the first row must name the"
				       " columns",
				       history_headings[i].ja);
	return 0;
}

/* --- cells --- */

static int text_check(const char *s, size_t max, struct err *e)
{
	if (!utf8_valid(s, strlen(s)))
		return err_set(e, -EINVAL, "this is not text: save the file as UTF-8");
	if (utf8_count(s, strlen(s)) > max)
		return err_set(e, -EINVAL, "at most %zu characters", max);
	for (const unsigned char *p = (const unsigned char *)s; *p; p++)
		if (*p < 0x20 && *p != '\n' && *p != '\r' && *p != '\t')
			return err_set(e, -EINVAL, "there is a control character in it");
	return 0;
}

/* "1,200円", "３０分", "¥8,000": digits with what people write around them. */
static int number(const char *s, int64_t max, int64_t *out, struct err *e)
{
	static const char *const units[] = { "円", "分", "yen", "min", "¥", "￥", "," };
	char f[FOLDED_MAX], digits[24];
	size_t n = 0;

	fold_text(s, f, sizeof(f));
	for (const char *p = f; *p;) {
		size_t skip = 0;
		for (size_t i = 0; i < ARRAY_LEN(units) && !skip; i++)
			if (strncmp(p, units[i], strlen(units[i])) == 0)
				skip = strlen(units[i]);
		if (!skip && (*p < '0' || *p > '9' || n + 1 >= sizeof(digits)))
			return err_set(
				e, -EINVAL,
				"\"%.40s\" is no number: write digits only, like 20 or 49,250", s);
		if (!skip)
			digits[n++] = *p;
		p += skip ? skip : 1;
	}
	digits[n] = '\0';
	if (n == 0 || str_i64(str_of(digits), 0, max, out) < 0)
		return err_set(e, -EINVAL, "this must be a number from 0 to %lld", (long long)max);
	return 0;
}

static int date(const struct history_reader *r, const char *s, int64_t *out, struct err *e)
{
	int64_t us;
	int ret = exports_date_parse(s, r->zone_min, &us, e);

	if (ret < 0)
		return ret;
	if (us > r->now_us)
		return err_set(e, -EINVAL, "this time has not come yet");
	*out = us;
	return 0;
}

static bool holds_word(const char *name, const char *folded)
{
	char f[FOLDED_MAX];

	fold_text(name, f, sizeof(f));
	return strlen(folded) >= 6 && strstr(f, folded) != NULL;
}

/* Its id or name in either language; else the one kind whose name has the word in it. */
static int kind(const struct history_reader *r, const char *s, const char **out, struct err *e)
{
	const char *near = NULL;
	size_t n_near = 0;
	char f[FOLDED_MAX];

	fold_text(s, f, sizeof(f));
	for (size_t i = 0; i < r->n_kinds; i++) {
		const char *key = arena_printf(r->arena, "case.kind.%s", r->kinds[i]);
		const char *ja = text_get(r->text, LANG_JA, key);
		const char *en = text_get(r->text, LANG_EN, key);
		if (folds_to(r->kinds[i], f) || folds_to(ja, f) || folds_to(en, f)) {
			*out = r->kinds[i];
			return 0;
		}
		if (holds_word(ja, f) || holds_word(en, f)) {
			near = r->kinds[i];
			n_near++;
		}
	}
	if (n_near == 1) {
		*out = near;
		return 0;
	}
	return err_set(
		e, -EINVAL,
		"there is no kind \"%.60s\": the words for kinds stand on the page /cases/history",
		s);
}

static int cell(const struct history_reader *r, enum history_column c, struct history_row *x,
		struct err *e)
{
	const char *s = x->text[c];

	if (!s[0])
		return history_headings[c].required
			       ? err_set(e, -EINVAL, "this cell must not be empty")
			       : 0;
	switch (c) {
	case HISTORY_OPENED:
		return date(r, s, &x->opened_us, e);
	case HISTORY_CLOSED:
		return date(r, s, &x->closed_us, e);
	case HISTORY_HAPPENED:
		return date(r, s, &x->happened_us, e);
	case HISTORY_KIND:
		return kind(r, s, &x->kind, e);
	case HISTORY_PHONE:
		return number(s, MINUTES_MAX, &x->phone, e);
	case HISTORY_REMOTE:
		return number(s, MINUTES_MAX, &x->remote, e);
	case HISTORY_VISIT:
		return number(s, MINUTES_MAX, &x->visit, e);
	case HISTORY_COST:
		return number(s, COST_MAX, &x->cost_yen, e);
	case HISTORY_REF:
		return text_check(s, REF_CHARS, e);
	case HISTORY_TITLE:
	case HISTORY_COMPANY:
		return text_check(s, TITLE_CHARS, e);
	default:
		return text_check(s, TEXT_CHARS, e);
	}
}

static int order(const struct history_row *x, enum history_column *bad, struct err *e)
{
	*bad = HISTORY_CLOSED;
	if (x->closed_us && x->closed_us < x->opened_us)
		return err_set(e, -EINVAL,
			       "a case cannot end before it was opened: mend one of the two times");
	return 0;
}

int history_read(const struct history_reader *r, const struct csv_row *cells,
		 const enum history_column match[CSV_COLUMNS_MAX], struct history_row *out,
		 enum history_column *bad_out, struct err *e)
{
	struct history_row x = { .kind = "general_it" };

	for (size_t i = 0; i < HISTORY_COLUMNS; i++)
		x.text[i] = "";
	for (size_t i = 0; i < cells->n; i++) {
		struct str s = str_trim((struct str){ cells->cell[i], cells->len[i] });
		if (s.n > 1 && s.p[0] == '\'' && strchr("=+-@\t", s.p[1])) {
			s.p++; /* what csv_cell put before a formula */
			s.n--;
		}
		if (match[i] != HISTORY_COLUMNS)
			x.text[match[i]] = arena_strndup(r->arena, s.p, s.n);
	}
	*out = x;
	for (int i = 0; i < HISTORY_COLUMNS; i++) {
		*bad_out = (enum history_column)i;
		int ret = cell(r, *bad_out, &x, e);
		if (ret < 0)
			return ret;
	}
	*out = x;
	return order(&x, bad_out, e);
}
