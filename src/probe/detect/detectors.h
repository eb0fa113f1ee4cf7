/* SPDX-License-Identifier: Apache-2.0 */
/* Every detector there is, by name; in which order they are told: detect.c. */
#ifndef PROBE_DETECT_DETECTORS_H
#define PROBE_DETECT_DETECTORS_H

struct detector;

extern const struct detector detector_arp_spoof;
extern const struct detector detector_beacon;
extern const struct detector detector_brute_force;
extern const struct detector detector_cleartext;
extern const struct detector detector_dga;
extern const struct detector detector_dns_tunnel;
extern const struct detector detector_download;
extern const struct detector detector_fan_out;
extern const struct detector detector_host_story;
extern const struct detector detector_icmp_tunnel;
extern const struct detector detector_ids_alert;
extern const struct detector detector_keepalive;
extern const struct detector detector_known_bad;
extern const struct detector detector_lateral;
extern const struct detector detector_learner;
extern const struct detector detector_mail_leak;
extern const struct detector detector_mail_out;
extern const struct detector detector_mining;
extern const struct detector detector_new_device;
extern const struct detector detector_odd_call;
extern const struct detector detector_old_software;
extern const struct detector detector_rogue_dhcp;
extern const struct detector detector_rogue_dns;
extern const struct detector detector_rogue_router;
extern const struct detector detector_scan;
extern const struct detector detector_tor;
extern const struct detector detector_upload;

#endif
