/* SPDX-License-Identifier: Apache-2.0 */
/* Code points for folding; what others use is members_fold in members.h. */
#ifndef HUB_MEMBERS_MEMBERS_FOLD_H
#define HUB_MEMBERS_MEMBERS_FOLD_H

#include <stddef.h>
#include <stdint.h>

uint32_t fold_next(const char **s);       /* the code point at *S, which moves behind it */
size_t fold_put(uint32_t c, char out[4]); /* as UTF-8; bytes written */

#endif
