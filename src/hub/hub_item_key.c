/* SPDX-License-Identifier: Apache-2.0 */
/* The key that signs items: 32 bytes of seed as hex in the state folder, readable by its owner. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "hub/hub_core.h"
#include "net/crypto.h"

enum { FILE_MAX = 200 };

int hub_item_key_make(const struct hub *h, struct err *e)
{
	SCOPED_MEM char *path = hub_state_path(h, HUB_ITEM_KEY);
	uint8_t seed[CRYPTO_SEED];
	char hex[2 * CRYPTO_SEED + 2];

	if (file_exists(path))
		return 0;
	crypto_random(seed, sizeof(seed));
	crypto_hex(seed, sizeof(seed), hex);
	hex[2 * CRYPTO_SEED] = '\n';
	int r = file_write(path, 0600, hex, 2 * CRYPTO_SEED + 1, e);
	crypto_wipe(seed, sizeof(seed));
	crypto_wipe(hex, sizeof(hex));
	return r;
}

int hub_item_key_load(const struct hub *h, struct hub_item_key *out, struct err *e)
{
	SCOPED_MEM char *path = hub_state_path(h, HUB_ITEM_KEY);
	SCOPED_BUF struct buf text = { 0 };
	uint8_t seed[CRYPTO_SEED];
	size_t n = 0;
	int r = file_read(path, FILE_MAX, &text, e);

	if (r < 0)
		return r;
	r = str_hex(str_trim(str_of(text.p)), seed, sizeof(seed), &n);
	crypto_wipe(text.p, text.n);
	if (r < 0 || n != sizeof(seed))
		return err_set(e, -EFORMAT,
			       "%s is damaged: take it back from a backup, or remove it and enrol "
			       "the sensors again",
			       path);
	crypto_key_pair(seed, out->public_key, out->secret);
	crypto_wipe(seed, sizeof(seed));
	return 0;
}
