/* SPDX-License-Identifier: Apache-2.0 */
/* One-time codes, and the certificate that a sensor gets for one. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "hub/accounts/accounts.h"
#include "hub/fleet/fleet_ingest.h"
#include "hub/fleet/fleet_item_store.h"
#include "hub/fleet/fleet_rules.h"
#include "hub/fleet/fleet_store.h"
#include "hub/members/members.h"
#include "net/crypto.h"
#include "net/pki.h"

enum { HEX_SIZE = 65, HARDWARE_MAX = 200, VERSION_MAX = 60 };

static void code_hash(const char *clean, char out[HEX_SIZE])
{
	uint8_t digest[32];

	crypto_sha256(clean, strlen(clean), digest);
	crypto_hex(digest, sizeof(digest), out);
}

int fleet_code_make(struct db *db, const struct user *u, const struct fleet_enrol_code *c,
		    char code_out[FLEET_CODE_SIZE], int64_t *expires_us_out, struct err *e)
{
	char code[CRYPTO_CODE_SIZE(FLEET_CODE_CHARS)], clean[FLEET_CODE_SIZE], hash[HEX_SIZE];
	int64_t now = u->scope.now_us;
	size_t n = utf8_count(c->sensor_name, strlen(c->sensor_name));
	int r;

	if (!user_is(u, FLEET_EDITORS))
		return err_set(e, -EPERM, "only the desk and administrators change sensors");
	if (n == 0 || n > FLEET_NAME_MAX)
		return err_set(e, -EINVAL, "a sensor's name has 1 to %d characters",
			       FLEET_NAME_MAX);
	crypto_code(code, FLEET_CODE_CHARS);
	if (!crypto_code_clean(code, clean, sizeof(clean)))
		return err_set(e, -EFORMAT, "a code of our own does not check");
	code_hash(clean, hash);
	SCOPED_TXN struct txn *t = txn_begin(db, TXN_WRITE, e);
	if (!t)
		return e->code;
	if ((r = fleet_store_code_add(t, &u->scope, c, hash, u->person_id, now, e)) < 0 ||
	    (r = accounts_audit(t, u, "sensor.code", "company", c->company_id, c->company_id, NULL,
				e)) < 0 ||
	    (r = txn_commit(&t, e)) < 0)
		return r;
	str_copy(code_out, FLEET_CODE_SIZE, str_of(code));
	*expires_us_out = now + FLEET_CODE_DAYS * US_PER_DAY;
	return 0;
}

/* The row of a code that may be used now. */
static int usable_code(struct txn *t, const char *typed, int64_t now_us, struct arena *a,
		       struct fleet_code_row *out, struct err *e)
{
	char clean[FLEET_CODE_SIZE], hash[HEX_SIZE];
	int r;

	if (!crypto_code_clean(typed, clean, sizeof(clean)))
		return err_set(e, -EDENIED, "the code is mistyped: please check each character");
	code_hash(clean, hash);
	if ((r = fleet_store_code_find(t, hash, a, out, e)) < 0)
		return r;
	if (r == 0)
		return err_set(e, -EDENIED,
			       "this hub knows no such code: please ask the desk for a new one");
	if (out->used_us != 0)
		return err_set(e, -EDENIED,
			       "the code was used already: please ask the desk for a new one");
	if (out->expires_us <= now_us)
		return err_set(e, -EDENIED,
			       "the code has expired: please ask the desk for a new one");
	return 0;
}

static int sign(const struct fleet_ca *ca, const struct fleet_enrol *q, const char *name,
		int64_t now_us, char **cert_out, struct err *e)
{
	struct pki_issue i = { .ca_key_pem = ca->key_pem,
			       .ca_cert_pem = ca->cert_pem,
			       .now_us = now_us,
			       .valid_us = FLEET_CERT_DAYS * US_PER_DAY,
			       .common_name = name };

	return pki_issue_client(&i, q->csr_pem, q->csr_n, cert_out, e);
}

static int store_sensor(struct txn *t, const struct fleet_code_row *code,
			const struct fleet_enrol *q, const char *cert_pem, int64_t now_us,
			int64_t *id_out, struct err *e)
{
	char hardware[HARDWARE_MAX], version[VERSION_MAX], hex[HEX_SIZE];
	struct fleet_sensor s = { .company_id = code->company_id,
				  .site_id = code->site_id,
				  .name = code->sensor_name,
				  .cert_sha256 = hex,
				  .version = version,
				  .hardware = hardware,
				  .enrolled_us = now_us };
	uint8_t digest[32];
	int r;

	str_copy(hardware, sizeof(hardware), str_of(q->hardware));
	str_copy(version, sizeof(version), str_of(q->version));
	if ((r = pki_cert_sha256(cert_pem, digest, e)) < 0 ||
	    (r = pki_cert_expires(cert_pem, &s.cert_expires_us, e)) < 0)
		return r;
	crypto_hex(digest, sizeof(digest), hex);
	if ((r = fleet_store_add(t, &scope_system, &s, id_out, e)) < 0)
		return r;
	return fleet_store_code_use(t, code->id, *id_out, now_us, e);
}

static int tell(struct txn *t, const struct fleet_consumers *all, const struct fleet_enrolled *x,
		struct err *e)
{
	int r = 0;

	for (size_t i = 0; all && i < all->n && r >= 0; i++)
		if (all->list[i].enrolled)
			r = all->list[i].enrolled(all->list[i].arg, t, x->company_id, x->sensor_id,
						  e);
	return r;
}

static int enrol_in(struct txn *t, const struct fleet_ca *ca, const struct fleet_enrol *q,
		    int64_t now_us, struct fleet_enrolled *out, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct fleet_code_row code;
	struct company company;
	char hex[HEX_SIZE];
	int r;

	if ((r = usable_code(t, q->code, now_us, a, &code, e)) < 0)
		return r;
	char *name = arena_printf(a, "sensor of company %lld", (long long)code.company_id);
	if ((r = sign(ca, q, name, now_us, &out->cert_pem, e)) < 0 ||
	    (r = store_sensor(t, &code, q, out->cert_pem, now_us, &out->sensor_id, e)) < 0)
		return r;
	if ((r = members_company_get(t, &scope_system, code.company_id, a, &company, e)) < 0)
		return r;
	out->company_id = code.company_id;
	str_copy(out->company, sizeof(out->company), str_of(company.name));
	crypto_hex(ca->item.public_key, sizeof(ca->item.public_key), hex);
	r = fleet_item_store_key_set(t, out->sensor_id, out->company_id, hex, e);
	if (r < 0)
		return r;
	return accounts_audit(t, NULL, "sensor.enrol", "sensor", out->sensor_id, out->company_id,
			      NULL, e);
}

int fleet_enrol(const struct fleet_enroller *by, const struct fleet_enrol *q, int64_t now_us,
		struct fleet_enrolled *out, struct err *e)
{
	struct fleet_enrolled made = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(by->db, TXN_WRITE, e);
	int r;

	if (!t)
		return e->code;
	r = enrol_in(t, by->ca, q, now_us, &made, e);
	if (r >= 0)
		r = tell(t, by->consumers, &made, e);
	if (r >= 0)
		r = txn_commit(&t, e);
	if (r < 0) {
		free(made.cert_pem);
		return r;
	}
	*out = made;
	return 0;
}

int fleet_expire_codes(struct hub *h, struct err *e)
{
	int64_t keep_us =
		90 * US_PER_DAY; /* an expired code still gets its own words for a while */
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	int r;

	if (!t)
		return e->code;
	if ((r = fleet_store_code_expire(t, clock_utc_us(h->clock) - keep_us, e)) < 0)
		return r;
	return txn_commit(&t, e);
}
