/* SPDX-License-Identifier: Apache-2.0 */
/* Sensors as pages show them: the light, why, and the address that a code is printed with. */
#include <errno.h>

#include "base/file.h"
#include "base/mem.h"
#include "hub/fleet/fleet_pages.h"
#include "net/crypto.h"
#include "net/pki.h"

enum { PEM_MAX = 64 * 1024 };

const char *fleet_view_light_key(enum fleet_light l)
{
	static const char *const keys[] = { "fleet.light.grey", "fleet.light.green",
					    "fleet.light.amber", "fleet.light.red" };

	return keys[l];
}

/* The light in one sentence; the order is that of fleet_light_of. */
static const char *why_key(const struct fleet_sensor *s, int64_t now_us)
{
	int64_t silent = now_us - s->heard_us;

	if (s->revoked_us != 0)
		return "fleet.why.revoked";
	if (s->heard_us == 0)
		return "fleet.why.never";
	if (silent > FLEET_RED_AFTER_US)
		return "fleet.why.silent";
	if (s->beat_us != 0 && !s->capture_up)
		return "fleet.why.capture_down";
	if (silent > FLEET_AMBER_AFTER_US)
		return "fleet.why.late";
	if (*s->problems)
		return "fleet.why.problems";
	return fleet_light_of(s, now_us) == FLEET_AMBER ? "fleet.why.soon" : "fleet.why.fine";
}

void fleet_view_item(const struct fleet_sensor *s, int64_t now_us, struct fleet_entry *out)
{
	enum fleet_light l = fleet_light_of(s, now_us);

	*out = (struct fleet_entry){ .s = *s,
				     .light = fleet_light_name(l),
				     .light_key = fleet_view_light_key(l),
				     .why_key = why_key(s, now_us) };
}

const char *fleet_view_url(struct call *c, const char *code, struct err *e)
{
	SCOPED_MEM char *path = hub_state_path(c->hub, HUB_CA_CERT);
	SCOPED_BUF struct buf pem = { 0 };
	uint8_t digest[32];
	char hex[65];

	if (file_read(path, PEM_MAX, &pem, e) < 0 || pki_cert_spki_sha256(pem.p, digest, e) < 0)
		return NULL;
	crypto_hex(digest, sizeof(digest), hex);
	return arena_printf(c->arena, "otasuke://%s/?code=%s&ca=%s",
			    c->hub->conf.public_sensor_host, code, hex);
}

void fleet_view_post(struct call *c, const struct item_row *i, struct fleet_item_view *out)
{
	static const struct {
		const char *state, *key, *tone;
	} states[] = {
		{ "waiting", "fleet.item.waiting", "grey" },
		{ "delivered", "fleet.item.delivered", "grey" },
		{ "applied", "fleet.item.applied", "green" },
		{ "refused", "fleet.item.refused", "red" },
		{ "superseded", "fleet.item.superseded", "grey" },
		{ "expired", "fleet.item.expired", "amber" },
		{ "withdrawn", "fleet.item.withdrawn", "grey" },
	};
	const char *kind = text_find(c->hub->text, c->lang,
				     arena_printf(c->arena, "fleet.item.kind.%s", i->kind));
	const char *reason = *i->reason ? text_find(c->hub->text, c->lang, i->reason) : NULL;

	*out = (struct fleet_item_view){ .kind = kind ? kind : i->kind,
					 .state_key = states[0].key,
					 .tone = states[0].tone,
					 .reason = reason ? reason : i->reason,
					 .made_us = i->made_us,
					 .delivered_us = i->delivered_us,
					 .done_us = i->done_us,
					 .size = i->blob_size };
	for (size_t k = 0; k < ARRAY_LEN(states); k++) {
		if (strcmp(states[k].state, i->state) == 0) {
			out->state_key = states[k].key;
			out->tone = states[k].tone;
		}
	}
}
