/* SPDX-License-Identifier: Apache-2.0 */
/* The pipeline as a library: packets in, findings and five-minute summaries out.
 *
 *   probe_new -> probe_open_file or probe_open_live -> probe_step until 0 -> probe_finish
 *             -> probe_free
 *
 * One probe belongs to one thread, and starts others only when it has several workers; its memory
 * is bounded by its configuration. */
#ifndef PROBE_PROBE_H
#define PROBE_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/conf.h"
#include "base/err.h"
#include "wire/finding.h"
#include "wire/mute.h"

struct flow;
struct dissected;
struct dns_message;

/* Who takes the results. A NULL function is not called. What the pointers show lives for the call.
 */
struct probe_sink {
	void *arg;
	void (*finding)(void *arg, const struct finding *f);
	void (*summary)(void *arg, const struct interval *s);
	/* Something a person should know: a damaged capture, a bad indicator line, an interface
	 * that went down. TEXT names file and offset, line or interface. */
	void (*problem)(void *arg, const char *text);
	/* Every flow whose facts are known (FLOW_EVENT_FACTS) or that has ended (FLOW_EVENT_END),
	 * and every DNS message. */
	void (*flow)(void *arg, const struct flow *f, int event);
	void (*dns)(void *arg, const struct dissected *d, const struct dns_message *m);
};

enum { PROBE_WORKERS_MAX = 16 };

/* How far packets go, for measurements: a later one includes those before it. */
enum probe_stage {
	PROBE_ALL, /* as always */
	PROBE_CAPTURE,
	PROBE_DISSECT,
	PROBE_FLOWS,
	PROBE_DPI,
	PROBE_READERS, /* and inventory; all but the detectors */
};

/* Filled by conf_add(probe_conf_rows) or probe_config_init. */
struct probe_config {
	int64_t flow_memory_bytes; /* probe.flow_memory: the flow table never exceeds it */
	int64_t devices_max;       /* probe.devices_max */
	int64_t learning_ms; /* probe.learning: new_device keeps quiet so long on a live sensor */
	int64_t ring_bytes;  /* probe.ring: kernel ring of the live capture */
	int64_t workers;     /* probe.workers: threads that share the work; 1 = no other thread */
	char *home;          /* probe.home: CIDRs, comma separated; "" = learn it */
	char *indicators;    /* probe.indicators: path of the list; "" = none */
	char *thresholds;    /* probe.thresholds: changed ones, "beacon.calls_min=8, ..." */
	char *without;       /* detectors left out (no configuration row); analyses */
	char *baseline;      /* what is usual is kept there; "" = nowhere (no configuration row) */
	enum probe_stage stage; /* measurements, of one worker (no configuration row) */
	int64_t shift_us;       /* added to packet time (no configuration row); demonstration */
	bool live;              /* set by probe_open_live */
	bool resident; /* a sensor that stays: new_device learns before it speaks; a live one is */
};

extern const struct conf_row probe_conf_rows[];
extern const size_t probe_conf_rows_count;
/* The initial values of the rows; texts are "" and not to be freed. */
void probe_config_init(struct probe_config *c);

struct probe_stats {
	uint64_t packets;
	uint64_t bytes;           /* on the wire */
	uint64_t packets_bad;     /* truncated or malformed */
	uint64_t packets_dropped; /* by the kernel (live) */
	uint64_t records_bad;     /* damaged records or blocks of a capture file */
	uint64_t flows;           /* ever */
	uint64_t flows_live;
	uint64_t flows_dropped; /* evicted because the table was full */
	uint64_t devices;
	uint64_t devices_dropped; /* not kept because of the limit */
	uint64_t findings;
	uint64_t worker_waits;   /* a thread waited because the judge had not kept up */
	uint64_t states_dropped; /* by detectors whose tables were full */
	uint64_t indicators;
	uint64_t indicators_bad;    /* lines that could not be used */
	uint64_t records;           /* of other programs */
	uint64_t records_elsewhere; /* alarms of theirs about nobody here */
	int64_t first_us;           /* packet time */
	int64_t last_us;
	bool capture_up;
	char capture_text[256]; /* why it is not up, in words */
	int64_t up_since_us;    /* capture has been continuous since (UTC) */
};

struct probe;
struct foreign; /* records/foreign.h */

/* C is copied, texts included. -ENOENT and friends when the indicator file cannot be read. */
int probe_new(const struct probe_config *c, const struct probe_sink *sink, struct probe **out,
	      struct err *e);
void probe_free(struct probe *p); /* without probe_finish, what is open is lost */

/* One source at a time; a file may follow another. -ENOENT, -EFORMAT (no capture), -EPERM ... */
int probe_open_file(struct probe *p, const char *path, struct err *e);
/* When the packets of a capture file begin and end, without looking into them. -ENODATA: none. */
int probe_file_span(const char *path, int64_t *first_us_out, int64_t *last_us_out, struct err *e);
/* A live interface; one that is down or absent is retried and told through stats and problem. */
int probe_open_live(struct probe *p, const char *interface, struct err *e);

/* Handles one batch, waiting at most WAIT_MS for live packets. 1 = go on, 0 = end of the file,
 * negative = the source is of no use any more (E says why); results so far are kept. */
int probe_step(struct probe *p, int wait_ms, struct err *e);

/* What another program told. Moves the clock where no capture does. */
void probe_record(struct probe *p, const struct foreign *r);
/* It is NOW, and no capture says so. */
void probe_idle(struct probe *p, int64_t now_us);

/* Ends flows and the open interval, lets the detectors say their last word. */
void probe_finish(struct probe *p);

/* Replaces the indicators without holding two copies; on error the old ones stay. */
int probe_load_indicators(struct probe *p, const char *path, struct err *e);
/* The same for a bundle whose bytes were checked already, by their hash: takes no time. */
int probe_map_indicators(struct probe *p, const char *path, struct err *e);
/* The same for whatever it is, without a pause: PATH (a bundle best: it is mapped, not copied) is
 * read and checked on another thread, and swapped in between packets. -EBUSY while one is under
 * way; what is wrong with the file is told as a problem. */
int probe_change_indicators(struct probe *p, const char *path, struct err *e);

/* What was judged wrong in the list (indicators_except); how many lines could not be used. */
size_t probe_except_indicators(struct probe *p, const char *text, size_t n);

/* Replaces the mutes (wire/mute.h): what they fit is not told from now on and no longer counts in
 * the stories of devices, what was heard before included, until they end. */
void probe_mutes_set(struct probe *p, const struct mute *list, size_t n);
/* Counts of an earlier run, for mutes that are set already. */
void probe_mute_hits_set(struct probe *p, const struct mute_hits *hits, size_t n);
/* The mutes that were hit; returns their number. */
size_t probe_mute_hits(const struct probe *p, struct mute_hits out[MUTES_MAX]);

void probe_stats_get(const struct probe *p, struct probe_stats *out);

struct stories; /* story/story.h: what speaks against each device, for a report */
const struct stories *probe_stories(const struct probe *p);
void probe_devices_each(const struct probe *p, void (*fn)(void *arg, const struct device_info *d),
			void *arg);

#endif
