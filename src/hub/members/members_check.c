/* SPDX-License-Identifier: Apache-2.0 */
/* Checks of single values, in words that say what to write instead. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/fold.h"
#include "base/mem.h"
#include "base/str.h"
#include "hub/accounts/accounts.h"
#include "hub/members/members_check.h"
#include "hub/members/members_data.h"
#include "hub/members/members_found.h"
#include "hub/search/search.h"

enum { EMPLOYEES_MAX = 1000000, DEVICES_MAX = 1000000, CORPORATE_DIGITS = 13, NOTE_MAX = 4000 };

bool members_one_of(const char *const *list, const char *v)
{
	for (; *list; list++)
		if (strcmp(*list, v) == 0)
			return true;
	return false;
}

int members_check_editor(const struct user *u, struct err *e)
{
	if (user_is(u, MEMBERS_EDITORS))
		return 0;
	return err_set(e, -EPERM, "only the desk and administrators change member companies");
}

int members_check_text(const char *text, bool required, struct err *e)
{
	size_t n = utf8_count(text, strlen(text));

	if (required && n == 0)
		return err_set(e, -EINVAL, "a text that must be there is missing");
	if (n > MEMBERS_TEXT_MAX)
		return err_set(e, -EINVAL, "a text is longer than %d characters", MEMBERS_TEXT_MAX);
	return 0;
}

int members_check_phone(const char *typed, char out[20], struct err *e)
{
	if (*typed == '\0') {
		out[0] = '\0';
		return 0;
	}
	if (members_phone_parse(typed, out))
		return 0;
	return err_set(e, -EINVAL,
		       "\"%s\" is no telephone number: write it with its area code or with +",
		       typed);
}

/* The digits of TYPED, folded, without hyphens; false for anything else or more than SIZE holds. */
static bool only_digits(const char *typed, char *out, size_t size)
{
	char folded[64];
	size_t n = 0;

	fold_text(typed, folded, sizeof(folded));
	for (const char *p = folded; *p; p++) {
		if (*p == '-')
			continue;
		if (*p < '0' || *p > '9' || n + 1 >= size)
			return false;
		out[n++] = *p;
	}
	out[n] = '\0';
	return true;
}

int members_check_postal(const char *typed, char out[8], struct err *e)
{
	const char *digits = strncmp(typed, "〒", 3) == 0 ? typed + 3 : typed;

	if (only_digits(digits, out, 8) && (out[0] == '\0' || strlen(out) == 7))
		return 0;
	return err_set(e, -EINVAL, "\"%s\" is no postal code: write seven digits", typed);
}

int members_check_mail(const char *mail, struct err *e)
{
	const char *at = strchr(mail, '@');

	if (*mail == '\0')
		return 0;
	if (strlen(mail) <= 254 && at && at != mail && strchr(at, '.') && !strchr(at + 1, '@') &&
	    mail[strcspn(mail, " \t\r\n<>,;\"")] == '\0')
		return 0;
	return err_set(e, -EINVAL, "\"%s\" is no mail address", mail);
}

/* The first digit checks the twelve behind it (ordinance on the corporate number, art. 2). */
static bool corporate_ok(const char *d)
{
	int sum = 0;

	for (int i = 1; i < CORPORATE_DIGITS; i++)
		sum += (d[i] - '0') * ((CORPORATE_DIGITS - i) % 2 == 0 ? 2 : 1);
	return d[0] - '0' == 9 - sum % 9;
}

int members_check_corporate(const char *typed, char out[14], struct err *e)
{
	if (!only_digits(typed, out, 14) || (out[0] && strlen(out) != CORPORATE_DIGITS))
		return err_set(e, -EINVAL, "\"%s\" is no corporate number: it has 13 digits",
			       typed);
	if (out[0] && !corporate_ok(out))
		return err_set(
			e, -EINVAL,
			"corporate number %s has a digit wrong: its check digit does not fit", out);
	return 0;
}

static int check_texts(const struct company *c, struct err *e)
{
	const char *const optional[] = { c->kana, c->external_id, c->municipality, c->address };
	int r = members_check_text(c->name, true, e);

	for (size_t i = 0; i < ARRAY_LEN(optional) && r == 0; i++)
		r = members_check_text(optional[i], false, e);
	if (r == 0 && strlen(c->note) > NOTE_MAX)
		r = err_set(e, -EINVAL, "the note is longer than %d bytes", NOTE_MAX);
	return r;
}

static int check_numbers(const struct company *c, struct err *e)
{
	if (!members_prefecture(c->prefecture))
		return err_set(e, -EINVAL, "the prefecture is missing: write its name or its code");
	if (*c->industry && !members_industry(c->industry))
		return err_set(e, -EINVAL, "\"%s\" is no industry: write a letter from A to T",
			       c->industry);
	if (c->employees < 0 || c->employees > EMPLOYEES_MAX)
		return err_set(e, -EINVAL, "the number of employees must lie between 0 and %d",
			       EMPLOYEES_MAX);
	if (c->devices < 0 || c->devices > DEVICES_MAX)
		return err_set(e, -EINVAL, "the number of devices must lie between 0 and %d",
			       DEVICES_MAX);
	return 0;
}

int members_check_company(const struct company *c, struct members_clean *out, struct err *e)
{
	int r;

	out->company = *c;
	if ((r = check_texts(c, e)) < 0 || (r = check_numbers(c, e)) < 0 ||
	    (r = members_check_phone(c->phone, out->phone, e)) < 0 ||
	    (r = members_check_postal(c->postal_code, out->postal_code, e)) < 0 ||
	    (r = members_check_corporate(c->corporate_number, out->corporate_number, e)) < 0)
		return r;
	out->company.phone = out->phone;
	out->company.postal_code = out->postal_code;
	out->company.corporate_number = out->corporate_number;
	return 0;
}

int members_check_audit(struct txn *t, const struct user *u, const char *action, int64_t company_id,
			int64_t entity_id, const char *detail, struct err *e)
{
	SCOPED_BUF struct buf b = { 0 };
	struct jsonw w = jsonw_of(&b);
	char entity[32];

	str_copy(entity, sizeof(entity), (struct str){ .p = action, .n = strcspn(action, ".") });
	jsonw_object(&w, NULL);
	jsonw_text(&w, "what", detail);
	jsonw_end_object(&w);
	int r = search_mark(t, MEMBERS_FOUND, company_id, u->scope.now_us, e);
	return r < 0 ? r : accounts_audit(t, u, action, entity, entity_id, company_id, b.p, e);
}
