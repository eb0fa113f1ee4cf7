/* SPDX-License-Identifier: Apache-2.0 */
/* Answers of this feature for programs. */
#ifndef HUB_CASES_CASES_JSON_H
#define HUB_CASES_CASES_JSON_H

#include "hub/cases/cases_pages.h"
#include "hub/hub.h"

int cases_json_list(struct call *c, const struct incident *i, size_t n);
/* A case with its story, its devices and its indicators. */
int cases_json_one(struct call *c, const struct case_page *p);

#endif
