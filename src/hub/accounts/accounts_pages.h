/* SPDX-License-Identifier: Apache-2.0 */
/* Models of this feature's templates. */
#ifndef HUB_ACCOUNTS_ACCOUNTS_PAGES_H
#define HUB_ACCOUNTS_ACCOUNTS_PAGES_H

#include "hub/accounts/accounts_audit_store.h"
#include "hub/accounts/accounts_login.h"
#include "hub/accounts/accounts_people.h"
#include "hub/accounts/accounts_token.h"
#include "hub/hub_frame.h"

struct login_page {
	struct field_view login, password;
	const char *error; /* NULL = none */
	const char *to;    /* where to go afterwards: a path or "" */
	bool demo;
};

struct code_page {
	struct field_view code;
	const char *error;
};

struct password_page {
	struct field_view old, fresh;
	const char *error;
	bool once; /* signed in with a one-time password: it is not asked for again */
};

struct enrol_page {
	const char *secret; /* in groups of four */
	const char *url;    /* otpauth: */
	struct html qr;     /* SVG or nothing */
	struct field_view code;
	const char *error;
	bool may_wait; /* the demonstration */
	bool must;
};

struct codes_page {
	char codes[RECOVERY_CODES][RECOVERY_TEXT];
};

struct account_page {
	const struct accounts_person *person;
	const struct session_row *sessions;
	size_t n_sessions;
	int64_t session_id;
	int64_t codes_left;
	struct field_view password; /* for switching the factor off */
	const char *error;
};

struct token_line {
	struct api_token k;
	bool alive;
};
struct tokens_page {
	const struct token_line *tokens;
	size_t n_tokens, n_alive;
	struct field_view name;
	const char *error;
};
struct token_page { /* shown once */
	const char *token, *url;
};

struct people_page {
	const struct accounts_person *people;
	size_t n_people;
	bool all;
};

struct role_choice {
	const char *name, *text_key;
	bool on;
};

struct person_page {
	const struct accounts_person *person; /* id 0 = a new one */
	struct field_view login, name, kana, mail, phone;
	const struct accounts_org *orgs;
	size_t n_orgs;
	const char *org_error, *role_error;
	struct role_choice roles[16];
	size_t n_roles;
	const char *error;
};

struct once_page { /* shown once */
	const char *name, *login, *password;
	int64_t until_us;
	int64_t id;
};

struct orgs_page {
	const struct accounts_org *orgs;
	size_t n_orgs;
};

struct org_page {
	const struct accounts_org *org; /* id 0 = a new one */
	struct field_view name, kana, phone, mail;
	const char *error;
	const char *const *kinds; /* NULL-terminated */
	const struct accounts_person *people;
	size_t n_people;
};

struct audit_page {
	const struct audit_row *rows;
	size_t n_rows;
	const char *action, *entity;
	int64_t person_id;
	int64_t next_before; /* 0 = no more */
	bool chain_asked, chain_good;
	int64_t chain_rows;
	const char *chain_error;
};

/* Routes in the other files of this feature. */
int accounts_login_get(struct call *c);
int accounts_login_post(struct call *c);
int accounts_code_get(struct call *c);
int accounts_code_post(struct call *c);
int accounts_logout_post(struct call *c);
int accounts_lang_post(struct call *c);

int accounts_self_get(struct call *c);
int accounts_password_get(struct call *c);
int accounts_password_post(struct call *c);
int accounts_enrol_get(struct call *c);
int accounts_enrol_post(struct call *c);
int accounts_enrol_later(struct call *c);
int accounts_enrol_off(struct call *c);
int accounts_session_end_post(struct call *c);
int accounts_sessions_end_post(struct call *c);

int accounts_tokens_get(struct call *c);
int accounts_tokens_post(struct call *c);
int accounts_token_end_post(struct call *c);

int accounts_people_get(struct call *c);
int accounts_person_new(struct call *c);
int accounts_person_get_page(struct call *c);
int accounts_person_add_post(struct call *c);
int accounts_person_change_post(struct call *c);
int accounts_person_reset_post(struct call *c);

int accounts_orgs_get(struct call *c);
int accounts_org_new(struct call *c);
int accounts_org_get_page(struct call *c);
int accounts_org_add_post(struct call *c);
int accounts_org_change_post(struct call *c);

int accounts_audit_get(struct call *c);

/* Shared by these files. */
struct field_view accounts_field(const char *name, const char *label_key, const char *type,
				 const char *value);
void accounts_session_cookie(struct call *c, const char *token);
const char *accounts_kind_key(const char *kind); /* "org.school" */
size_t accounts_kinds_count(const char *const *kinds);
bool accounts_same(const char *a, const char *b);

#endif
