/* SPDX-License-Identifier: Apache-2.0 */
/* From orders to what pages and the API show of them. */
#ifndef HUB_RESPONSE_RESPONSE_VIEW_H
#define HUB_RESPONSE_RESPONSE_VIEW_H

#include "hub/response/response_pages.h"

struct order_item *response_view_items(struct call *c, const struct response_order *o, size_t n);
/* To the second; a dash for 0. */
const char *response_view_clock(struct call *c, int64_t us);
void response_view_json(struct jsonw *w, const struct response_order *o);
/* The devices to choose from: those of the case first, then those seen last. With CHOSEN "" the
 * only one of the case is chosen. */
int response_view_devices(struct call *c, struct txn *t, const struct incident *i,
			  const char *chosen, struct order_device **out, size_t *n_out);
/* Those that take orders. */
int response_view_sensors(struct call *c, struct txn *t, int64_t company_id, int64_t chosen,
			  struct order_sensor **out, size_t *n_out);

#endif
