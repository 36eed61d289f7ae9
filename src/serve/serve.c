/*
 * The monitor: reads the configuration, opens what the others need, starts them and watches. It parses nothing
 * that comes from outside and answers nobody. One process that ends takes the others with it; they are started
 * again, ever more slowly.
 */
#include "serve/serve.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/limits.h"
#include "base/stop.h"
#include "base/utf8.h"
#include "jail/jail.h"
#include "serve/process.h"

enum { BACKLOG = 256, BACK_OFF_MOST = 30, STEADY_SECONDS = 60, QUICK_ENDS = 5, END_MS = 2000, SAID_MOST = 1000 };

static const char *const asset_names[N_ASSETS] = {"index.html", "app.js", "app.css"};

struct monitor {
	struct arena *a;
	struct serve_config c;
	struct assets assets;
	int listen, operators, clock, lock;
	int link[4][2];            /* logic's end and the other's: front, auth, fetch, log */
	pid_t pid[N_PROCESSES], own; /* own: the monitor's */
};

void process_say(const char *process, const char *text)
{
	span said = span_str(text);
	struct buf line;
	ssize_t put;

	buf_init(&line, 4 * KIB);
	buf_printf(&line, "tocsin serve: %.20s: ", process);
	/* An error may hold what a server out there said. */
	utf8_show(&line, span_first(said, said.n < SAID_MOST ? said.n : SAID_MOST));
	buf_byte(&line, '\n');
	put = write(STDERR_FILENO, line.p, line.n);
	buf_free(&line);
	(void)put;
}

/* ---- what is opened before anything starts ------------------------------------------------------------------------ */

static enum errc assets_read(struct monitor *m, struct err *e)
{
	enum errc rc = OK;

	for (size_t i = 0; i < N_ASSETS && rc == OK; i++) {
		const char *path = arena_printf(m->a, "%s/%s", m->c.web, asset_names[i]);

		rc = path != NULL ? io_read_file(m->a, path, 4 * MIB, &m->assets.v[i], e) : err_memory(e);
	}
	return rc;
}

static enum errc folder(const char *path, uid_t uid, gid_t gid, bool drops, struct err *e)
{
	enum errc rc;

	if ((rc = io_make_dir(path, 0700, e)) != OK)
		return rc;
	return !drops || chown(path, uid, gid) == 0 ? OK : err_sys(e, "%s", path);
}

static enum errc folders_make(const struct serve_config *c, struct err *e)
{
	const struct { const char *path; enum process whose; } all[] = {
	    {c->db_dir, PROC_LOGIC}, {c->sealed_dir, PROC_LOGIC}, {c->outbox_dir, PROC_LOGIC}, {c->log_dir, PROC_LOG}};
	struct stat sb;
	enum errc rc;

	/* The others only pass through this one. */
	if ((rc = io_make_dir(c->state, 0700, e)) != OK)
		return rc;
	if (c->drops_rights && chmod(c->state, 0711) != 0)
		return err_sys(e, "%s", c->state);
	for (size_t i = 0; i < sizeof all / sizeof all[0] && rc == OK; i++)
		rc = folder(all[i].path, c->users[all[i].whose].uid, c->users[all[i].whose].gid, c->drops_rights, e);
	if (rc == OK && (stat(c->drop, &sb) != 0 || !S_ISDIR(sb.st_mode)))
		rc = err_set(e, ERR_USAGE, "the drop folder %s is not there", c->drop);
	return rc;
}

static enum errc listen_unix(const char *path, mode_t without, int *fd, struct err *e)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	mode_t mask;
	bool bad;

	if (strlen(path) >= sizeof at.sun_path)
		return err_set(e, ERR_USAGE, "%s: too long for a socket", path);
	memcpy(at.sun_path, path, strlen(path) + 1);
	if (unlink(path) != 0 && errno != ENOENT)
		return err_sys(e, "%s", path);
	if ((*fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) < 0)
		return err_sys(e, "socket");
	mask = umask(without);
	bad = bind(*fd, (struct sockaddr *)&at, sizeof at) != 0;
	(void)umask(mask);
	return bad || listen(*fd, BACKLOG) != 0 ? err_sys(e, "%s", path) : OK;
}

static enum errc listen_local(struct monitor *m, struct err *e)
{
	struct sockaddr_in at = {.sin_family = AF_INET};
	const char *colon = strrchr(m->c.listen, ':');
	char host[INET_ADDRSTRLEN] = "";
	unsigned long port = colon != NULL ? strtoul(colon + 1, NULL, 10) : 0;

	if (colon != NULL && (size_t)(colon - m->c.listen) < sizeof host)
		memcpy(host, m->c.listen, (size_t)(colon - m->c.listen));
	if (inet_pton(AF_INET, host, &at.sin_addr) != 1 || (ntohl(at.sin_addr.s_addr) >> 24) != 127 || port == 0 ||
	    port > 65535)
		return err_set(e, ERR_USAGE, "listen is 127.0.0.1:PORT");
	at.sin_port = htons((uint16_t)port);
	if ((m->listen = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) < 0)
		return err_sys(e, "socket");
	(void)setsockopt(m->listen, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
	return bind(m->listen, (struct sockaddr *)&at, sizeof at) == 0 &&
	    listen(m->listen, BACKLOG) == 0 ? OK : err_sys(e, "%s", m->c.listen);
}

/* One portal for one state: a second one would take the sockets of the first. */
static enum errc state_lock(struct monitor *m, struct err *e)
{
	const char *path = arena_printf(m->a, "%s/lock", m->c.state);

	if (path == NULL)
		return err_memory(e);
	if ((m->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600)) < 0)
		return err_sys(e, "%s", path);
	return flock(m->lock, LOCK_EX | LOCK_NB) == 0 ? OK : err_set(e, ERR_LOCKED,
	    "%s: a reading room runs on this state", m->c.state);
}

static enum errc open_all(struct monitor *m, struct err *e)
{
	enum errc rc;

	if ((rc = jail_possible(e)) != OK || (rc = folders_make(&m->c, e)) != OK || (rc = state_lock(m, e)) != OK)
		return rc;
	if (m->c.clock_file != NULL && (m->clock = open(m->c.clock_file, O_RDONLY | O_CLOEXEC)) < 0)
		return err_sys(e, "%s", m->c.clock_file);
	/* Anybody on the machine may knock there: who is answered the kernel says. */
	if (m->c.operator_socket != NULL && (rc = listen_unix(m->c.operator_socket, 0111, &m->operators, e)) != OK)
		return rc;
	if (m->c.listen != NULL)
		return listen_local(m, e);
	if ((rc = listen_unix(m->c.socket, 0117, &m->listen, e)) == OK && geteuid() == 0 &&
	    chown(m->c.socket, m->c.proxy_uid, (gid_t)-1) != 0)
		rc = err_sys(e, "%s", m->c.socket);
	return rc;
}

/* ---- the processes ------------------------------------------------------------------------------------------------ */

static void close_fd(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}

static enum errc links_make(struct monitor *m, struct err *e)
{
	const struct timeval most = {.tv_sec = WIRE_SECONDS}, longest = {.tv_sec = WIRE_FRONT_SECONDS};

	for (size_t i = 0; i < 4; i++) {
		if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, m->link[i]) != 0)
			return err_sys(e, "socketpair");
		/* Whoever asks waits so long for an answer (front: also while a bundle of many records is); who is asked waits for questions as long
		   as it takes. */
		for (size_t k = 0; k < 2; k++)
			(void)setsockopt(m->link[i][k], SOL_SOCKET, SO_SNDTIMEO, &most, sizeof most);
		(void)setsockopt(m->link[i][i == 0 ? 1 : 0], SOL_SOCKET, SO_RCVTIMEO, i == 0 ? &longest : &most,
		    sizeof most);
	}
	return OK;
}

/* Another user, and gone with the monitor: that was asked for last, since the kernel forgets it with the user, and it may be gone already. */
static enum errc become(const struct monitor *m, enum process p, struct err *e)
{
	if (m->c.drops_rights &&
	    (setgroups(0, NULL) != 0 || setgid(m->c.users[p].gid) != 0 || setuid(m->c.users[p].uid) != 0))
		return err_sys(e, "%s: another user", process_names[p]);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
		return err_sys(e, "prctl");
	return getppid() == m->own ? OK : err_set(e, ERR_WORLD, "the portal has ended");
}

/* Never returns. What is another's is closed before anything else. */
static void child(struct monitor *m, enum process p)
{
	struct process_fds fds = {.listen = p == PROC_FRONT ? m->listen : -1, .logic = -1,
	    .clock = p == PROC_LOGIC ? m->clock : -1,
	    .operators = p == PROC_LOGIC ? m->operators : -1};
	int *const ends[] = {&fds.front, &fds.auth, &fds.fetch, &fds.log};
	static const enum process other[] = {PROC_FRONT, PROC_AUTH, PROC_FETCH, PROC_LOG};
	struct err e = {0};
	enum errc rc;

	(void)signal(SIGINT, SIG_IGN);
	(void)signal(SIGTERM, SIG_DFL);
	(void)signal(SIGPIPE, SIG_IGN);
	for (size_t i = 0; i < 4; i++) {
		*ends[i] = p == PROC_LOGIC ? m->link[i][0] : -1;
		if (p == other[i])
			fds.logic = m->link[i][1];
		if (p != PROC_LOGIC)
			close_fd(&m->link[i][0]);
		if (p != other[i])
			close_fd(&m->link[i][1]);
	}
	if (p != PROC_FRONT)
		close_fd(&m->listen);
	if (p != PROC_LOGIC) {
		close_fd(&m->clock);
		close_fd(&m->operators);
	}
	close_fd(&m->lock);
	if ((rc = become(m, p, &e)) == OK) {
		switch (p) {
		case PROC_FRONT: rc = front_run(&m->c, &fds, &m->assets, &e); break;
		case PROC_LOGIC: rc = logic_run(&m->c, &fds, &e); break;
		case PROC_AUTH: rc = auth_run(&m->c, &fds, &e); break;
		case PROC_FETCH: rc = fetch_run(&m->c, &fds, &e); break;
		case PROC_LOG: rc = log_run(&m->c, &fds, &e); break;
		case N_PROCESSES: break;
		}
	}
	process_say(process_names[p], e.text);
	_exit(err_exit_status(rc));
}

static enum errc start_all(struct monitor *m, struct err *e)
{
	enum errc rc;

	if ((rc = links_make(m, e)) != OK)
		return rc;
	m->own = getpid();
	for (enum process p = 0; p < N_PROCESSES; p++) {
		m->pid[p] = fork();
		if (m->pid[p] == 0)
			child(m, p);
		if (m->pid[p] < 0)
			return err_sys(e, "fork");
	}
	for (size_t i = 0; i < 4; i++)
		for (size_t k = 0; k < 2; k++)
			close_fd(&m->link[i][k]);
	return OK;
}

static size_t reap(struct monitor *m, bool say)
{
	size_t left = 0;
	int status;

	for (enum process p = 0; p < N_PROCESSES; p++) {
		if (m->pid[p] > 0 && waitpid(m->pid[p], &status, WNOHANG) == m->pid[p]) {
			char text[64];

			m->pid[p] = 0;
			if (say && WIFSIGNALED(status) &&
			    snprintf(text, sizeof text, "ended by signal %d", WTERMSIG(status)) > 0)
				process_say(process_names[p], text);
		}
		left += m->pid[p] > 0;
	}
	return left;
}

static void end_all(struct monitor *m)
{
	for (unsigned ms = 0; reap(m, false) != 0; ms += 10) {
		for (enum process p = 0; p < N_PROCESSES; p++)
			if (m->pid[p] > 0)
				(void)kill(m->pid[p], ms >= END_MS ? SIGKILL : SIGTERM);
		(void)usleep(10000);
	}
}

static void watch(struct monitor *m)
{
	while (!stop_asked() && reap(m, true) == N_PROCESSES)
		(void)usleep(50000);
}

/* Again and again; not when it never stands: that is a fault that a restart does not mend. */
static enum errc supervise(struct monitor *m, const struct serve_options *o, struct err *e)
{
	unsigned quick = 0;
	enum errc rc;

	for (;;) {
		uint64_t since = time_monotonic_ms();

		if ((rc = start_all(m, e)) != OK)
			break;
		if (o->ready != NULL)
			o->ready(o->ctx, m->c.listen != NULL ? m->c.listen : m->c.socket);
		watch(m);
		end_all(m);
		if (stop_asked())
			return OK;
		quick = time_monotonic_ms() - since < STEADY_SECONDS * 1000 ? quick + 1 : 0;
		if (quick >= QUICK_ENDS)
			return err_set(e, ERR_WORLD, "its processes end as soon as they are started; what they said"
			    " is above");
		for (unsigned i = 0; i < 10u << quick && i < 10 * BACK_OFF_MOST && !stop_asked(); i++)
			(void)usleep(20000);
	}
	end_all(m);
	return rc;
}

static enum errc prepare(struct monitor *m, const struct serve_options *o, struct err *e)
{
	enum errc rc;

	*m = (struct monitor){.listen = -1, .operators = -1, .clock = -1, .lock = -1,
	    .link = {{-1, -1}, {-1, -1}, {-1, -1}, {-1, -1}}};
	if ((rc = arena_new(&m->a, 64 * MIB, e)) != OK || (rc = config_read(m->a, o->config_file, o->web, &m->c, e)) != OK)
		return rc;
	return assets_read(m, e);
}

enum errc serve_check(const struct serve_options *o, struct err *e)
{
	struct monitor m;
	enum errc rc = prepare(&m, o, e);

	arena_free(m.a);
	return rc;
}

enum errc serve_run(const struct serve_options *o, struct err *e)
{
	struct monitor m;
	enum errc rc;

	(void)umask(0027);
	/* What whoever started us had open is nothing of ours, and not behind our walls. */
	(void)close_range(STDERR_FILENO + 1, ~0u, 0);
	/* The C library would look for a file each time; there is none behind the walls. */
	(void)setenv("TZ", "UTC0", 1);
	tzset();
	if ((rc = prepare(&m, o, e)) == OK && (rc = open_all(&m, e)) == OK)
		rc = supervise(&m, o, e);
	if (m.c.socket != NULL && m.listen >= 0)
		(void)unlink(m.c.socket);
	if (m.c.operator_socket != NULL && m.operators >= 0)
		(void)unlink(m.c.operator_socket);
	close_fd(&m.listen);
	close_fd(&m.operators);
	close_fd(&m.clock);
	close_fd(&m.lock);
	arena_free(m.a);
	return rc;
}
