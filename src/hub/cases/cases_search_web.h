/* SPDX-License-Identifier: Apache-2.0 */
/* The search of the top bar: a row of the table in cases_web.c. */
#ifndef HUB_CASES_CASES_SEARCH_WEB_H
#define HUB_CASES_CASES_SEARCH_WEB_H

#include "hub/hub.h"

int cases_search(struct call *c);

#endif
