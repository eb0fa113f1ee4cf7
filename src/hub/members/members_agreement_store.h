/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on what was agreed with a company: relations, contacts, sites, contracts, consents. */
#ifndef HUB_MEMBERS_MEMBERS_AGREEMENT_STORE_H
#define HUB_MEMBERS_MEMBERS_AGREEMENT_STORE_H

#include "hub/members/members.h"
#include "hub/members/members_rules.h"

int members_agreement_store_relations(struct txn *t, const struct scope *s, int64_t company_id,
				      struct arena *a, struct relation **out, size_t *n_out,
				      struct err *e);
/* The same organisation and kind within the time of R: how many. */
int members_agreement_store_overlap(struct txn *t, const struct scope *s, const struct relation *r,
				    int64_t *n_out, struct err *e);
int members_agreement_store_relation_add(struct txn *t, const struct scope *s,
					 const struct relation *r, int64_t *id_out, struct err *e);
/* Ends one relation of the company (ID 0: each but the desk's) at TO_US. Rows changed. */
int64_t members_agreement_store_relation_end(struct txn *t, const struct scope *s,
					     int64_t company_id, int64_t id, int64_t to_us,
					     struct err *e);

int members_agreement_store_contacts(struct txn *t, const struct scope *s, int64_t company_id,
				     struct arena *a, struct contact **out, size_t *n_out,
				     struct err *e);
int members_agreement_store_contact_add(struct txn *t, const struct scope *s,
					const struct contact *c, int64_t *id_out, struct err *e);
int members_agreement_store_contact_set(struct txn *t, const struct scope *s,
					const struct contact *c, struct err *e);
int members_agreement_store_contact_remove(struct txn *t, const struct scope *s, int64_t company_id,
					   int64_t id, struct err *e);

int members_agreement_store_sites(struct txn *t, const struct scope *s, int64_t company_id,
				  struct arena *a, struct site **out, size_t *n_out, struct err *e);
int members_agreement_store_site_add(struct txn *t, const struct scope *s, const struct site *x,
				     int64_t *id_out, struct err *e);

int members_agreement_store_contracts(struct txn *t, const struct scope *s, int64_t company_id,
				      struct arena *a, struct contract **out, size_t *n_out,
				      struct err *e);
int members_agreement_store_contract_add(struct txn *t, const struct scope *s,
					 const struct contract *c, int64_t *id_out, struct err *e);
int members_agreement_store_contract_end(struct txn *t, const struct scope *s, int64_t company_id,
					 int64_t id, int64_t to_us, struct err *e);

int members_agreement_store_consents(struct txn *t, const struct scope *s, int64_t company_id,
				     struct arena *a, struct consent **out, size_t *n_out,
				     struct err *e);
int members_agreement_store_consent_add(struct txn *t, const struct scope *s,
					const struct consent *c, int64_t *id_out, struct err *e);
int members_agreement_store_consent_revoke(struct txn *t, const struct scope *s, int64_t company_id,
					   int64_t id, int64_t now_us, struct err *e);

#endif
