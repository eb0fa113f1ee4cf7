/* SPDX-License-Identifier: Apache-2.0 */
/* Models of the hub's own templates: the frame around every page, errors, home. */
#ifndef HUB_HUB_FRAME_H
#define HUB_HUB_FRAME_H

#include "hub/hub.h"

struct frame_item {
	const char *path, *text_key, *icon;
	bool current;
};

struct frame {
	const char *title; /* of the page, translated */
	const char *lang;  /* "ja" */
	const char *path;  /* of this page, to come back to */
	const char *css, *theme_js, *app_js, *charts_js, *sprite, *favicon;
	int zone_min; /* charts show the hub's clock, not the browser's */
	int64_t live_mark;
	const struct frame_item *items;
	size_t n_items;
	bool signed_in;
	bool door;      /* nobody signed in: the calm column instead of rail and bar */
	bool search;    /* some feature answers /search */
	bool mfa_later; /* say that the second factor was put off */
	bool demo;
	const char *user_name, *org_name, *region_name;
	const char *flash_key; /* NULL = none */
	struct html content;
};

struct error_page {
	int status;
	const char *title_key, *text_key;
	const char *detail; /* "" = none: what the rule said */
};

struct home_page {
	struct html top, main, side;
	bool own;  /* MAIN is the whole page */
	bool bare; /* nothing to show yet */
	const char *name;
};

/* One text field with its label, hint and error: {{use hub_field &m->name}}. */
struct field_view {
	const char *name, *label_key, *value;
	const char *type;         /* "text", "password", "email", "tel" */
	const char *autocomplete; /* "off" when in doubt */
	const char *hint_key;     /* NULL = none */
	const char *error;        /* translated; NULL = fine */
	bool required, autofocus;
};

#endif
