/* SPDX-License-Identifier: Apache-2.0 */
/* Starts the roles, each a process of its own made by exec, and starts a dead one again. It reads
 * neither configuration nor packets. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/mem.h"
#include "sensor/roles.h"

enum {
	BACKOFF_FIRST_MS = 1000,
	BACKOFF_MAX_MS = 60000,
	STEADY_MS = 60000, /* a child that lived so long starts anew with the first backoff */
	KILL_MS = 10000,   /* a child that does not end is killed */
};

struct parent;

struct child {
	struct parent *parent;
	const char *role;
	pid_t pid; /* 0 = not running */
	int64_t started_ns, backoff_ms;
	struct loop_timer *again;
};

/* The probe ends before the uplink is told to, so that its last records still go out. */
enum { CHILD_PROBE, CHILD_UPLINK, CHILD_ENFORCER, CHILDREN };

struct parent {
	struct loop *loop;
	const char *conf_path;
	struct child child[CHILDREN];
	bool stopping;
	struct loop_timer *killer;
	int exit_code;
};

static void child_exec(const struct child *c)
{
	char name[] = "otasuke-sensor", run[] = "run", config[] = "--config", role[] = "--role";
	char *path = mem_strdup(c->parent->conf_path), *which = mem_strdup(c->role);
	char *argv[] = { name, run, config, path, role, which, NULL };
	sigset_t none;

	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL); /* the loop had blocked some */
	(void)execv("/proc/self/exe", argv);
	log_error("cannot start the %s: %s", c->role, strerror(errno));
	_exit(EXIT_FAILURE);
}

static void child_start(void *arg)
{
	struct child *c = arg;

	loop_timer_stop(c->again);
	c->again = NULL;
	c->started_ns = clock_mono_ns(&clock_real);
	pid_t pid = fork();
	if (pid == 0)
		child_exec(c);
	if (pid < 0) {
		log_error("cannot start the %s: %s", c->role, err_text(-errno));
		c->again = loop_timer_start(c->parent->loop, c->backoff_ms, 0, child_start, c);
		return;
	}
	c->pid = pid;
}

static void stop_next(struct parent *p)
{
	for (size_t i = 0; i < CHILDREN; i++) {
		if (p->child[i].pid > 0) {
			(void)kill(p->child[i].pid, SIGTERM); /* gone is fine */
			return;
		}
	}
	loop_stop(p->loop);
}

static void on_kill(void *arg)
{
	struct parent *p = arg;

	for (size_t i = 0; i < CHILDREN; i++) {
		if (p->child[i].pid > 0) {
			log_warn("the %s does not end and is killed", p->child[i].role);
			(void)kill(p->child[i].pid, SIGKILL); /* gone is fine */
		}
	}
}

static void stop_begin(struct parent *p, int exit_code)
{
	if (p->stopping)
		return;
	p->stopping = true;
	p->exit_code = exit_code;
	for (size_t i = 0; i < CHILDREN; i++) {
		loop_timer_stop(p->child[i].again);
		p->child[i].again = NULL;
	}
	p->killer = loop_timer_start(p->loop, KILL_MS, KILL_MS, on_kill, p);
	stop_next(p);
}

static void child_restart(struct child *c, int status)
{
	int64_t lived_ms = (clock_mono_ns(&clock_real) - c->started_ns) / 1000000;

	if (lived_ms >= STEADY_MS)
		c->backoff_ms = BACKOFF_FIRST_MS;
	if (WIFSIGNALED(status))
		log_error("the %s died by signal %d (%s), it starts again in %d s", c->role,
			  WTERMSIG(status), strsignal(WTERMSIG(status)),
			  (int)(c->backoff_ms / 1000));
	else
		log_error("the %s ended with %d, it starts again in %d s", c->role,
			  WEXITSTATUS(status), (int)(c->backoff_ms / 1000));
	c->again = loop_timer_start(c->parent->loop, c->backoff_ms, 0, child_start, c);
	c->backoff_ms = c->backoff_ms * 2 < BACKOFF_MAX_MS ? c->backoff_ms * 2 : BACKOFF_MAX_MS;
}

static void child_ended(struct parent *p, struct child *c, int status)
{
	c->pid = 0;
	if (p->stopping)
		stop_next(p);
	else if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_NOT_NEEDED)
		return;
	else if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS)
		stop_begin(p, EXIT_SUCCESS); /* the replay is over */
	else if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_CONFIG)
		stop_begin(p, EXIT_CONFIG);
	else
		child_restart(c, status);
}

static void on_child(void *arg, int signo)
{
	struct parent *p = arg;
	int status = 0;
	pid_t pid;

	(void)signo; /* SIGCHLD */
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		for (size_t i = 0; i < CHILDREN; i++) {
			if (p->child[i].pid == pid)
				child_ended(p, &p->child[i], status);
		}
	}
}

static void on_stop(void *arg, int signo)
{
	(void)signo; /* SIGTERM and SIGINT mean the same */
	stop_begin(arg, EXIT_SUCCESS);
}

static int parent_watch(struct parent *p, struct err *e)
{
	p->loop = loop_new(e);
	if (!p->loop)
		return -ENOMEM;
	int r = loop_signal(p->loop, SIGCHLD, on_child, p, e);
	if (r >= 0)
		r = loop_signal(p->loop, SIGTERM, on_stop, p, e);
	if (r >= 0)
		r = loop_signal(p->loop, SIGINT, on_stop, p, e);
	if (r < 0)
		return r;
	for (size_t i = 0; i < CHILDREN; i++)
		child_start(&p->child[i]);
	return loop_run(p->loop, e);
}

int parent_run(const char *conf_path)
{
	struct parent p = { .conf_path = conf_path, .exit_code = EXIT_SUCCESS };
	struct err e = { 0 };

	log_open("otasuke-sensor", LOG_LEVEL_INFO);
	p.child[CHILD_PROBE] =
		(struct child){ .parent = &p, .role = "probe", .backoff_ms = BACKOFF_FIRST_MS };
	p.child[CHILD_UPLINK] =
		(struct child){ .parent = &p, .role = "uplink", .backoff_ms = BACKOFF_FIRST_MS };
	p.child[CHILD_ENFORCER] =
		(struct child){ .parent = &p, .role = "enforcer", .backoff_ms = BACKOFF_FIRST_MS };
	int r = parent_watch(&p, &e);
	if (r < 0)
		log_error("%s", e.text);
	loop_timer_stop(p.killer);
	loop_free(p.loop);
	return r < 0 ? EXIT_FAILURE : p.exit_code;
}

int run_command(int argc, char **argv)
{
	const char *path = NULL, *role = NULL;
	bool usage = false;

	for (int i = 2; i < argc; i++) {
		if (strcmp(argv[i], "--config") == 0 && i + 1 < argc)
			path = argv[++i];
		else if (strcmp(argv[i], "--role") == 0 && i + 1 < argc)
			role = argv[++i];
		else
			usage = true;
	}
	if (path && !usage && !role)
		return parent_run(path);
	if (path && !usage && strcmp(role, "probe") == 0)
		return role_probe_run(path);
	if (path && !usage && strcmp(role, "uplink") == 0)
		return role_uplink_run(path);
	if (path && !usage && strcmp(role, "enforcer") == 0)
		return role_enforcer_run(path);
	fprintf(stderr, "otasuke-sensor run --config FILE\n");
	return EXIT_FAILURE;
}
