/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: SMB messages and the DCE/RPC calls inside. */
#include <stdlib.h>

#include "probe/dissect/smb.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct smb_walk w;
	struct smb_message m;
	struct rpc_message rpc;
	int n = 0;

	(void)rpc_parse(rd_of(data, size), &rpc);
	smb_start(&w, rd_of(data, size));
	while (smb_next(&w, &m)) {
		if (++n > SMB_MESSAGES_MAX)
			abort();
		if (m.data.n && (m.data.p < data || m.data.p + m.data.n > data + size))
			abort(); /* a view that leaves the packet */
		(void)rpc_parse(m.data, &rpc);
	}
	return 0;
}
