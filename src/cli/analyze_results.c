/* SPDX-License-Identifier: Apache-2.0 */
/* Copies what the pipeline tells. */
#include "cli/analyze_results.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/map.h"
#include "base/mem.h"

struct analyze_results *analyze_results_new(void)
{
	struct analyze_results *r = mem_new(sizeof(*r));

	r->by_story = map_new(ANALYZE_FINDINGS_MAX);
	r->by_device = map_new(ANALYZE_DEVICES_MAX);
	return r;
}

static void finding_clear(struct analyze_finding *w)
{
	free(w->detector);
	free(w->device);
	free(w->mac);
	free(w->hostname);
	free(w->key);
	free(w->peers.p);
	free(w->names.p);
	free(w->reasons.p);
	free(w->evidence.p);
	*w = (struct analyze_finding){ 0 };
}

static void device_clear(struct analyze_device *d)
{
	free(d->mac);
	free(d->hostname);
	free(d->vendor);
	free(d->fingerprint);
	free(d->addresses.p);
}

void analyze_results_free(struct analyze_results *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < r->n_findings; i++) {
		finding_clear(r->finding[i]);
		free(r->finding[i]);
	}
	for (size_t i = 0; i < r->n_devices; i++) {
		device_clear(r->device[i]);
		free(r->device[i]->key);
		free(r->device[i]->clue);
		free(r->device[i]);
	}
	free(r->finding);
	free(r->device);
	map_free(r->by_story);
	map_free(r->by_device);
	free(r);
}

static struct texts texts_copy(const char *const *list, size_t n)
{
	SCOPED_BUF struct buf b;

	buf_init(&b, 0);
	for (size_t i = 0; i < n; i++)
		buf_add(&b, list[i], strlen(list[i]) + 1);
	return (struct texts){ .p = buf_take(&b), .n = n };
}

static struct texts evidence_copy(const struct evidence *list, size_t n)
{
	SCOPED_BUF struct buf b;

	buf_init(&b, 0);
	for (size_t i = 0; i < n; i++) {
		double v = list[i].number;
		buf_add(&b, list[i].name, strlen(list[i].name) + 1);
		if (list[i].text)
			buf_adds(&b, list[i].text);
		else if (fabs(v - round(v)) < 1e-9 && fabs(v) < 1e15)
			buf_printf(&b, "%.0f", v);
		else
			buf_printf(&b, fabs(v) < 1 ? "%.3f" : "%.1f", v);
		buf_addc(&b, '\0');
	}
	return (struct texts){ .p = buf_take(&b), .n = 2 * n };
}

/* Makes room for one more pointer. */
static void *room(void *list, size_t n)
{
	if (n == 0 || (n >= 16 && (n & (n - 1)) == 0))
		return mem_resize(list, n ? n * 2 : 16, sizeof(void *));
	return list;
}

static struct analyze_finding *finding_of(struct analyze_results *r, const char *story)
{
	struct analyze_finding *w = map_find(r->by_story, story, strlen(story));

	if (w)
		return w;
	w = mem_new(sizeof(*w));
	if (map_set(r->by_story, story, strlen(story), w) < 0) {
		r->findings_beyond++;
		free(w);
		return NULL;
	}
	r->finding = room(r->finding, r->n_findings);
	return r->finding[r->n_findings++] = w;
}

static const char *key_of(const struct device_info *d)
{
	if (d->mac[0])
		return d->mac;
	return d->n_addresses ? d->addresses[0] : "";
}

void analyze_results_add(struct analyze_results *r, const struct finding *f)
{
	struct analyze_finding *w = finding_of(r, f->story);

	analyze_results_device(r, &f->device);
	if (!w)
		return;
	finding_clear(w);
	*w = (struct analyze_finding){
		.severity = f->severity,
		.confidence = f->confidence,
		.first_us = f->first_us,
		.last_us = f->last_us,
		.detector = mem_strdup(f->detector),
		.device = mem_strdup(f->device.n_addresses ? f->device.addresses[0] : ""),
		.mac = mem_strdup(f->device.mac),
		.hostname = mem_strdup(f->device.hostname),
		.key = mem_strdup(key_of(&f->device)),
		.peers = texts_copy(f->peers, f->n_peers),
		.names = texts_copy(f->names, f->n_names),
		.reasons = texts_copy(f->reasons, f->n_reasons),
		.evidence = evidence_copy(f->evidence, f->n_evidence),
	};
}

static struct analyze_device *device_of(struct analyze_results *r, const char *key)
{
	struct analyze_device *d = map_find(r->by_device, key, strlen(key));

	if (d || !key[0])
		return d;
	d = mem_new(sizeof(*d));
	if (map_set(r->by_device, key, strlen(key), d) < 0) {
		r->devices_beyond++;
		free(d);
		return NULL;
	}
	d->key = mem_strdup(key);
	r->device = room(r->device, r->n_devices);
	return r->device[r->n_devices++] = d;
}

void analyze_results_device(struct analyze_results *r, const struct device_info *i)
{
	struct analyze_device *d = device_of(r, key_of(i));

	if (!d)
		return;
	device_clear(d);
	d->mac = mem_strdup(i->mac);
	d->hostname = mem_strdup(i->hostname);
	d->vendor = mem_strdup(i->vendor);
	d->fingerprint = mem_strdup(i->dhcp_fingerprint);
	d->addresses = texts_copy(i->addresses, i->n_addresses);
	d->random_mac = i->random_mac;
	d->gateway = i->is_gateway;
	d->first_us = i->first_seen_us;
	d->last_us = i->last_seen_us;
}

static void on_story(void *arg, const struct host_story *h)
{
	struct analyze_results *r = arg;
	struct analyze_device *d = device_of(r, key_of(&h->device));

	if (!d || h->n == 0)
		return;
	analyze_results_device(r, &h->device);
	/* Two stories of one key: of addresses that came and went. The fuller one speaks. */
	if (h->n < d->n_clues)
		return;
	free(d->clue);
	d->clue = mem_array(h->n, sizeof(*d->clue));
	memcpy(d->clue, h->clue, h->n * sizeof(*d->clue));
	d->n_clues = h->n;
}

void analyze_results_stories(struct analyze_results *r, const struct stories *s)
{
	stories_each(s, on_story, r);
}
