/* SPDX-License-Identifier: Apache-2.0 */
/* Interfaces by UUID and by name. What they mean: detect/lateral.c. */
#include "probe/records/foreign_call.h"

#include <string.h>

#include "base/mem.h"

enum { UUID_BYTES = 16 };

static struct foreign_call *add(struct foreign *r)
{
	return r->n_calls < FOREIGN_CALLS_MAX ? &r->call[r->n_calls++] : NULL;
}

/* The first three parts are little-endian on the wire (DCE 1.1, RPC, appendix A). */
static bool uuid_read(const char *text, uint8_t out[UUID_BYTES])
{
	static const uint8_t place[UUID_BYTES] = { 3, 2, 1,  0,  5,  4,  7,  6,
						   8, 9, 10, 11, 12, 13, 14, 15 };
	char hex[2 * UUID_BYTES + 1];
	uint8_t b[UUID_BYTES];
	size_t n = 0, got = 0;

	for (; *text; text++) {
		if (*text == '-')
			continue;
		if (n == 2 * UUID_BYTES)
			return false;
		hex[n++] = *text;
	}
	if (n != 2 * UUID_BYTES || str_hex((struct str){ hex, n }, b, sizeof(b), &got) < 0 ||
	    got != UUID_BYTES)
		return false;
	for (size_t i = 0; i < UUID_BYTES; i++)
		out[place[i]] = b[i];
	return true;
}

void foreign_bind(struct foreign *r, const char *uuid)
{
	uint8_t interface[UUID_BYTES];
	struct foreign_call *c = uuid_read(uuid, interface) ? add(r) : NULL;

	if (!c)
		return;
	c->operation = -1;
	memcpy(c->interface, interface, sizeof(interface));
}

void foreign_operation(struct foreign *r, int operation)
{
	struct foreign_call *c = add(r);

	if (c)
		*c = (struct foreign_call){ .operation = operation };
}

bool foreign_call_named(struct foreign *r, const char *endpoint, const char *operation)
{
	static const struct {
		const char *endpoint, *operation, *uuid; /* OPERATION NULL: any */
		int number;
	} known[] = {
		{ "svcctl", "CreateServiceW", "367abb81-9844-35f1-ad32-98f038001003", 12 },
		{ "svcctl", "StartServiceW", "367abb81-9844-35f1-ad32-98f038001003", 19 },
		{ "svcctl", "CreateServiceA", "367abb81-9844-35f1-ad32-98f038001003", 24 },
		{ "svcctl", "CreateServiceWOW64A", "367abb81-9844-35f1-ad32-98f038001003", 44 },
		{ "svcctl", "CreateServiceWOW64W", "367abb81-9844-35f1-ad32-98f038001003", 45 },
		{ "atsvc", "NetrJobAdd", "1ff70682-0a51-30e8-076d-740be8cee98b", 0 },
		{ "ITaskSchedulerService", "SchRpcRegisterTask",
		  "86d35949-83c9-4044-b424-db363231fd0c", 1 },
		{ "IWbemLevel1Login", NULL, "f309ad18-d86a-11d0-a075-00c04fb68820", -1 },
		{ "IWbemServices", NULL, "f309ad18-d86a-11d0-a075-00c04fb68820", -1 },
	};

	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		if (!str_eq_nocase(str_of(endpoint), str_of(known[i].endpoint)) ||
		    (known[i].operation && strcmp(operation, known[i].operation) != 0))
			continue;
		foreign_bind(r, known[i].uuid);
		if (known[i].number >= 0)
			foreign_operation(r, known[i].number);
		return true;
	}
	return false;
}
