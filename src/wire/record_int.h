/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of record.c share. For them only. */
#ifndef WIRE_RECORD_INT_H
#define WIRE_RECORD_INT_H

#include "wire/record.h"

/* protobuf-c's structs take char *, and pack only reads them. */
static inline char *text_borrow(const char *s)
{
	return s ? (char *)(uintptr_t)s : (char *)(uintptr_t) "";
}

Otasuke__Wire__Device *device_pack(const struct device_info *d, struct arena *a);
void device_unpack(const Otasuke__Wire__Device *m, struct device_info *out);

/* record_order.c: as the others, unpacking cuts and cannot fail. */
Otasuke__Wire__OrderReport *order_report_pack(const struct order_report *r, struct arena *a);
void order_report_unpack(const Otasuke__Wire__OrderReport *m, struct arena *a,
			 struct order_report *out);

#endif
