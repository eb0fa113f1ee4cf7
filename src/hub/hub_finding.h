/* SPDX-License-Identifier: Apache-2.0 */
/* What a feature tells the doctor (hub_check.c). Part of hub.h. */
#ifndef HUB_HUB_FINDING_H
#define HUB_HUB_FINDING_H

/* What the doctor finds: a feature adds its findings in check(). The text of KEY says what is (the
 * arguments fill {0}, {1}); unless it is good, the text of KEY.mend says how to mend it. */
enum check_level { CHECK_GOOD, CHECK_WARN, CHECK_BAD };
struct check_list;
void check_add(struct check_list *l, enum check_level level, const char *key, const char *arg0,
	       const char *arg1);

#endif
