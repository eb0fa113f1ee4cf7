/* SPDX-License-Identifier: Apache-2.0 */
/* pipeline-stages FILE INDICATORS ROUNDS: the pipeline on a capture, cut off after each of its
 * stages; the shortest processor time of ROUNDS as JSON. INDICATORS may be "". */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "probe/probe.h"

static const struct {
	enum probe_stage stage;
	const char *name;
} stages[] = {
	{ PROBE_CAPTURE, "capture" }, { PROBE_DISSECT, "decode" },  { PROBE_FLOWS, "flows" },
	{ PROBE_DPI, "dpi" },         { PROBE_READERS, "readers" }, { PROBE_ALL, "detectors" },
};

static double run(const struct probe_config *c, const char *path)
{
	struct probe_sink nobody = { 0 };
	struct probe *p = NULL;
	struct err e = { 0 };

	if (probe_new(c, &nobody, &p, &e) < 0 || probe_open_file(p, path, &e) < 0) {
		(void)fprintf(stderr, "pipeline-stages: %s\n", e.text);
		exit(EXIT_FAILURE);
	}
	int64_t began_ns = clock_cpu_ns(); /* what is loaded is not counted: it happens once */
	while (probe_step(p, 0, &e) > 0)
		;
	probe_finish(p);
	int64_t took_ns = clock_cpu_ns() - began_ns;
	probe_free(p);
	return (double)took_ns / 1e9;
}

int main(int argc, char **argv)
{
	double best[ARRAY_LEN(stages)] = { 0 };
	struct probe_config c;

	if (argc != 4)
		return 2;
	probe_config_init(&c);
	c.indicators = argv[2];
	for (int round = 0; round < atoi(argv[3]); round++) {
		for (size_t i = 0; i < ARRAY_LEN(stages); i++) {
			c.stage = stages[i].stage;
			double s = run(&c, argv[1]);
			best[i] = round == 0 || s < best[i] ? s : best[i];
		}
	}
	(void)printf("{");
	for (size_t i = 0; i < ARRAY_LEN(stages); i++)
		(void)printf("%s\"%s\":%.4f", i ? "," : "", stages[i].name, best[i]);
	(void)printf("}\n");
	return EXIT_SUCCESS;
}
