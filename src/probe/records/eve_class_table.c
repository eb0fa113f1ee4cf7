/* SPDX-License-Identifier: Apache-2.0 */
/* What an alert of Suricata (or of anything that uses its rules) weighs, by its class.
 *
 * The classes are those of classification.config; its priorities stand in for classes that the
 * table lacks. A class that describes how a network is used, or a fault of a packet, is no evidence
 * against a device. */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "probe/records/eve.h"

struct class
{
	const char *name;
	double weight;
	bool compromise;
};

static const struct class classes[] = {
	{ "Malware Command and Control Activity Detected", 85, true },
	{ "Domain Observed Used for C2 Detected", 85, true },
	{ "A Network Trojan was detected", 80, true },
	{ "Targeted Malicious Activity was Detected", 80, true },
	{ "Successful Credential Theft Detected", 80, true },
	{ "Successful Administrator Privilege Gain", 80, true },
	{ "Successful User Privilege Gain", 80, true },
	{ "Exploit Kit Activity Detected", 60, true },
	{ "Crypto Currency Mining Activity Detected", 55, true },
	{ "Large Scale Information Leak", 50, true },
	{ "Executable code was detected", 40, false },
	{ "Attempted Administrator Privilege Gain", 40, false },
	{ "Attempted User Privilege Gain", 40, false },
	{ "Unsuccessful User Privilege Gain", 20, false },
	{ "Web Application Attack", 30, false },
	{ "Possible Social Engineering Attempted", 30, false },
	{ "Possibly Unwanted Program Detected", 25, true },
	{ "Attempt to login by a default username and password", 20, false },
	{ "An attempted login using a suspicious username was detected", 20, false },
	{ "A suspicious filename was detected", 15, false },
	{ "Detection of a Network Scan", 15, false },
	{ "Attempted Information Leak", 15, false },
	{ "Information Leak", 15, false },
	{ "Misc Attack", 12, false },
	{ "Denial of Service", 15, false },
	{ "Attempted Denial of Service", 10, false },
	{ "Detection of a Denial of Service Attack", 15, false },
	{ "Potentially Bad Traffic", 8, false },
	{ "Device Retrieving External IP Address Detected", 8, false },
	{ "access to a potentially vulnerable web application", 5, false },
	{ "A client was using an unusual port", 5, false },
	{ "Detection of a non-standard protocol or event", 5, false },
	{ "Misc activity", 0, false },
	{ "Not Suspicious Traffic", 0, false },
	{ "Unknown Traffic", 0, false },
	{ "Generic Protocol Command Decode", 0, false },
	{ "Generic ICMP event", 0, false },
	{ "A TCP connection was detected", 0, false },
	{ "A system call was detected", 0, false },
	{ "Decode of an RPC Query", 0, false },
	{ "A suspicious string was detected", 0, false },
	{ "Inappropriate Content was Detected", 0, false },
	{ "Potential Corporate Privacy Violation", 0, false },
};

/* Families of signatures that tell how a network is used, whatever their class says. */
static const char *const no_evidence[] = {
	"ET INFO ",
	"ETPRO INFO ",
	"ET POLICY ",
	"ETPRO POLICY ",
	"ET GAMES ",
	"ET CHAT ",
	"ET P2P ",
	"SURICATA ",
	"ET ICMP ",
	"GPL ICMP_INFO ",
	"ET TOR Known Tor Relay",
};

static bool talks_of_use(const char *signature)
{
	for (size_t i = 0; i < ARRAY_LEN(no_evidence); i++) {
		if (str_starts(str_of(signature), str_of(no_evidence[i])))
			return true;
	}
	return false;
}

static double by_class(const struct fields *f, bool *compromise_out)
{
	struct str name = str_of(fields_get(f, "alert.category"));

	for (size_t i = 0; i < ARRAY_LEN(classes); i++) {
		if (str_eq_nocase(str_of(classes[i].name), name)) {
			*compromise_out = classes[i].compromise;
			return classes[i].weight;
		}
	}
	switch (fields_number(f, "alert.severity")) { /* 1 is the gravest */
	case 1:
		return 40;
	case 2:
		return 15;
	default:
		return 0;
	}
}

double eve_weight(const struct fields *f, bool *compromise_out)
{
	const char *grave = fields_get(f, "alert.metadata.signature_severity.0");
	const char *sure = fields_get(f, "alert.metadata.confidence.0");
	bool compromise = false;
	double w = by_class(f, &compromise);

	if (talks_of_use(fields_get(f, "alert.signature")) || strcmp(grave, "Informational") == 0)
		w = 0;
	if (strcmp(grave, "Minor") == 0 && w > 20)
		w = 20;
	if (strcmp(grave, "Critical") == 0 && w > 0)
		w = fmax(w, 50);
	if (strcmp(sure, "Low") == 0)
		w /= 2;
	*compromise_out = compromise;
	return fmin(w, FOREIGN_WEIGHT_MAX);
}
