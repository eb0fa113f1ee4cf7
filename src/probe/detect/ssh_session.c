/* SPDX-License-Identifier: Apache-2.0 */
/* Follows the sizes of an SSH session up to the answer that lets somebody in. */
#include "probe/detect/ssh_session.h"

#include <string.h>

void ssh_session_see(struct ssh_session *s, int dir, struct rd p)
{
	/* Length 12, padding 10, SSH_MSG_NEWKEYS (RFC 4253, 6 and 7.3). */
	static const uint8_t new_keys[] = { 0, 0, 0, 12, 10, 21 };

	if (s->entered || p.n == 0)
		return;
	if (!s->keyed)
		s->keyed = dir == 1 && memmem(p.p, p.n, new_keys, sizeof(new_keys));
	else if (dir == 0)
		s->asked = true;
	else if (s->asked && s->consent == 0) /* what came unasked are extensions (RFC 8308) */
		s->consent = p.n;
	else if (s->asked)
		s->entered = p.n < s->consent;
}
