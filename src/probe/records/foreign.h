/* SPDX-License-Identifier: Apache-2.0 */
/* What another program told, in one form for all of them. */
#ifndef PROBE_RECORDS_FOREIGN_H
#define PROBE_RECORDS_FOREIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "probe/dissect/addr.h"
#include "probe/dissect/dns.h"
#include "probe/records/fields.h"

enum foreign_kind {
	FOREIGN_ALARM,
	FOREIGN_DNS, /* a look-up */
	FOREIGN_TLS,
	FOREIGN_HTTP,
	FOREIGN_FILE,
	FOREIGN_FLOW,   /* a connection that has ended */
	FOREIGN_LOG_ON, /* somebody was let in, or not */
	FOREIGN_WORK,   /* on another computer, over SMB or DCE/RPC */
	FOREIGN_LOST,   /* the other program says that it did not see everything */
};

enum foreign_suspect { SUSPECT_UNSAID, SUSPECT_SRC, SUSPECT_DST };

enum {
	FOREIGN_SOURCE_MAX = 48,
	FOREIGN_HOST_MAX = 64,
	FOREIGN_WHAT_MAX = 160,
	FOREIGN_ID_MAX = 48,
	FOREIGN_CLASS_MAX = 80,
	FOREIGN_FILE_MAX = 128,
	FOREIGN_URL_MAX = 1024,
	FOREIGN_CALLS_MAX = 4,
	COMMUNITY_ID_MAX = 32,
	FOREIGN_WEIGHT_MAX = 90, /* no signature is certain */
};

/* A call of DCE/RPC. */
struct foreign_call {
	uint8_t interface[16]; /* as on the wire */
	int operation;         /* -1: only bound */
};

/* Texts are "" and addresses zero when unknown. */
struct foreign {
	enum foreign_kind kind;
	char source[FOREIGN_SOURCE_MAX]; /* "Suricata", "Zeek", the name of a mapping */
	int64_t at_us;
	struct addr src, dst; /* who began, who was called */
	uint16_t sport, dport;
	uint8_t proto;
	bool opened; /* the connection came about */
	struct mac mac;
	bool has_mac;
	char host[FOREIGN_HOST_MAX]; /* the device's own name */
	uint64_t bytes_out, bytes_in, packets;
	/* Context */
	char name[DNS_NAME_MAX]; /* asked for, SNI, Host */
	char ja3[33], md5[33], sha1[41], sha256[65];
	char file[FOREIGN_FILE_MAX];
	char url[FOREIGN_URL_MAX]; /* host and path ... */
	size_t url_host;           /* ... the first so many bytes are the host */
	char cert_sha1[41], cert_sha256[65];
	char community_id[COMMUNITY_ID_MAX]; /* as the other program wrote it */
	/* TLS */
	bool cert_unnamed, tls_old; /* as in struct dpi_facts */
	/* Log-ons */
	uint8_t service; /* enum service of detect/log_on.h */
	uint64_t refused;
	/* Work: lower case */
	char tree[FOREIGN_FILE_MAX]; /* the share; FILE lies on it */
	size_t n_calls;
	struct foreign_call call[FOREIGN_CALLS_MAX];
	/* Alarms */
	double weight;   /* points in the device's story; 0 = no evidence */
	bool compromise; /* says that the device is taken, not that somebody tries */
	enum foreign_suspect suspect;
	double confidence; /* 0 = not said */
	bool blocked;
	char what[FOREIGN_WHAT_MAX], id[FOREIGN_ID_MAX], class[FOREIGN_CLASS_MAX];
	char technique[FOREIGN_ID_MAX]; /* MITRE ATT&CK */
	uint64_t lost;                  /* FOREIGN_LOST: so many in all */
};

void foreign_init(struct foreign *r, enum foreign_kind kind, const char *source);
/* Reads an address, with or without port; false when it is none. */
bool foreign_addr(const char *text, struct addr *out, uint16_t *port_out);
bool foreign_mac(const char *text, struct mac *out); /* aa:bb:.., aa-bb-.., aabb.ccdd.eeff */
uint8_t foreign_proto(const char *text);             /* "TCP", "udp", "6"; 0 = other */
/* Lower case, no final dot, no port; "" when it is no name. */
void foreign_name(const char *text, char out[DNS_NAME_MAX]);
/* Lower-case hex of exactly OUT_SIZE - 1 digits, else "". */
void foreign_hex(const char *text, char *out, size_t out_size);
/* A certificate's fingerprint, with or without colons; SHA-1 or SHA-256 by its length. */
void foreign_cert(struct foreign *r, const char *text);
/* TARGET as in the request's first line: a path, or a whole URL. */
void foreign_url(struct foreign *r, const char *host, const char *target);
/* "TLSv1", "TLS 1.1", "SSLv3", "TLSv10": older than 1.2. */
bool foreign_tls_old(const char *version);
/* Says R anything that a detector listens to? */
bool foreign_of_use(const struct foreign *r);
void foreign_lower(char *out, size_t out_size, const char *text); /* a path, cut at a border */
void foreign_text(char *out, size_t out_size, const char *text);  /* cut at a border */
/* RFC 3339 and its relatives ("+0900", no zone = OFFSET_MIN); 0 or -EINVAL. */
int foreign_time(const char *text, int offset_min, int64_t *out_us);

#endif
