/* SPDX-License-Identifier: Apache-2.0 */
/* Consents as remote response sees them: the words that are read out, and what ends with one. */
#include <string.h>

#include "base/str.h"
#include "hub/hub_text.h"
#include "hub/response/response.h"
#include "hub/response/response_story.h"

const char *response_consent_words(const struct hub *h, enum lang lang, const char *what,
				   const char *until, struct arena *a)
{
	const char *until_text =
		text_get(h->text, lang, arena_printf(a, "response.until.%s", until));
	struct str rest = str_of(what), one;
	struct buf b = { 0 };

	buf_adds(&b, text_get(h->text, lang, "response.words.begin"));
	while (str_cut(&rest, ' ', &one)) {
		const char *key = arena_printf(a, "response.words.%.*s", (int)one.n, one.p);

		buf_printf(&b, "\n%s", text_get(h->text, lang, key));
	}
	buf_addc(&b, '\n');
	hub_text_fill(h->text, lang, "response.words.until", &until_text, 1, &b);
	buf_printf(&b, "\n%s", text_get(h->text, lang, "response.words.end"));
	const char *out = arena_strndup(a, b.p, b.n);
	buf_done(&b);
	return out;
}

int response_consent_revoke(struct txn *t, struct hub *h, const struct user *u, int64_t consent_id,
			    bool release, int64_t now_us, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct case_consent k;
	int r = cases_store_consent_get(t, &u->scope, consent_id, a, &k, e);

	(void)h;
	if (r < 0 || (r = cases_consent_revoke(t, u, k.number, consent_id, now_us, e)) < 0)
		return r;
	return response_consent_ended(t, u, consent_id, release, now_us, e);
}
