/* SPDX-License-Identifier: Apache-2.0 */
/* Evidence: files and things that belong to a case, who had them in hand, and what the case knows
 * for certain: devices, indicators, countermeasures, time and cost. Rules: evidence.c (things),
 * evidence_facts.c (facts). Files on the disk: evidence_files.c. */
#ifndef HUB_EVIDENCE_EVIDENCE_H
#define HUB_EVIDENCE_EVIDENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hub/hub.h"

extern const struct hub_feature evidence_feature;

enum {
	EVIDENCE_NAME_CHARS = 255,
	EVIDENCE_NOTE_CHARS = 2000,
	EVIDENCE_HASH = 65, /* SHA-256 in hex and a NUL */
};

/* --- putting something in --- */

/* What it is and whose. Texts NULL = "". */
struct evidence_new {
	int64_t case_id;     /* incident.id, of the user's scope */
	const char *kind;    /* file computer disk phone paper other */
	const char *name;    /* what the giver calls it: shown, never a path of ours */
	const char *note;    /* what it is and where it was found */
	const char *source;  /* upload portal sensor mail hand */
	const char *from;    /* who gave it, where it came from; "" = the user's name */
	const char *sha256;  /* hex, of a thing that is not a file, when it is known; "" */
	const char *seal;    /* number of the seal or bag */
	const char *place;   /* where a thing is kept */
	int64_t happened_us; /* when it was taken; 0 = now */
	bool dangerous;      /* somebody says so; names and first bytes may say it too */
};

/* A complete file on its way in. */
struct evidence_blob {
	char path[4096]; /* ours, in evidence/incoming; "" = nothing */
	char sha256[EVIDENCE_HASH];
	int64_t size_bytes;
};

/* Whether SIZE_BYTES more may come in: -ELIMIT when a file is larger than allowed or the store is
 * full (evidence.max_mib, evidence.total_gib, evidence.free_mib); the text says the limit and what
 * to do instead. */
int evidence_room(struct hub *h, int64_t size_bytes, struct err *e);
/* Takes the file at PATH in hand, outside of any transaction: it is moved (or copied, from another
 * file system), hashed, and gone from PATH. -ELIMIT as above; PATH is left alone then. */
int evidence_take(struct hub *h, const char *path, struct evidence_blob *out, struct err *e);
/* A new piece of evidence with its first line of custody, a line in the story, an audit row. B
 * NULL: not a file. With T rolled back, the file goes by itself later. U may be the hub itself
 * (accounts_system_user): then `from` says who. Cases that are closed take late evidence too. */
int evidence_put(struct txn *t, struct hub *h, const struct user *u, const struct evidence_new *n,
		 struct evidence_blob *b, int64_t now_us, int64_t *id_out, struct err *e);
/* The file that came with a form of a ROUTE_UPLOAD route, hashed already, and its name as it was
 * sent; false when none was chosen. */
bool evidence_taken(struct call *c, const char *field, struct evidence_blob *out,
		    const char **name_out);
void evidence_blob_drop(struct evidence_blob *b); /* removes what was not put; always safe */
/* Take and put in a transaction of its own. */
int evidence_put_file(struct hub *h, const struct user *u, const struct evidence_new *n,
		      const char *path, int64_t now_us, int64_t *id_out, struct err *e);

/* --- what there is; texts live in the arena, none is NULL --- */

struct evidence_item {
	int64_t id, case_id, company_id, no; /* NO: 1, 2, … of the company */
	const char *kind, *name, *note, *source;
	const char *state;  /* kept (a file) held (a thing) returned destroyed */
	const char *sha256; /* "" = not known */
	int64_t size_bytes; /* -1 = not a file */
	const char *media;  /* packets, or "" */
	const char *tlp;    /* clear green amber amber+strict red */
	bool dangerous;
	const char *holder, *seal, *place;
	int64_t taken_us, added_us, added_by;
	const char *added_name; /* "" = the hub */
	int64_t checked_us;     /* last re-hash; 0 = never */
	const char *check;      /* "" matches differs missing */
	int64_t n_custody;      /* lines of the chain; also the version for forms */
	const char *head_hash;  /* of the newest line */
};

/* Append only; each line's hash covers it and the one before, per item. */
struct evidence_custody {
	int64_t id, item_id, seq, at_us, recorded_us, person_id;
	const char *kind; /* received viewed downloaded handed returned destroyed verified noted */
	const char *person_name, *from, *to, *why, *seal, *sha256;
	const char *result; /* of verified: matches differs missing */
	const char *prev_hash, *hash;
};

int evidence_items(struct txn *t, const struct scope *s, int64_t case_id, struct arena *a,
		   struct evidence_item **out, size_t *n_out, struct err *e);
int evidence_get(struct txn *t, const struct scope *s, int64_t id, struct arena *a,
		 struct evidence_item *out, struct err *e); /* -ENOENT */
int evidence_custody(struct txn *t, const struct scope *s, int64_t item_id, struct arena *a,
		     struct evidence_custody **out, size_t *n_out, struct err *e);
/* The bytes of a file that is kept, opened for reading; the caller writes the line of custody with
 * evidence_handled() first. The descriptor, or -ENOENT when it is gone. */
int evidence_open(struct hub *h, const struct evidence_item *i, struct err *e);

/* A line of the chain, with what it changes on the item and its audit row. SEEN: the n_custody that
 * the person saw; -1 = does not matter. -ECONFLICT when somebody was faster. */
struct evidence_step {
	const char *kind, *from, *to, *why, *seal, *place, *result; /* NULL = "" */
	int64_t at_us, seen;
	bool copy; /* a copy is handed: who holds it stays */
};
int evidence_handled(struct txn *t, const struct user *u, int64_t item_id,
		     const struct evidence_step *step, int64_t now_us, struct err *e);

/* How far a file may go. -EINVAL. */
int evidence_tlp(struct txn *t, const struct user *u, int64_t item_id, const char *tlp,
		 struct err *e);
/* The answer of C becomes the file, to be kept and never shown; FD is the answer's then. */
void evidence_send(struct call *c, const struct evidence_item *i, int fd);
/* Its name, for the eye: nothing in it that cannot be seen. In A. */
const char *evidence_name_shown(const char *name, struct arena *a);

#include "hub/evidence/evidence_facts.h"

#endif
