/* SPDX-License-Identifier: Apache-2.0 */
/* Names of what findings carry; texts for people are in catalogues. */
#include "wire/finding.h"

const char *severity_name(enum severity s)
{
	static const char *const names[] = { "info", "low", "medium", "high", "critical" };

	return s >= SEVERITY_INFO && s <= SEVERITY_CRITICAL ? names[s] : "info";
}
