/* SPDX-License-Identifier: Apache-2.0 */
/* One kind of cell of a member list: how it is read and how it is written. Private to
 * members_columns.c. */
#ifndef HUB_MEMBERS_MEMBERS_CELLS_H
#define HUB_MEMBERS_MEMBERS_CELLS_H

#include "hub/members/members_columns.h"

struct members_cell {
	/* CELL is trimmed and not empty; CONTACT is 0..2 for a contact's cell. -EINVAL. */
	int (*set)(struct members_row *row, int contact, const char *cell, struct arena *a,
		   struct err *e);
	/* NULL writes an empty cell. */
	const char *(*get)(const struct members_row *row, int contact, enum lang lang,
			   struct arena *a);
};

extern const struct members_cell members_cells_name, members_cells_kana,
	members_cells_corporate_number, members_cells_external_id, members_cells_prefecture,
	members_cells_municipality, members_cells_postal_code, members_cells_address,
	members_cells_phone, members_cells_industry, members_cells_employees, members_cells_devices,
	members_cells_contact_name, members_cells_contact_kana, members_cells_contact_role,
	members_cells_contact_phone, members_cells_contact_mail, members_cells_contact_channel,
	members_cells_contact_hours;

#endif
