/* SPDX-License-Identifier: Apache-2.0 */
/* Follows the SMB connections of the moment and brings their messages to the detectors. */
#ifndef PROBE_READERS_SMB_H
#define PROBE_READERS_SMB_H

#include "probe/detect/detect.h"

struct smb_reader;

struct smb_reader *smb_reader_new(struct detect_env *env);
void smb_reader_free(struct smb_reader *r);
/* A segment of F, which goes to one of SMB's ports. */
void smb_reader_packet(struct smb_reader *r, const struct flow *f, int dir,
		       const struct dissected *d);

#endif
