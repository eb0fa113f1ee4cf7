/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTP server: libmicrohttpd's threads, limits, event streams, orderly stop. What is in a
 * request: http_req.c. Routes, people and security headers are the hub's. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include <microhttpd.h>

#include "base/mem.h"
#include "base/str.h"
#include "net/http_req.h"
#include "net/http_stream.h"
#include "net/listen.h"

enum {
	BODY_MAX_DEFAULT = 8 * 1024 * 1024,
	BODIES_AT_ONCE = 8, /* times body_max, of all requests together */
	CONNECTIONS_MAX_DEFAULT = 1000,
	THREADS_DEFAULT = 2,
	HEAD_MAX = 32 * 1024, /* bytes of a connection's memory: request line and headers */
	TIMEOUT_S = 30,
	KEEP_ALIVE_S = 15,
	STOP_PATIENCE_S = 5,
	STREAM_BLOCK = 4096,
	UPLOADS_AT_ONCE = 16,
	UPLOAD_BLOCK = 32 * 1024, /* of the reader of forms; the head of a part must fit */
	UPLOAD_SWALLOW = 8 << 20, /* bytes that come after it is clear that it is too much */
	UPLOAD_PATIENCE_S = 60,   /* then it must have been faster than the next on average */
	UPLOAD_BYTES_A_SECOND = 512,
};

struct exchange; /* one request and its answer */

struct http_server {
	struct http_conf conf;
	struct MHD_Daemon *daemon;
	char *cert_pem, *key_pem;
	uint16_t port;
	pthread_t keeper;
	pthread_mutex_t lock; /* guards what follows; taken before a stream's lock */
	pthread_cond_t changed;
	bool stopping;
	size_t exchanges;    /* being received or answered */
	size_t body_bytes;   /* of them all, but for files that go to the disk */
	size_t uploads;      /* whose files do */
	struct sse *streams; /* being sent */
};

struct exchange {
	struct http_server *server;
	struct http_req *req;
	bool begun;
	int refused; /* a status when the body is only to be swallowed */
	size_t received;
	size_t counted;                 /* of these, in the server's body_bytes */
	struct MHD_PostProcessor *form; /* of an upload */
	struct timespec since;
	size_t swallowed;
	struct http_res early; /* the answer that refuses it */
	bool has_early, answered;
};

struct sse { /* an event stream on a connection */
	struct http_server *server;
	struct MHD_Connection *connection;
	struct http_stream *stream;
	struct sse *next, **link;
};

/* --- event streams --- */

static void sse_resume(void *arg)
{
	MHD_resume_connection(((struct sse *)arg)->connection);
}

static void sse_suspend(void *arg)
{
	MHD_suspend_connection(((struct sse *)arg)->connection);
}

static ssize_t sse_read(void *arg, uint64_t pos, char *out, size_t max)
{
	struct sse *x = arg;
	(void)pos; /* a stream has no positions */
	ssize_t n = http_stream_read(x->stream, out, max, sse_suspend);

	return n == HTTP_STREAM_END ? MHD_CONTENT_READER_END_OF_STREAM : n;
}

static void sse_free(void *arg)
{
	struct sse *x = arg;
	struct http_server *s = x->server;

	(void)pthread_mutex_lock(&s->lock);
	*x->link = x->next;
	if (x->next)
		x->next->link = x->link;
	(void)pthread_cond_broadcast(&s->changed);
	(void)pthread_mutex_unlock(&s->lock);
	http_stream_detach(x->stream);
	http_stream_unref(x->stream);
	free(x);
}

/* NULL when the server is stopping; the reference to STREAM is used up either way. */
static struct MHD_Response *sse_response(struct http_server *s, struct MHD_Connection *c,
					 struct http_stream *stream)
{
	struct sse *x = mem_new(sizeof(*x));

	*x = (struct sse){ .server = s, .connection = c, .stream = stream };
	(void)pthread_mutex_lock(&s->lock);
	x->next = s->streams;
	x->link = &s->streams;
	if (x->next)
		x->next->link = &x->next;
	s->streams = x;
	if (s->stopping)
		http_stream_close(stream);
	(void)pthread_mutex_unlock(&s->lock);
	http_stream_attach(stream, sse_resume, x);
	struct MHD_Response *r = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, STREAM_BLOCK,
								   sse_read, x, sse_free);
	if (!r) {
		sse_free(x);
		return NULL;
	}
	(void)MHD_add_response_header(r, "Content-Type", "text/event-stream; charset=utf-8");
	(void)MHD_add_response_header(r, "X-Accel-Buffering", "no");
	return r;
}

static void wait_until(struct http_server *s, const struct timespec *until)
{
	(void)pthread_cond_timedwait(&s->changed, &s->lock, until);
}

static struct timespec seconds_from_now(int seconds)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += seconds;
	return t;
}

static bool is_past(const struct timespec *t)
{
	struct timespec now = seconds_from_now(0);

	return now.tv_sec > t->tv_sec || (now.tv_sec == t->tv_sec && now.tv_nsec >= t->tv_nsec);
}

/* Every stream says something every now and then, so that a dead browser is noticed. */
static void *keep_streams(void *arg)
{
	struct http_server *s = arg;

	(void)pthread_mutex_lock(&s->lock);
	while (!s->stopping) {
		struct timespec until = seconds_from_now(KEEP_ALIVE_S);
		while (!s->stopping && !is_past(&until))
			wait_until(s, &until);
		for (struct sse *x = s->streams; x && !s->stopping; x = x->next)
			http_stream_keep(x->stream);
	}
	(void)pthread_mutex_unlock(&s->lock);
	return NULL;
}

/* --- answers --- */

static bool has_header(const struct http_res *r, const char *name)
{
	for (size_t i = 0; i < r->n_headers; i++)
		if (strcasecmp(r->header[i].name, name) == 0)
			return true;
	return false;
}

static void res_done(struct http_res *r)
{
	for (size_t i = 0; i < r->n_headers; i++)
		free(r->header[i].value);
	buf_done(&r->body);
}

static struct MHD_Response *file_response(struct http_res *r)
{
	struct MHD_Response *m = MHD_create_response_from_fd64(r->file_size, r->file_fd);

	if (m)
		(void)MHD_add_response_header(m, "Content-Type",
					      r->type ? r->type : "application/octet-stream");
	else
		(void)close(r->file_fd);
	return m;
}

static struct MHD_Response *body_response(struct http_res *r)
{
	if (r->file)
		return file_response(r);
	size_t n = r->body.n;
	struct MHD_Response *m =
		MHD_create_response_from_buffer(n, n ? buf_take(&r->body) : NULL,
						n ? MHD_RESPMEM_MUST_FREE : MHD_RESPMEM_PERSISTENT);

	if (m && n > 0)
		(void)MHD_add_response_header(m, "Content-Type",
					      r->type ? r->type : "text/html; charset=utf-8");
	return m;
}

static enum MHD_Result answer(struct exchange *x, struct MHD_Connection *c, struct http_res *r)
{
	struct http_server *s = x->server;
	bool lost = r->status < 100 || r->status > 599 || r->body.over;
	unsigned status = lost ? 500 : (unsigned)r->status;
	struct MHD_Response *m = r->stream ? sse_response(s, c, r->stream) : body_response(r);

	if (!m) {
		res_done(r);
		return MHD_NO;
	}
	for (size_t i = 0; i < r->n_headers; i++)
		(void)MHD_add_response_header(m, r->header[i].name, r->header[i].value);
	if (!has_header(r, "Cache-Control"))
		(void)MHD_add_response_header(m, "Cache-Control",
					      r->cacheable ? "public, max-age=31536000, immutable"
							   : "no-store");
	(void)pthread_mutex_lock(&s->lock);
	bool stopping = s->stopping;
	(void)pthread_mutex_unlock(&s->lock);
	if (stopping)
		(void)MHD_add_response_header(m, "Connection", "close");
	enum MHD_Result ok = MHD_queue_response(c, status, m);
	MHD_destroy_response(m);
	res_done(r);
	return ok;
}

static enum MHD_Result refuse(struct exchange *x, struct MHD_Connection *c, int status)
{
	struct http_res r = { .status = status };

	if (x->server->conf.refused)
		x->server->conf.refused(x->server->conf.arg, status, &r);
	r.status = status;
	return answer(x, c, &r);
}

static int status_of(int r)
{
	return r == -ELIMIT ? 413 : 400;
}

/* --- requests --- */

static void *exchange_new(void *arg, const char *uri, struct MHD_Connection *c)
{
	struct exchange *x = mem_new(sizeof(*x));
	(void)c;

	x->server = arg;
	x->req = http_req_new();
	x->refused = http_req_target(x->req, uri) < 0 ? 400 : 0;
	(void)pthread_mutex_lock(&x->server->lock);
	x->server->exchanges++;
	(void)pthread_mutex_unlock(&x->server->lock);
	return x;
}

static void exchange_free(void *arg, struct MHD_Connection *c, void **state,
			  enum MHD_RequestTerminationCode why)
{
	struct exchange *x = *state;
	(void)arg;
	(void)c;
	(void)why;

	if (!x)
		return;
	*state = NULL;
	(void)pthread_mutex_lock(&x->server->lock);
	x->server->exchanges--;
	x->server->body_bytes -= x->counted;
	if (x->req->upload)
		x->server->uploads--;
	(void)pthread_cond_broadcast(&x->server->changed);
	(void)pthread_mutex_unlock(&x->server->lock);
	if (x->form)
		(void)MHD_destroy_post_processor(x->form); /* it was not whole, and nobody asks */
	if (x->has_early)
		res_done(&x->early);
	http_req_free(x->req);
	free(x);
}

static enum MHD_Result take_header(void *arg, enum MHD_ValueKind kind, const char *name,
				   const char *value)
{
	struct exchange *x = arg;
	int r = http_req_header(x->req, name, value);
	(void)kind;

	if (r < 0 && !x->refused)
		x->refused = status_of(r);
	return MHD_YES;
}

static void take_remote(struct http_req *q, struct MHD_Connection *c)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(c, MHD_CONNECTION_INFO_CLIENT_ADDRESS);

	if (info && info->client_addr)
		address_text(info->client_addr, q->remote, sizeof(q->remote));
}

/* --- uploads --- */

static enum MHD_Result take_piece(void *arg, enum MHD_ValueKind kind, const char *name,
				  const char *file_name, const char *type, const char *encoding,
				  const char *p, uint64_t off, size_t n)
{
	struct exchange *x = arg;
	const struct http_piece piece = { name, file_name, p, n, off };
	(void)kind;
	(void)type; /* whoever sends it may say anything */
	(void)encoding;

	return http_upload_piece(x->req->upload, &piece) < 0 ? MHD_NO : MHD_YES;
}

static bool upload_count(struct http_server *s)
{
	(void)pthread_mutex_lock(&s->lock);
	bool free_place = s->uploads < UPLOADS_AT_ONCE;
	if (free_place)
		s->uploads++;
	(void)pthread_mutex_unlock(&s->lock);
	return free_place;
}

/* The form's files go to the disk when the handler's side says so. */
static enum MHD_Result upload_begin(struct exchange *x, struct MHD_Connection *c, int64_t length)
{
	struct http_server *s = x->server;
	struct http_plan plan = { .advice = "" };
	int r = s->conf.upload(s->conf.arg, x->req, length, &plan, &x->early);

	x->has_early = r < 0 && length >= 0 && length <= UPLOAD_SWALLOW;
	x->answered = r < 0 && !x->has_early;
	if (x->answered)
		return answer(x, c, &x->early);
	if (r <= 0)
		return MHD_YES;
	x->answered = !upload_count(s);
	if (x->answered)
		return refuse(x, c, 503);
	x->req->upload = http_upload_new(&plan, x->req->arena, &x->req->parts);
	x->req->form = true;
	x->since = seconds_from_now(0);
	x->form = MHD_create_post_processor(c, UPLOAD_BLOCK, take_piece, x);
	x->answered = !x->form; /* it names no boundary */
	return x->form ? MHD_YES : refuse(x, c, 400);
}

static bool upload_too_slow(const struct exchange *x)
{
	struct timespec now = seconds_from_now(0);
	int64_t took_s = (int64_t)(now.tv_sec - x->since.tv_sec);

	return took_s > UPLOAD_PATIENCE_S && x->received / (size_t)took_s < UPLOAD_BYTES_A_SECOND;
}

static enum MHD_Result upload_receive(struct exchange *x, const char *p, size_t n)
{
	struct http_upload *u = x->req->upload;
	struct err e = { 0 };

	x->received += n;
	if (http_upload_err(u)->code) {
		x->swallowed += n;
		return x->swallowed > UPLOAD_SWALLOW ? MHD_NO : MHD_YES;
	}
	if (upload_too_slow(x))
		return MHD_NO;
	if (MHD_post_process(x->form, p, n) != MHD_YES && !http_upload_err(u)->code) {
		(void)err_set(&e, -EFORMAT, "the form with the file is damaged");
		(void)http_upload_fail(u, &e); /* said in the answer */
	}
	return MHD_YES;
}

static void upload_finish(struct exchange *x)
{
	struct http_upload *u = x->req->upload;
	struct err e = { 0 };
	enum MHD_Result whole = MHD_destroy_post_processor(x->form);

	x->form = NULL;
	if (whole != MHD_YES) {
		(void)err_set(&e, -EFORMAT, "the form with the file has no end");
		(void)http_upload_fail(u, &e); /* said in the answer, as what follows */
	}
	(void)http_upload_end(u);
}

static bool is_multipart(const struct http_req *q)
{
	const char *type = http_header(q, "Content-Type");

	return type && strncasecmp(type, "multipart/form-data", 19) == 0;
}

static enum MHD_Result begin(struct exchange *x, struct MHD_Connection *c, const char *method)
{
	struct http_server *s = x->server;
	static const char *const methods[] = { "GET", "HEAD", "POST" };
	int64_t length = 0;

	x->begun = true;
	for (size_t i = 0; i < ARRAY_LEN(methods); i++)
		if (strcmp(method, methods[i]) == 0)
			x->req->method = methods[i];
	x->req->tls = s->conf.cert_pem != NULL;
	take_remote(x->req, c);
	buf_init(&x->req->body, s->conf.body_max);
	(void)MHD_get_connection_values(c, MHD_HEADER_KIND, take_header, x);
	if (!x->req->method)
		return refuse(x, c, 405);
	const char *announced = http_header(x->req, "Content-Length");
	if (announced && str_i64(str_of(announced), 0, INT64_MAX, &length) < 0)
		return refuse(x, c, 400);
	if (s->conf.upload && !x->refused && is_multipart(x->req) &&
	    strcmp(x->req->method, "POST") == 0) {
		enum MHD_Result m = upload_begin(x, c, announced ? length : -1);
		if (m != MHD_YES || x->req->upload || x->has_early || x->answered)
			return m;
	}
	/* Somewhat too much is swallowed, so that the browser gets to see the answer. */
	if ((uint64_t)length / 4 > s->conf.body_max)
		return refuse(x, c, 413);
	if ((size_t)length > s->conf.body_max)
		x->refused = 413;
	return MHD_YES;
}

static enum MHD_Result receive(struct exchange *x, const char *p, size_t n)
{
	struct http_server *s = x->server;

	if (x->req->upload)
		return upload_receive(x, p, n);
	x->received += n;
	if (x->has_early)
		return x->received > UPLOAD_SWALLOW ? MHD_NO : MHD_YES;
	x->counted += n;
	(void)pthread_mutex_lock(&s->lock);
	s->body_bytes += n;
	bool crowded = s->body_bytes > BODIES_AT_ONCE * s->conf.body_max;
	(void)pthread_mutex_unlock(&s->lock);
	if (x->received > s->conf.body_max && !x->refused)
		x->refused = 413;
	if (x->received / 5 > s->conf.body_max)
		return MHD_NO;
	if (crowded && !x->refused)
		x->refused = 503;
	if (x->refused)
		buf_done(&x->req->body);
	else
		buf_add(&x->req->body, p, n);
	return MHD_YES;
}

static enum MHD_Result finish(struct exchange *x, struct MHD_Connection *c)
{
	struct http_res res = { 0 };

	if (x->has_early) {
		x->has_early = false;
		return answer(x, c, &x->early);
	}
	if (x->req->upload)
		upload_finish(x);
	int r = x->refused || x->req->upload ? 0 : http_req_body(x->req);

	if (x->refused || r < 0)
		return refuse(x, c, x->refused ? x->refused : status_of(r));
	x->server->conf.handler(x->server->conf.arg, x->req, &res);
	return answer(x, c, &res);
}

static enum MHD_Result handle(void *arg, struct MHD_Connection *c, const char *url,
			      const char *method, const char *version, const char *data, size_t *n,
			      void **state)
{
	struct exchange *x = *state;
	(void)arg;
	(void)url; /* exchange_new had it as it came */
	(void)version;

	if (!x)
		return MHD_NO;
	if (!x->begun)
		return begin(x, c, method);
	if (*n > 0) {
		size_t taken = *n;
		*n = 0;
		return receive(x, data, taken);
	}
	return finish(x, c);
}

/* --- start and stop --- */

static struct MHD_Daemon *daemon_start(struct http_server *s, int fd)
{
	const struct http_conf *c = &s->conf;
	unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_SUSPEND_RESUME;
	struct MHD_OptionItem tls[] = {
		{ MHD_OPTION_HTTPS_MEM_CERT, 0, s->cert_pem },
		{ MHD_OPTION_HTTPS_MEM_KEY, 0, s->key_pem },
		{ MHD_OPTION_HTTPS_PRIORITIES, 0,
		  (void *)(uintptr_t) "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2" },
		{ MHD_OPTION_END, 0, NULL },
	};
	struct MHD_OptionItem none[] = { { MHD_OPTION_END, 0, NULL } };

	if (c->cert_pem)
		flags |= MHD_USE_TLS;
	return MHD_start_daemon(
		flags, 0, NULL, NULL, handle, s, MHD_OPTION_LISTEN_SOCKET, fd,
		MHD_OPTION_THREAD_POOL_SIZE, (unsigned)c->threads, MHD_OPTION_CONNECTION_LIMIT,
		(unsigned)c->connections_max, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
		(unsigned)(c->connections_max + 1) / 2, MHD_OPTION_CONNECTION_TIMEOUT,
		(unsigned)TIMEOUT_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEAD_MAX,
		MHD_OPTION_URI_LOG_CALLBACK, exchange_new, s, MHD_OPTION_NOTIFY_COMPLETED,
		exchange_free, s, MHD_OPTION_ARRAY, c->cert_pem ? tls : none, MHD_OPTION_END);
}

static void server_free(struct http_server *s)
{
	(void)pthread_cond_destroy(&s->changed);
	(void)pthread_mutex_destroy(&s->lock);
	free(s->cert_pem);
	free(s->key_pem);
	free(s);
}

static struct http_server *server_new(const struct http_conf *c)
{
	struct http_server *s = mem_new(sizeof(*s));
	pthread_condattr_t attr;

	s->conf = *c;
	if (!c->threads)
		s->conf.threads = THREADS_DEFAULT;
	if (!c->body_max)
		s->conf.body_max = BODY_MAX_DEFAULT;
	if (!c->connections_max)
		s->conf.connections_max = CONNECTIONS_MAX_DEFAULT;
	s->cert_pem = mem_strdup(c->cert_pem);
	s->key_pem = mem_strdup(c->key_pem);
	s->conf.cert_pem = s->cert_pem;
	s->conf.key_pem = s->key_pem;
	(void)pthread_mutex_init(&s->lock, NULL);
	(void)pthread_condattr_init(&attr);
	(void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&s->changed, &attr);
	(void)pthread_condattr_destroy(&attr);
	return s;
}

int http_server_start(const struct http_conf *c, struct http_server **out, struct err *e)
{
	struct http_server *s = server_new(c);
	int fd = c->listen_fd > 0 ? c->listen_fd : listen_tcp(c->address, c->port, &s->port, e);

	if (fd < 0) {
		server_free(s);
		return fd;
	}
	s->daemon = daemon_start(s, fd);
	if (!s->daemon) {
		/* libmicrohttpd has closed the socket or not, depending on what failed; a second
		 * close could hit another's descriptor. */
		server_free(s);
		return err_set(e, -EINVAL,
			       "the HTTP server does not start: is the certificate good?");
	}
	if (pthread_create(&s->keeper, NULL, keep_streams, s) != 0) {
		MHD_stop_daemon(s->daemon);
		server_free(s);
		return err_set(e, -EAGAIN, "no thread for the HTTP server");
	}
	*out = s;
	return 0;
}

uint16_t http_server_port(const struct http_server *s)
{
	return s->port;
}

void http_server_stop(struct http_server *s)
{
	if (!s)
		return;
	MHD_socket fd = MHD_quiesce_daemon(s->daemon);
	(void)pthread_mutex_lock(&s->lock);
	s->stopping = true;
	(void)pthread_cond_broadcast(&s->changed);
	for (struct sse *x = s->streams; x; x = x->next)
		http_stream_close(x->stream); /* wakes it: none may be suspended at the end */
	struct timespec until = seconds_from_now(STOP_PATIENCE_S);
	while ((s->exchanges > 0 || s->streams) && !is_past(&until))
		wait_until(s, &until);
	(void)pthread_mutex_unlock(&s->lock);
	(void)pthread_join(s->keeper, NULL);
	MHD_stop_daemon(s->daemon);
	if (fd != MHD_INVALID_SOCKET)
		(void)close(fd);
	server_free(s);
}
