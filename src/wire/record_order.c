/* SPDX-License-Identifier: Apache-2.0 */
/* Reports on orders between plain C and protobuf. */
#include <math.h>

#include "wire/record_int.h"

static Otasuke__Wire__Evidence *figure_pack(const struct order_figure *f, struct arena *a)
{
	Otasuke__Wire__Evidence *m = arena_alloc(a, sizeof(*m));

	otasuke__wire__evidence__init(m);
	m->name = text_borrow(f->name);
	m->has_number = f->text == NULL;
	m->number = f->text ? 0 : (double)f->number;
	m->text = text_borrow(f->text);
	return m;
}

Otasuke__Wire__OrderReport *order_report_pack(const struct order_report *r, struct arena *a)
{
	Otasuke__Wire__OrderReport *m = arena_alloc(a, sizeof(*m));

	otasuke__wire__order_report__init(m);
	m->order = r->order;
	m->item = r->item;
	m->number = r->number;
	m->state = (Otasuke__Wire__OrderState)r->state;
	m->reason = text_borrow(r->reason);
	m->text = text_borrow(r->text);
	m->at_us = r->at_us;
	m->until_us = r->until_us;
	m->n_figures = r->n_figures;
	m->figures = arena_array(a, r->n_figures, sizeof(*m->figures));
	for (size_t i = 0; i < r->n_figures; i++)
		m->figures[i] = figure_pack(&r->figures[i], a);
	m->n_devices = r->n_devices;
	m->devices = arena_array(a, r->n_devices, sizeof(*m->devices));
	for (size_t i = 0; i < r->n_devices; i++)
		m->devices[i] = device_pack(&r->devices[i], a);
	if (r->file) {
		m->file_sha256.data = (uint8_t *)(uintptr_t)r->file; /* packed, not kept */
		m->file_sha256.len = ORDER_HASH;
		m->file_size = r->file_size;
	}
	return m;
}

static struct order_figure figure_unpack(const Otasuke__Wire__Evidence *m)
{
	bool fits = isfinite(m->number) && fabs(m->number) < 9e18;

	return (struct order_figure){ .name = m->name,
				      .number = m->has_number && fits ? (int64_t)m->number : 0,
				      .text = m->has_number ? NULL : m->text };
}

void order_report_unpack(const Otasuke__Wire__OrderReport *m, struct arena *a,
			 struct order_report *out)
{
	size_t n = m->n_figures < ORDER_FIGURES_MAX ? m->n_figures : ORDER_FIGURES_MAX;
	size_t n_devices = m->n_devices < ORDER_DEVICES_MAX ? m->n_devices : ORDER_DEVICES_MAX;
	struct order_figure *figures = arena_array(a, n, sizeof(*figures));
	struct device_info *devices = arena_array(a, n_devices, sizeof(*devices));
	bool known = m->state >= (int)ORDER_ACCEPTED && m->state < (int)ORDER_STATES;
	bool file = m->file_sha256.len == ORDER_HASH;

	for (size_t i = 0; i < n; i++)
		figures[i] = figure_unpack(m->figures[i]);
	for (size_t i = 0; i < n_devices; i++)
		device_unpack(m->devices[i], &devices[i]);
	*out = (struct order_report){
		.order = m->order > 0 ? m->order : 0,
		.item = m->item,
		.number = m->number,
		.state = known ? (enum order_state)m->state : ORDER_FAILED,
		.reason = m->reason,
		.text = m->text,
		.at_us = m->at_us,
		.until_us = m->until_us,
		.figures = figures,
		.n_figures = n,
		.devices = devices,
		.n_devices = n_devices,
		.file = file ? m->file_sha256.data : NULL,
		.file_size = file ? m->file_size : 0,
	};
}
