/* SPDX-License-Identifier: Apache-2.0 */
/* Key, certificate, CA and enrolment facts on disk. The key is readable by its owner only. */
#include "sensor/identity.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "net/crypto.h"
#include "sensor/sensor_conf.h"

enum { PEM_MAX = 64 * 1024, FACTS_MAX = 4096 };

static const char key_file[] = "sensor.key";
static const char cert_file[] = "sensor.crt";
static const char ca_file[] = "ca.crt";
static const char facts_file[] = "enrolment";

static int text_load(const char *dir, const char *name, size_t max, char **out, struct err *e)
{
	char path[SENSOR_PATH_MAX];
	SCOPED_BUF struct buf b;

	buf_init(&b, max);
	sensor_path(dir, name, path);
	int r = file_read(path, max, &b, e);
	if (r >= 0)
		*out = buf_take(&b);
	return r;
}

static void fact_take(struct str key, struct str value, struct identity *id)
{
	char hub[300];
	size_t n = 0;

	if (str_eq(key, STR("sensor")))
		(void)str_copy(id->sensor, sizeof(id->sensor), value);
	else if (str_eq(key, STR("company")))
		(void)str_copy(id->company, sizeof(id->company), value);
	else if (str_eq(key, STR("item_key")))
		id->has_item_key = str_hex(value, id->item_key, sizeof(id->item_key), &n) >= 0 &&
				   n == sizeof(id->item_key);
	else if (str_eq(key, STR("hub")) && str_copy(hub, sizeof(hub), value))
		(void)sensor_host_port(hub, id->hub_host, sizeof(id->hub_host),
				       &id->hub_port); /* checked by the caller */
}

static int facts_load(const char *dir, struct identity *id, struct err *e)
{
	SCOPED_MEM char *text = NULL;
	struct str line, key;
	int r = text_load(dir, facts_file, FACTS_MAX, &text, e);

	if (r < 0)
		return r;
	for (struct str rest = str_of(text); str_cut(&rest, '\n', &line);) {
		if (str_cut(&line, '=', &key))
			fact_take(str_trim(key), str_trim(line), id);
	}
	if (!id->sensor[0] || !id->hub_host[0])
		return err_set(e, -EFORMAT, "%s/%s is damaged, enrol this sensor again", dir,
			       facts_file);
	return 0;
}

int identity_load(const char *state_dir, struct identity *out, struct err *e)
{
	struct identity id = { 0 };
	char dir[SENSOR_PATH_MAX];

	sensor_path(state_dir, SENSOR_IDENTITY, dir);
	if (!file_exists(dir))
		return err_set(e, -ENOENT, "this sensor is not enrolled yet");
	int r = text_load(dir, key_file, PEM_MAX, &id.key_pem, e);
	if (r >= 0)
		r = text_load(dir, cert_file, PEM_MAX, &id.cert_pem, e);
	if (r >= 0)
		r = text_load(dir, ca_file, PEM_MAX, &id.ca_pem, e);
	if (r >= 0)
		r = facts_load(dir, &id, e);
	if (r < 0) {
		identity_done(&id);
		return r;
	}
	*out = id;
	return 0;
}

int identity_trust_load(const char *state_dir, struct hub_trust *out, struct err *e)
{
	struct identity id = { 0 };
	char dir[SENSOR_PATH_MAX];

	sensor_path(state_dir, SENSOR_IDENTITY, dir);
	int r = facts_load(dir, &id, e);
	if (r < 0)
		return r;
	if (!id.has_item_key)
		return err_set(e, -ENOENT,
			       "the hub gave no key for items, enrol this sensor again");
	memcpy(out->sensor, id.sensor, sizeof(out->sensor));
	memcpy(out->item_key, id.item_key, sizeof(out->item_key));
	return 0;
}

static int text_set(const char *dir, const char *name, mode_t mode, const char *text, struct err *e)
{
	char path[SENSOR_PATH_MAX];

	sensor_path(dir, name, path);
	return file_write(path, mode, text, strlen(text), e);
}

/* One line each; whatever the hub calls itself stays on its line. */
static char *facts_render(const struct identity *id)
{
	struct buf b;

	buf_init(&b, FACTS_MAX);
	buf_printf(&b, "sensor = %s\ncompany = %s\nhub = [%s]:%u\n", id->sensor, id->company,
		   id->hub_host, (unsigned)id->hub_port);
	if (id->has_item_key) {
		char hex[2 * sizeof(id->item_key) + 1];

		crypto_hex(id->item_key, sizeof(id->item_key), hex);
		buf_printf(&b, "item_key = %s\n", hex);
	}
	return buf_take(&b);
}

static int folder_fill(const char *dir, const struct identity *id, struct err *e)
{
	SCOPED_MEM char *facts = facts_render(id);
	int r = dir_make(dir, 0755, e); /* the probe reads who the hub is; the key is 0600 */

	if (r >= 0)
		r = text_set(dir, key_file, 0600, id->key_pem, e);
	if (r >= 0)
		r = text_set(dir, cert_file, 0644, id->cert_pem, e);
	if (r >= 0)
		r = text_set(dir, ca_file, 0644, id->ca_pem, e);
	if (r >= 0)
		r = text_set(dir, facts_file, 0644, facts, e);
	return r < 0 ? r : dir_sync(dir, e);
}

int identity_set(const char *state_dir, const struct identity *id, struct err *e)
{
	char dir[SENSOR_PATH_MAX], fresh[SENSOR_PATH_MAX];

	sensor_path(state_dir, SENSOR_IDENTITY, dir);
	sensor_path(state_dir, SENSOR_IDENTITY ".new", fresh);
	int r = dir_remove_all(fresh, e); /* of an attempt that was cut short */
	if (r >= 0)
		r = folder_fill(fresh, id, e);
	if (r < 0)
		return r;
	unsigned flags = file_exists(dir) ? RENAME_EXCHANGE : RENAME_NOREPLACE;
	if (renameat2(AT_FDCWD, fresh, AT_FDCWD, dir, flags) < 0)
		return err_set(e, -errno, "cannot put %s in place: %s", dir, err_text(-errno));
	(void)dir_remove_all(fresh, NULL); /* the earlier identity; else the next time */
	return dir_sync(state_dir, e);
}

void identity_done(struct identity *id)
{
	if (id->key_pem)
		explicit_bzero(id->key_pem, strlen(id->key_pem));
	free(id->key_pem);
	free(id->cert_pem);
	free(id->ca_pem);
	*id = (struct identity){ 0 };
}
