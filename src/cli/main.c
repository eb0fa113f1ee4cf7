/* SPDX-License-Identifier: Apache-2.0 */
/* otasuke, the administrator's shell: one table of commands. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/cli.h"
#include "texts/texts.h"

static const struct cli_command commands[] = {
	{ "init", cmd_init, "cli.help.init" },
	{ "user add", cmd_user_add, "cli.help.user_add" },
	{ "company import", cmd_company_import, "cli.help.company_import" },
	{ "case import", cmd_case_import, "cli.help.case_import" },
	{ "sensor code", cmd_sensor_code, "cli.help.sensor_code" },
	{ "region fill", cmd_region_fill, "cli.help.region_fill" },
	{ "backup", cmd_backup, "cli.help.backup" },
	{ "restore", cmd_restore, "cli.help.restore" },
	{ "doctor", cmd_doctor, "cli.help.doctor" },
	{ "analyze", cmd_analyze, "cli.help.analyze" },
	{ "packets", cmd_packets, "cli.help.packets" },
	{ "indicators pack", cmd_indicators_pack, "cli.help.indicators_pack" },
};

static int usage(const struct cli *c, FILE *to)
{
	(void)fprintf(to, "%s\n", cli_text(c, "cli.usage")); /* nothing to do about it */
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		(void)fprintf(to, "  %-18s %s\n", commands[i].name, cli_text(c, commands[i].help));
	return to == stdout ? EXIT_SUCCESS : 2;
}

/* How many words of ARGV (behind the program's name) NAME is: 0 when it is another command. */
static int command_words(const char *name, int argc, char **argv)
{
	const char *space = strchr(name, ' ');
	size_t n = space ? (size_t)(space - name) : strlen(name);

	if (argc < 2 || strlen(argv[1]) != n || strncmp(argv[1], name, n) != 0)
		return 0;
	if (!space)
		return 1;
	return argc > 2 && strcmp(argv[2], space + 1) == 0 ? 2 : 0;
}

/* Japanese unless the environment asks for English. */
static enum lang environment_lang(void)
{
	const char *names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const char *v = getenv(names[i]);
		if (v && *v)
			return strncmp(v, "en", 2) == 0 ? LANG_EN : LANG_JA;
	}
	return LANG_JA;
}

int main(int argc, char **argv)
{
	struct text *text = NULL;
	struct err e = { 0 };

	if (text_open(texts_mo, &text, &e) < 0) {
		(void)fprintf(stderr, "otasuke: %s\n", e.text); /* nowhere left to complain to */
		return EXIT_FAILURE;
	}
	struct cli c = { .text = text, .lang = environment_lang() };
	text_thread_lang(c.lang);
	text_install_err_translator(text);
	int r = -1;
	for (size_t i = 0; i < ARRAY_LEN(commands) && r < 0; i++) {
		int words = command_words(commands[i].name, argc, argv);
		if (words > 0)
			r = commands[i].run(&c, argc - words, argv + words);
	}
	if (r < 0)
		r = usage(&c, argc > 1 && strcmp(argv[1], "--help") == 0 ? stdout : stderr);
	text_close(text);
	return r;
}
