/* SPDX-License-Identifier: Apache-2.0 */
/* What the enforcer reports, on its way into the spool. */
#ifndef SENSOR_ORDER_NEWS_H
#define SENSOR_ORDER_NEWS_H

#include "sensor/sensor_conf.h"
#include "sensor/spool/spool.h"

struct order_news {
	char dir[SENSOR_PATH_MAX], taken_path[SENSOR_PATH_MAX];
	int64_t taken; /* of the journal: everything up to here is in the spool */
	int64_t seen_ns;
};

void order_news_init(struct order_news *n, const char *state_dir);
/* True when something went into SPOOL. */
bool order_news_run(struct order_news *n, struct spool *spool);

#endif
