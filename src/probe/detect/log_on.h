/* SPDX-License-Identifier: Apache-2.0 */
/* How servers refuse a log-on, where it can be read: FTP, Telnet, mail, SMB, and forms of web
 * pages. Shared by the files of brute_force. */
#ifndef PROBE_DETECT_LOG_ON_H
#define PROBE_DETECT_LOG_ON_H

#include "probe/dissect/http_head.h"
#include "probe/dissect/smb.h"
#include "probe/flow/flow.h"

enum service {
	SERVICE_NONE,
	SERVICE_SSH,
	SERVICE_RDP,
	SERVICE_FTP,
	SERVICE_TELNET,
	SERVICE_MAIL,
	SERVICE_HTTP,
	SERVICE_SMB,
	SERVICE_FORM,
	SERVICE_KERBEROS, /* told by other programs only */
};

const char *service_name(enum service s);

/* What the server at PORT refuses in P; SERVICE_NONE: nothing. */
enum service log_on_refused(uint16_t port, struct rd p);
bool log_on_refused_smb(const struct smb_message *m);
/* The name of an error of RFC 4120, 7.5.9: a wrong password or user. Asking for proof is none. */
bool log_on_kerberos_refused(const char *error);

/* Forms: requests that bear a password, and whether the answer shows the form again. */
struct forms;

struct forms *forms_new(void);
void forms_free(struct forms *s);
void forms_request(struct forms *s, const struct flow *f, const struct http_message *m);
/* Does F await the body of such a request? Cheap: asked for each packet. */
bool forms_awaits(const struct forms *s, const struct flow *f);
void forms_body(struct forms *s, const struct flow *f, struct rd body);

enum form_answer { FORM_NONE, FORM_REFUSED, FORM_ENTERED };
enum form_answer forms_response(struct forms *s, const struct flow *f,
				const struct http_message *m);

#endif
