/* SPDX-License-Identifier: Apache-2.0 */
/* Makers of network cards, from the list oui.tsv that is compiled in. */
#ifndef PROBE_INVENTORY_OUI_H
#define PROBE_INVENTORY_OUI_H

#include "probe/dissect/addr.h"

struct oui;

struct oui *oui_new(void);
void oui_free(struct oui *o);
/* "" when the maker is not in the list or the address is a random one; lives as long as O. */
const char *oui_vendor(const struct oui *o, const struct mac *m);

#endif
