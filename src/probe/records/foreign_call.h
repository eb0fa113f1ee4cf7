/* SPDX-License-Identifier: Apache-2.0 */
/* Calls of DCE/RPC as other programs name them, in the form of the wire. */
#ifndef PROBE_RECORDS_FOREIGN_CALL_H
#define PROBE_RECORDS_FOREIGN_CALL_H

#include "probe/records/foreign.h"

/* "367abb81-9844-35f1-ad32-98f038001003", bound; nothing is added when it is none. */
void foreign_bind(struct foreign *r, const char *uuid);
/* Of what is bound already. */
void foreign_operation(struct foreign *r, int operation);
/* By the names that Zeek gives; false: none that matters to us. */
bool foreign_call_named(struct foreign *r, const char *endpoint, const char *operation);

#endif
