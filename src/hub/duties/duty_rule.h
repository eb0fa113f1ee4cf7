/* SPDX-License-Identifier: Apache-2.0 */
/* Who must be told of an incident by when: dated rules (data/duty_rules.tsv), the facts that they
 * ask for, and how days are counted. Pure: no database. */
#ifndef HUB_DUTIES_DUTY_RULE_H
#define HUB_DUTIES_DUTY_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct duty_rule {
	const char *id;
	int64_t valid_from_us;
	const char *to_ja, *to_en, *what_ja, *what_en, *basis_ja, *basis_en;
	const char *unit; /* day1 working prompt: see the file */
	int warn, due;    /* days */
	int roll;         /* a last day on which offices are closed moves on */
	int items;        /* the nine items are reported */
	const char *needs, *source, *source_en;
	const char *confidence; /* source, or unverified: to be checked before relying on it */
};
extern const struct duty_rule duty_rule_table[];
extern const size_t duty_rule_table_n;

struct report_field {
	const char *form; /* nine ransomware ddos ipa jpcert */
	int position;
	const char *id, *ja, *en, *fill, *source, *source_en;
};
extern const struct report_field report_field_table[];
extern const size_t report_field_table_n;

enum { DUTY_MANY = 1000 }; /* more persons than this are many (APPI rules, art. 7 (4)) */

/* The questions that are answered with yes, no or unknown. */
enum duty_fact {
	FACT_PERSONAL,
	FACT_SENSITIVE,
	FACT_PROPERTY,
	FACT_MALICIOUS,
	FACT_ENCRYPTED,
	FACT_MYNUMBER,
	FACT_CONTRACTOR,
	FACT_INSURED,
	FACT_COUNT
};
extern const char *const duty_fact_names[FACT_COUNT];

struct duty_facts {
	int64_t known_us;
	const char *given[FACT_COUNT]; /* yes no unknown, "" = not asked yet */
	const char *sector;
	int64_t people; /* -1 = not known */
};

/* Whether one of the alternatives of NEEDS holds: *ALT_OUT (may be NULL) is the first that does. */
bool duty_needs(const char *needs, const struct duty_facts *f, const char **alt_out,
		size_t *alt_n_out);

/* The rules for what became known at KNOWN_US: of each id the newest that was in force. NULL when
 * there is none. */
const struct duty_rule *duty_rule_at(const char *id, int64_t known_us);

struct duty_clock {
	int64_t warn_us, due_us; /* DUE_US: the last moment; 0 = promptly */
	int64_t last_day_us;     /* before it was moved; 0 */
	bool moved;              /* offices are closed on that day */
	bool unsure;             /* beyond the holidays that are published */
};
struct duty_clock duty_clock(const struct duty_rule *r, int64_t known_us);

#endif
