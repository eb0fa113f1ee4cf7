/* SPDX-License-Identifier: Apache-2.0 */
/* What servers say when they refuse. Forms of web pages: log_on_form.c. */
#include <string.h>

#include "base/mem.h"
#include "probe/detect/log_on.h"

const char *service_name(enum service s)
{
	static const char *const names[] = {
		[SERVICE_NONE] = "",         [SERVICE_SSH] = "SSH",
		[SERVICE_RDP] = "RDP",       [SERVICE_FTP] = "FTP",
		[SERVICE_TELNET] = "Telnet", [SERVICE_MAIL] = "mail",
		[SERVICE_HTTP] = "HTTP",     [SERVICE_SMB] = "SMB",
		[SERVICE_FORM] = "web form", [SERVICE_KERBEROS] = "Kerberos",
	};

	return names[s];
}

static bool says(struct rd p, const char *text)
{
	size_t n = strlen(text);

	return p.n >= n && memcmp(p.p, text, n) == 0;
}

static bool contains(struct rd p, const char *text)
{
	return p.n && memmem(p.p, p.n, text, strlen(text));
}

/* RFC 1939, 2449: an error has words, and a mailbox refuses other things than passwords too. */
static bool pop_refused(struct rd p)
{
	static const char *const words[] = { "[AUTH]",    "uthent", "assword", "ogin",
					     "redential", "ogon",   "PASS",    "ermission" };

	if (!says(p, "-ERR"))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (contains(p, words[i]))
			return true;
	}
	return false;
}

/* RFC 3501, 6.2: the answer to LOGIN or AUTHENTICATE. */
static bool imap_refused(struct rd p)
{
	return contains(p, " NO ") && (contains(p, "AUTH") || contains(p, "LOGIN") ||
				       contains(p, "ogin failed") || contains(p, "uthentication"));
}

static bool telnet_refused(struct rd p)
{
	return contains(p, "incorrect") || contains(p, "Login failed") ||
	       contains(p, "ogin invalid") || contains(p, "uthentication failed");
}

enum service log_on_refused(uint16_t port, struct rd p)
{
	switch (port) {
	case 21: /* RFC 959: 530 also asks for a log-on that was not tried yet */
		return says(p, "530 ") && !contains(p, "lease ") ? SERVICE_FTP : SERVICE_NONE;
	case 23:
	case 2323:
		return telnet_refused(p) ? SERVICE_TELNET : SERVICE_NONE;
	case 25:
	case 587: /* RFC 4954, 6 */
		return says(p, "535") ? SERVICE_MAIL : SERVICE_NONE;
	case 110:
		return pop_refused(p) ? SERVICE_MAIL : SERVICE_NONE;
	case 143:
		return imap_refused(p) ? SERVICE_MAIL : SERVICE_NONE;
	default:
		return SERVICE_NONE;
	}
}

bool log_on_refused_smb(const struct smb_message *m)
{
	static const uint32_t statuses[] = {
		0xc000006d, /* STATUS_LOGON_FAILURE */
		0xc0000064, /* no such user */
		0xc000006a, /* wrong password */
		0xc0000234, /* locked after too many */
	};

	if (!m->response || m->command != (m->version == 1 ? SMB1_SESSION : SMB2_SESSION))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(statuses); i++) {
		if (m->status == statuses[i])
			return true;
	}
	return false;
}

bool log_on_kerberos_refused(const char *error)
{
	static const char *const errors[] = { "KDC_ERR_PREAUTH_FAILED",
					      "KDC_ERR_C_PRINCIPAL_UNKNOWN",
					      "KDC_ERR_CLIENT_REVOKED" };

	for (size_t i = 0; i < ARRAY_LEN(errors); i++) {
		if (strcmp(error, errors[i]) == 0)
			return true;
	}
	return false;
}
