/* SPDX-License-Identifier: Apache-2.0 */
/* Dates as people in Japan type them into spreadsheets. */
#ifndef HUB_EXPORTS_EXPORTS_DATE_H
#define HUB_EXPORTS_EXPORTS_DATE_H

#include <stdint.h>

#include "base/err.h"

/* 令和8年3月1日, R8.3.1, 平成31年4月30日, 2026/3/1 14:05, 2026-03-01, 2026年3月1日 午後2時5分,
 * 20260301, RFC 3339; full-width digits and signs too. Without a time it is midnight in ZONE_MIN.
 * -EINVAL. */
int exports_date_parse(const char *typed, int zone_min, int64_t *out_us, struct err *e);

#endif
