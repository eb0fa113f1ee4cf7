/* SPDX-License-Identifier: Apache-2.0 */
/* otasuke-sensor: watches a network and reports to the hub. A table of commands, no more. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "sensor/enrol.h"
#include "sensor/roles.h"
#include "sensor/sensor_info.h"
#include "sensor/sensor_status.h"
#include "texts/texts.h"

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *usage;
} commands[] = {
	{ "run", run_command, "run --config FILE" },
	{ "enrol", enrol_command, "enrol ADDRESS [--state DIR]" },
	{ "status", status_command, "status [--config FILE]" },
	{ "--check", check_command, "--check [--config FILE]" },
	{ "--show-config", show_config_command, "--show-config" },
	{ "--version", version_command, "--version" },
};

/* Messages in the language of the one who reads them. */
static struct text *language_set(void)
{
	struct text *t = NULL;
	const char *tag = getenv("LC_ALL");

	if (!tag || !tag[0])
		tag = getenv("LANG");
	if (text_open(texts_mo, &t, NULL) < 0)
		return NULL; /* then English */
	text_thread_lang(lang_parse(tag, LANG_JA));
	text_install_err_translator(t);
	return t;
}

int main(int argc, char **argv)
{
	struct text *texts = language_set();
	int r = -1;

	for (size_t i = 0; argc > 1 && r < 0 && i < ARRAY_LEN(commands); i++) {
		if (strcmp(argv[1], commands[i].name) == 0)
			r = commands[i].run(argc, argv);
	}
	for (size_t i = 0; r < 0 && i < ARRAY_LEN(commands); i++)
		fprintf(stderr, "otasuke-sensor %s\n", commands[i].usage);
	text_close(texts);
	return r < 0 ? EXIT_FAILURE : r;
}
