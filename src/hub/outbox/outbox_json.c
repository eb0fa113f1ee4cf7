/* SPDX-License-Identifier: Apache-2.0 */
/* Answers of the outbox for programs. */
#include "hub/outbox/outbox_pages.h"

int outbox_json_list(struct call *c, const struct outbox_page *p)
{
	struct buf b = { 0 };
	struct jsonw w = jsonw_of(&b);

	jsonw_object(&w, NULL);
	jsonw_array(&w, "hooks");
	for (size_t i = 0; i < p->n_hooks; i++) {
		const struct hook *k = &p->hooks[i].k;
		jsonw_object(&w, NULL);
		jsonw_int(&w, "id", k->id);
		jsonw_text(&w, "name", k->name);
		jsonw_text(&w, "url", k->url);
		jsonw_text(&w, "kinds", k->kinds);
		jsonw_bool(&w, "active", k->active);
		jsonw_int(&w, "fails", k->fails);
		jsonw_int(&w, "ok_us", k->ok_us);
		jsonw_int(&w, "waiting", k->waiting);
		jsonw_int(&w, "dead", k->dead);
		jsonw_text(&w, "error", k->error);
		jsonw_end_object(&w);
	}
	jsonw_end_array(&w);
	jsonw_array(&w, "dead");
	for (size_t i = 0; i < p->n_dead; i++) {
		const struct delivery *d = &p->dead[i];
		jsonw_object(&w, NULL);
		jsonw_int(&w, "id", d->id);
		jsonw_int(&w, "hook_id", d->hook_id);
		jsonw_text(&w, "event", d->event);
		jsonw_text(&w, "type", d->kind);
		jsonw_int(&w, "company_id", d->company_id);
		jsonw_int(&w, "made_us", d->made_us);
		jsonw_int(&w, "tries", d->tries);
		jsonw_text(&w, "error", d->error);
		jsonw_end_object(&w);
	}
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	return call_json(c, &b);
}

int outbox_json_secret(struct call *c, const struct hook_secret_page *p)
{
	struct buf b = { 0 };
	struct jsonw w = jsonw_of(&b);

	jsonw_object(&w, NULL);
	jsonw_int(&w, "id", p->id);
	jsonw_text(&w, "name", p->name);
	jsonw_text(&w, "secret", p->secret);
	jsonw_end_object(&w);
	return call_json(c, &b);
}

int outbox_json_test(struct call *c, const struct hook_page *p)
{
	struct buf b = { 0 };
	struct jsonw w = jsonw_of(&b);

	jsonw_object(&w, NULL);
	jsonw_bool(&w, "arrived", p->test_good);
	jsonw_text(&w, "text", p->tested);
	jsonw_end_object(&w);
	return call_json(c, &b);
}
