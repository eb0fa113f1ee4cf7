/* SPDX-License-Identifier: Apache-2.0 */
/* Members: who sees a company, relations and their dates, contacts, contracts, consents. */
#include <errno.h>

#include "hub/members/members_agreement_store.h"
#include "hub/members/members_store.h"
#include "hub/members/test_members_db.h"

struct world {
	int64_t north, south; /* consortia */
	struct user desk, other;
	int64_t company;
};

static struct world world_new(struct db *db)
{
	struct world w = { .north = test_org(db, ORG_CONSORTIUM, "北の協議会"),
			   .south = test_org(db, ORG_CONSORTIUM, "南の協議会") };

	w.desk = test_user(w.north, ROLE_DESK);
	w.other = test_user(w.south, ROLE_DESK | ROLE_ADMIN);
	w.company = test_register(db, &w.desk, "株式会社みなと製作所");
	return w;
}

static int sees(struct db *db, const struct user *u, int64_t company_id)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct company c;
	struct err e;
	SCOPED_TXN struct txn *t = txn_begin(db, TXN_READ, &e);

	return members_company_get(t, &u->scope, company_id, a, &c, &e);
}

static void registered_company_is_its_desks(struct db *db, void *arg)
{
	struct world w = world_new(db);
	struct user own;
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct company c;
	struct err e;

	(void)arg;
	assert_int_equal(sees(db, &w.desk, w.company), 0);
	assert_int_equal(sees(db, &w.other, w.company), -ENOENT);
	struct txn *t = txn_begin(db, TXN_READ, &e);
	assert_int_equal(members_company_get(t, &w.desk.scope, w.company, a, &c, &e), 0);
	txn_rollback(&t);
	assert_string_equal(c.name, "株式会社みなと製作所");
	assert_string_equal(c.corporate_number, "");
	assert_true(c.ended_us == MEMBERS_FOREVER_US);
	own = test_user(c.org_id, ROLE_COMPANY);
	assert_int_equal(sees(db, &own, w.company), 0);
}

/* Each reading and writing function of the store, asked by an organisation that has no relation. */
static void nothing_of_a_foreign_company(struct db *db, void *arg)
{
	struct world w = world_new(db);
	SCOPED_ARENA struct arena *a = arena_new(0);
	const struct scope *s = &w.other.scope;
	struct company c, *list;
	struct contact *contacts, k = { .company_id = w.company,
					.name = "佐藤",
					.kana = "",
					.role = "",
					.phone = "019-600-0000",
					.mail = "",
					.channel = "phone",
					.hours = "" };
	struct relation *relations;
	struct site *sites, site = { .company_id = w.company,
				     .name = "本社",
				     .prefecture = 3,
				     .municipality = "",
				     .postal_code = "",
				     .address = "" };
	struct contract *contracts;
	struct consent *consents;
	struct members_filter f = { .search = "", .industry = "", .now_us = TEST_NOW, .limit = 10 };
	struct err e;
	int64_t id, count;
	size_t n;

	(void)arg;
	assert_int_equal(members_contact_set(db, &w.desk, &k, &k.id, &e), 0);
	assert_int_equal(members_site_add(db, &w.desk, &site, &site.id, &e), 0);
	struct txn *t = txn_begin(db, TXN_WRITE, &e);
	assert_int_equal(members_store_list(t, s, &f, a, &list, &n, &e), 0);
	assert_int_equal(n, 0);
	assert_int_equal(members_store_count(t, s, &f, &count, &e), 0);
	assert_int_equal(count, 0);
	assert_int_equal(members_store_by_phone(t, s, "+81196000000", &id, &id, &e), 0);
	assert_int_equal(members_find_by_phone(t, s, "019-600-0000", a, &c, &k, &e), 0);
	c = test_company("株式会社みなと製作所");
	assert_int_equal(members_store_same(t, s, &c, &id, &e), 0);
	assert_int_equal(id, 0);
	assert_int_equal(members_agreement_store_relations(t, s, w.company, a, &relations, &n, &e),
			 0);
	assert_int_equal(n, 0);
	assert_int_equal(members_contacts(t, s, w.company, a, &contacts, &n, &e), 0);
	assert_int_equal(n, 0);
	assert_int_equal(members_agreement_store_sites(t, s, w.company, a, &sites, &n, &e), 0);
	assert_int_equal(n, 0);
	assert_int_equal(members_agreement_store_contracts(t, s, w.company, a, &contracts, &n, &e),
			 0);
	assert_int_equal(n, 0);
	assert_int_equal(members_agreement_store_consents(t, s, w.company, a, &consents, &n, &e),
			 0);
	assert_int_equal(n, 0);
	txn_rollback(&t);

	c.id = w.company;
	assert_int_equal(members_edit(db, &w.other, &c, &e), -ENOENT);
	assert_int_equal(members_end(db, &w.other, w.company, &e), -ENOENT);
	k = (struct contact){ .company_id = w.company,
			      .name = "鈴木",
			      .kana = "",
			      .role = "",
			      .phone = "",
			      .mail = "suzuki@minato.example",
			      .channel = "mail",
			      .hours = "" };
	assert_int_equal(members_contact_set(db, &w.other, &k, &id, &e), -ENOENT);
	k.id = 1;
	assert_int_equal(members_contact_set(db, &w.other, &k, &id, &e), -ENOENT);
	assert_int_equal(members_contact_remove(db, &w.other, w.company, 1, &e), -ENOENT);
	assert_int_equal(members_site_add(db, &w.other, &site, &id, &e), -ENOENT);
	assert_int_equal(members_relation_end(db, &w.other, w.company, 1, TEST_NOW, &e), -ENOENT);
	assert_int_equal(members_consent_revoke(db, &w.other, w.company, 1, &e), -ENOENT);
	assert_int_equal(members_contract_end(db, &w.other, w.company, 1, TEST_NOW, &e), -ENOENT);
}

static struct relation relation_of(const struct world *w, int64_t org, int64_t from, int64_t to)
{
	return (struct relation){ .company_id = w->company,
				  .org_id = org,
				  .kind = "vendor",
				  .valid_from_us = from,
				  .valid_to_us = to };
}

static void relations_are_dated(struct db *db, void *arg)
{
	struct world w = world_new(db);
	int64_t vendor = test_org(db, ORG_VENDOR, "監視の会社"), id;
	struct user analyst = test_user(vendor, ROLE_ANALYST);
	struct relation r = relation_of(&w, vendor, TEST_NOW + 10, TEST_NOW + 100);
	struct err e;

	(void)arg;
	assert_int_equal(members_relation_add(db, &w.desk, &r, &id, &e), 0);
	assert_int_equal(sees(db, &analyst, w.company), -ENOENT);
	analyst.scope.now_us = TEST_NOW + 10;
	assert_int_equal(sees(db, &analyst, w.company), 0);
	analyst.scope.now_us = TEST_NOW + 100; /* the end is not included */
	assert_int_equal(sees(db, &analyst, w.company), -ENOENT);

	r = relation_of(&w, vendor, TEST_NOW + 99, TEST_NOW + 200);
	assert_int_equal(members_relation_add(db, &w.desk, &r, &id, &e), -ECONFLICT);
	r = relation_of(&w, vendor, TEST_NOW + 100, MEMBERS_FOREVER_US);
	assert_int_equal(members_relation_add(db, &w.desk, &r, &id, &e), 0);
	assert_int_equal(sees(db, &analyst, w.company), 0);
	assert_int_equal(members_relation_end(db, &w.desk, w.company, id, TEST_NOW + 100, &e), 0);
	assert_int_equal(sees(db, &analyst, w.company), -ENOENT);

	r = relation_of(&w, vendor, TEST_NOW, TEST_NOW);
	assert_int_equal(members_relation_add(db, &w.desk, &r, &id, &e), -EINVAL);
	analyst.roles = ROLE_ANALYST;
	r = relation_of(&w, vendor, TEST_NOW + 500, TEST_NOW + 600);
	assert_int_equal(members_relation_add(db, &analyst, &r, &id, &e), -EPERM);
}

static void a_desk_may_end_its_own_relation(struct db *db, void *arg)
{
	struct world w = world_new(db);
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct relation *list;
	struct err e;
	size_t n;

	(void)arg;
	struct txn *t = txn_begin(db, TXN_READ, &e);
	assert_int_equal(
		members_agreement_store_relations(t, &w.desk.scope, w.company, a, &list, &n, &e),
		0);
	txn_rollback(&t);
	assert_int_equal(n, 2);
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i].kind, "desk") == 0)
			assert_int_equal(members_relation_end(db, &w.desk, w.company, list[i].id,
							      TEST_NOW, &e),
					 0);
	assert_int_equal(sees(db, &w.desk, w.company), -ENOENT);
}

static void leaving_ends_all_relations_but_the_desks(struct db *db, void *arg)
{
	struct world w = world_new(db);
	int64_t vendor = test_org(db, ORG_VENDOR, "監視の会社"), id;
	struct user analyst = test_user(vendor, ROLE_ANALYST);
	struct relation r = relation_of(&w, vendor, TEST_NOW - 10, MEMBERS_FOREVER_US);
	struct err e;

	(void)arg;
	assert_int_equal(members_relation_add(db, &w.desk, &r, &id, &e), 0);
	assert_int_equal(sees(db, &analyst, w.company), 0);
	assert_int_equal(members_end(db, &w.desk, w.company, &e), 0);
	assert_int_equal(sees(db, &analyst, w.company), -ENOENT);
	assert_int_equal(sees(db, &w.desk, w.company), 0);
	assert_int_equal(members_end(db, &w.desk, w.company, &e), -ENOENT);
}

static int64_t add_contact(struct db *db, const struct world *w, const char *name, int64_t position)
{
	struct contact k = { .company_id = w->company,
			     .name = name,
			     .kana = "",
			     .role = "",
			     .position = position,
			     .phone = "０９０-0000-0001",
			     .mail = "",
			     .channel = "phone",
			     .hours = "Mo-Fr 09:00-18:00" };
	struct err e;
	int64_t id = 0;

	if (members_contact_set(db, &w->desk, &k, &id, &e) < 0)
		fail_msg("%s", e.text);
	return id;
}

static void order_is(struct db *db, const struct world *w, const char *expected)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	char got[64] = "";
	struct contact *list;
	struct err e;
	size_t n;
	SCOPED_TXN struct txn *t = txn_begin(db, TXN_READ, &e);

	assert_int_equal(members_contacts(t, &w->desk.scope, w->company, a, &list, &n, &e), 0);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(list[i].position, i + 1);
		strcat(got, list[i].name); /* three letters */
	}
	assert_string_equal(got, expected);
}

static void contacts_keep_their_order(struct db *db, void *arg)
{
	struct world w = world_new(db);
	int64_t a = add_contact(db, &w, "A", 0), b = add_contact(db, &w, "B", 0);
	struct err e;

	(void)arg;
	order_is(db, &w, "AB");
	add_contact(db, &w, "C", 1);
	order_is(db, &w, "CAB");
	assert_int_equal(members_contact_move(db, &w.desk, w.company, b, 1, &e), 0);
	order_is(db, &w, "BCA");
	assert_int_equal(members_contact_move(db, &w.desk, w.company, b, 99, &e), 0);
	order_is(db, &w, "CAB");
	assert_int_equal(members_contact_remove(db, &w.desk, w.company, a, &e), 0);
	order_is(db, &w, "CB");
}

static void a_company_is_found_by_the_number_that_calls(struct db *db, void *arg)
{
	struct world w = world_new(db);
	SCOPED_ARENA struct arena *a = arena_new(0);
	int64_t contact = add_contact(db, &w, "佐藤", 0);
	struct company c;
	struct contact k;
	struct err e;
	SCOPED_TXN struct txn *t = txn_begin(db, TXN_READ, &e);

	(void)arg;
	assert_int_equal(members_find_by_phone(t, &w.desk.scope, "+81 90 0000 0001", a, &c, &k, &e),
			 1);
	assert_int_equal(c.id, w.company);
	assert_int_equal(k.id, contact);
	assert_int_equal(members_find_by_phone(t, &w.desk.scope, "090-0000-0002", a, &c, &k, &e),
			 0);
	assert_int_equal(members_find_by_phone(t, &w.desk.scope, "社長", a, &c, &k, &e), 0);
}

static void names_are_found_however_they_are_typed(struct db *db, void *arg)
{
	struct world w = world_new(db);
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct company c = test_company("Ｓａｋｕｒａ食品株式会社"), *list;
	static const char *const typed[] = { "sakura", "サクラ", "さくら",
					     "ｻｸﾗ",    "食品",   "SAKURA 食品" };
	struct err e;
	int64_t id;
	size_t n;

	(void)arg;
	c.kana = "さくらしょくひん";
	assert_int_equal(members_register(db, &w.desk, &c, &id, &e), 0);
	SCOPED_TXN struct txn *t = txn_begin(db, TXN_READ, &e);
	for (size_t i = 0; i < ARRAY_LEN(typed); i++) {
		assert_int_equal(members_search(t, &w.desk.scope, typed[i], a, &list, &n, &e), 0);
		assert_int_equal(n, 1);
		assert_int_equal(list[0].id, id);
	}
	assert_int_equal(members_search(t, &w.desk.scope, "%", a, &list, &n, &e), 0);
	assert_int_equal(n, 0); /* no wildcard */
}

static void wrong_values_are_refused_in_words(struct db *db, void *arg)
{
	struct world w = world_new(db);
	struct company c = test_company("テスト");
	struct user vendor = test_user(w.north, ROLE_ANALYST);
	struct err e;
	int64_t id;

	(void)arg;
	assert_int_equal(members_register(db, &vendor, &c, &id, &e), -EPERM);
	c.name = "";
	assert_int_equal(members_register(db, &w.desk, &c, &id, &e), -EINVAL);
	c.name = "テスト";
	c.prefecture = 48;
	assert_int_equal(members_register(db, &w.desk, &c, &id, &e), -EINVAL);
	c.prefecture = 3;
	c.corporate_number = "1234567890123";
	assert_int_equal(members_register(db, &w.desk, &c, &id, &e), -EINVAL);
	assert_non_null(strstr(e.text, "check digit"));
	c.corporate_number = "8000000000001"; /* fits */
	c.corporate_number = "";
	c.external_id = "M-1";
	assert_int_equal(members_register(db, &w.desk, &c, &id, &e), 0);
	assert_int_equal(members_register(db, &w.desk, &c, &id, &e), -EEXIST);
	assert_int_equal(test_count(db, "@global SELECT count(*) FROM company"), 2);
}

static int contract_of(struct db *db, const struct world *w, int class, const char *type,
		       int64_t fee, int64_t devices)
{
	struct contract c = { .company_id = w->company,
			      .class = class,
			      .type = type,
			      .plan = "標準",
			      .fee_yen = fee,
			      .devices = devices,
			      .valid_from_us = TEST_NOW,
			      .valid_to_us = MEMBERS_FOREVER_US };
	struct err e;
	int64_t id;

	return members_contract_add(db, &w->desk, &c, &id, &e);
}

static void contracts_keep_the_price_caps(struct db *db, void *arg)
{
	struct world w = world_new(db);

	(void)arg;
	assert_int_equal(contract_of(db, &w, 1, "network", 10000, 0), 0);
	assert_int_equal(contract_of(db, &w, 1, "network", 10001, 0), -EDENIED);
	assert_int_equal(contract_of(db, &w, 1, "endpoint", 10000, 5), 0);
	assert_int_equal(contract_of(db, &w, 1, "endpoint", 10001, 5), -EDENIED);
	assert_int_equal(contract_of(db, &w, 1, "endpoint", 0, 0), -EDENIED);
	assert_int_equal(contract_of(db, &w, 1, "combined", 20000, 5), 0);
	assert_int_equal(contract_of(db, &w, 2, "network", 500000, 50), 0);
	assert_int_equal(contract_of(db, &w, 2, "network", 500000, 49), -EDENIED);
	assert_int_equal(contract_of(db, &w, 3, "network", 1, 1), -EDENIED);
	assert_int_equal(contract_of(db, &w, 1, "other", 1, 1), -EINVAL);
	assert_int_equal(test_count(db, "@global SELECT count(*) FROM contract"), 4);
}

static void a_consent_stands_until_it_is_revoked(struct db *db, void *arg)
{
	struct world w = world_new(db);
	struct consent c = { .company_id = w.company,
			     .data_class = "url",
			     .given_by = "社長 佐藤",
			     .evidence = "同意書 2026-11-20",
			     .valid_from_us = TEST_NOW,
			     .valid_to_us = TEST_NOW + 100 };
	struct err e;
	int64_t id;

	(void)arg;
	assert_int_equal(members_consent_give(db, &w.desk, &c, &id, &e), 0);
	struct txn *t = txn_begin(db, TXN_READ, &e);
	const struct scope *s = &w.desk.scope;
	assert_int_equal(members_consent_find(t, s, w.company, "url", TEST_NOW, &e), 1);
	assert_int_equal(members_consent_find(t, s, w.company, "url", TEST_NOW + 100, &e), 0);
	assert_int_equal(members_consent_find(t, s, w.company, "dns", TEST_NOW, &e), 0);
	txn_rollback(&t);
	assert_int_equal(members_consent_revoke(db, &w.desk, w.company, id, &e), 0);
	assert_int_equal(members_consent_revoke(db, &w.desk, w.company, id, &e), -ENOENT);
	t = txn_begin(db, TXN_READ, &e);
	assert_int_equal(members_consent_find(t, s, w.company, "url", TEST_NOW, &e), 0);
	txn_rollback(&t);
	c.site_id = 12345; /* not of this company */
	assert_int_equal(members_consent_give(db, &w.desk, &c, &id, &e), -ENOENT);
	c.data_class = "everything";
	assert_int_equal(members_consent_give(db, &w.desk, &c, &id, &e), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(registered_company_is_its_desks),
		ON_BOTH(nothing_of_a_foreign_company),
		ON_BOTH(relations_are_dated),
		ON_BOTH(a_desk_may_end_its_own_relation),
		ON_BOTH(leaving_ends_all_relations_but_the_desks),
		ON_BOTH(contacts_keep_their_order),
		ON_BOTH(a_company_is_found_by_the_number_that_calls),
		ON_BOTH(names_are_found_however_they_are_typed),
		ON_BOTH(wrong_values_are_refused_in_words),
		ON_BOTH(contracts_keep_the_price_caps),
		ON_BOTH(a_consent_stands_until_it_is_revoked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
