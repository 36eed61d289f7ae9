#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/limits.h"
#include "deliver/private.h"
#include "net/smtp.h"

/* A mail server that does not take a mail within five minutes is not well; what it has taken nobody knows. */
enum { SENDMAIL_TIMEOUT_MS = 300000 };

struct hand {
	const struct delivery_config *c;
	struct smtp *smtp;
	char *password;
};

/* ---- the password ------------------------------------------------------------------------------------------------ */

static enum errc password_file(const char *path, struct buf *out, struct err *e)
{
	struct stat sb;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	enum errc rc;

	if (fd < 0)
		return err_sys(e, "%s", path);
	if (fstat(fd, &sb) != 0)
		rc = err_sys(e, "%s", path);
	else if ((sb.st_mode & 077) != 0)
		rc = err_set(e, ERR_REFUSED, "%s: others may read the password; chmod 600 it", path);
	else
		rc = io_read_fd(fd, out, e);
	(void)close(fd);
	return rc;
}

static enum errc password_read(const struct delivery_config *c, char **out, struct err *e)
{
	struct buf b;
	span s;
	enum errc rc = OK;

	*out = NULL;
	if (c->user[0] == '\0')
		return OK;
	buf_init(&b, 4096);
	if (c->password_file[0] != '\0')
		rc = password_file(c->password_file, &b, e);
	else if (c->password_env[0] != '\0' && getenv(c->password_env) != NULL)
		buf_str(&b, getenv(c->password_env));
	else
		rc = err_set(e, ERR_USAGE, "delivery: user %s has no password: give password_file or password_env", c->user);
	s = buf_span(&b);
	while (s.n != 0 && (s.p[s.n - 1] == '\n' || s.p[s.n - 1] == '\r'))
		s.n--;
	if (rc == OK && (*out = strndup((const char *)s.p, s.n)) == NULL)
		rc = err_memory(e);
	buf_wipe(&b);
	return rc;
}

enum errc hand_open(struct hand **out, const struct delivery_config *c, struct err *e)
{
	struct hand *h = calloc(1, sizeof *h);
	struct smtp_options o = {.host = c->server, .port = c->port};
	enum errc rc;

	*out = NULL;
	if (h == NULL)
		return err_memory(e);
	h->c = c;
	if (c->by == DELIVERY_BY_SMTP) {
		if ((rc = password_read(c, &h->password, e)) != OK)
			goto out;
		o.user = c->user[0] != '\0' ? c->user : NULL;
		o.password = h->password;
		o.ca_file = c->ca_file[0] != '\0' ? c->ca_file : NULL;
		o.connect_to = c->connect_to[0] != '\0' ? c->connect_to : NULL;
		rc = smtp_open(&h->smtp, &o, e);
	} else {
		rc = access(c->sendmail, X_OK) == 0 ? OK : err_sys(e, "delivery: sendmail: %s", c->sendmail);
	}
out:
	if (rc != OK)
		hand_close(h);
	else
		*out = h;
	return rc;
}

void hand_close(struct hand *h)
{
	if (h == NULL)
		return;
	smtp_close(h->smtp);
	if (h->password != NULL)
		explicit_bzero(h->password, strlen(h->password));
	free(h->password);
	free(h);
}

/* ---- sendmail(1) -------------------------------------------------------------------------------------------------- */

/* Line ends as a file has them: sendmail programs differ in what they make of CRLF. */
static enum errc message_fd(span message, int *fd, struct err *e)
{
	struct buf b;
	span line;
	enum errc rc;

	buf_init(&b, 2 * LIMIT_NOTICE_BYTES);
	while (span_line(&message, &line)) {
		buf_put(&b, line);
		buf_byte(&b, '\n');
	}
	if ((rc = buf_check(&b, e)) == OK && (*fd = memfd_create("notice", MFD_CLOEXEC)) < 0)
		rc = err_sys(e, "memfd_create");
	if (rc == OK && (rc = io_write(*fd, buf_span(&b), e)) == OK && lseek(*fd, 0, SEEK_SET) != 0)
		rc = err_sys(e, "lseek");
	buf_free(&b);
	return rc;
}

static enum errc start(const struct hand *h, const char *return_path, const char *envelope_id, const char *to, int in, int out,
    pid_t *pid, struct err *e)
{
	const char *const argv[] = {h->c->sendmail, "-i", "-f", return_path, "-N", "success,failure,delay",
	    "-R", "hdrs", "-V", envelope_id, "--", to, NULL};
	const char *const env[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C", NULL};
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t none;
	int rc;

	(void)sigemptyset(&none);
	if (posix_spawn_file_actions_init(&files) != 0 || posix_spawnattr_init(&attr) != 0)
		return err_memory(e);
	/* A group of its own: Ctrl-C is for us, and must not cut the mail server's program in the middle. */
	(void)posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
	(void)posix_spawnattr_setpgroup(&attr, 0);
	(void)posix_spawnattr_setsigmask(&attr, &none);
	(void)posix_spawn_file_actions_adddup2(&files, in, 0);
	(void)posix_spawn_file_actions_adddup2(&files, out, 1);
	(void)posix_spawn_file_actions_adddup2(&files, out, 2);
	rc = posix_spawn(pid, h->c->sendmail, &files, &attr, (char *const *)(uintptr_t)argv, (char *const *)(uintptr_t)env);
	(void)posix_spawn_file_actions_destroy(&files);
	(void)posix_spawnattr_destroy(&attr);
	errno = rc;
	return rc == 0 ? OK : err_sys(e, "%s", h->c->sendmail);
}

/* What it says, up to its end or the deadline; true when it ended. */
static bool listen_to(int fd, struct buf *said_text)
{
	uint64_t end = time_monotonic_ms() + SENDMAIL_TIMEOUT_MS;

	for (;;) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		uint64_t now = time_monotonic_ms();
		unsigned char bytes[1024];
		ssize_t n;

		if (now >= end)
			return false;
		if (poll(&p, 1, (int)(end - now)) <= 0)
			continue;
		n = read(fd, bytes, sizeof bytes);
		if (n == 0)
			return true;
		if (n > 0 && said_text->n < 4096)
			buf_put(said_text, span_of(bytes, (size_t)n));
		if (n < 0 && errno != EINTR && errno != EAGAIN)
			return true;
	}
}

/*
 * sysexits(3). Only codes that cannot come after the mail was queued are a clear no. EX_TEMPFAIL is a clear "later":
 * sendmail(8), which uses it for "queued" inside, ends with 0 then (finis() in its main.c), and others mean "not taken" by it.
 */
static enum hand_outcome outcome_of(int status)
{
	if (!WIFEXITED(status))
		return HAND_UNKNOWN;
	switch (WEXITSTATUS(status)) {
	case EX_OK:
		return HAND_TAKEN;
	case EX_NOUSER:
	case EX_NOHOST:
		return HAND_REFUSED;
	case EX_TEMPFAIL:
		return HAND_LATER;
	case EX_USAGE:
	case EX_DATAERR:
	case EX_NOINPUT:
	case EX_UNAVAILABLE:
	case EX_OSFILE:
	case EX_CANTCREAT:
	case EX_NOPERM:
	case EX_CONFIG:
	case 126: /* could not be run at all */
	case 127:
		return HAND_UNUSABLE;
	default:
		return HAND_UNKNOWN;
	}
}

static void put_text(struct hand_result *r, span s)
{
	size_t n = 0;

	s = span_trim(s);
	for (; n < s.n && n + 1 < sizeof r->text; n++)
		r->text[n] = s.p[n] >= 0x20 && s.p[n] < 0x7f ? (char)s.p[n] : ' ';
	r->text[n] = '\0';
}

static enum errc by_sendmail(struct hand *h, const char *return_path, const char *envelope_id, const char *to, span message,
    struct hand_result *out, struct err *e)
{
	int in = -1, pipes[2] = {-1, -1}, status = 0;
	struct buf text;
	pid_t pid;
	enum errc rc;

	buf_init(&text, 8192);
	if ((rc = message_fd(message, &in, e)) == OK && pipe2(pipes, O_CLOEXEC) != 0)
		rc = err_sys(e, "pipe");
	if (rc == OK)
		rc = start(h, return_path, envelope_id, to, in, pipes[1], &pid, e);
	if (rc != OK) {
		/* Nothing was begun, and so nothing is uncertain that a person would have to look into. */
		out->outcome = HAND_UNUSABLE;
		put_text(out, span_str(e->text));
		rc = OK;
		goto out;
	}
	(void)close(pipes[1]);
	pipes[1] = -1;
	if (!listen_to(pipes[0], &text))
		(void)kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	out->outcome = outcome_of(status);
	put_text(out, buf_span(&text));
	if (out->outcome != HAND_TAKEN && out->text[0] == '\0')
		(void)snprintf(out->text, sizeof out->text, WIFEXITED(status) ? "sendmail ended with %d" : "sendmail was ended by signal %d",
		    WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
out:
	for (size_t i = 0; i < 2; i++)
		if (pipes[i] >= 0)
			(void)close(pipes[i]);
	if (in >= 0)
		(void)close(in);
	buf_free(&text);
	return rc;
}

/* ---- SMTP --------------------------------------------------------------------------------------------------------- */

/* "250 2.0.0 Ok: queued as 4FzX..." (Postfix), "... Message accepted for delivery" and others keep their own way: then none. */
static void queue_id_of(struct hand_result *r)
{
	static const char word[] = "queued as ";
	const char *p = strstr(r->text, word);
	size_t n = 0;

	if (p == NULL)
		return;
	for (p += sizeof word - 1; (ascii_is_alnum((unsigned char)*p) || *p == '-') && n + 1 < sizeof r->queue_id; p++)
		r->queue_id[n++] = *p;
}

static void by_smtp(struct hand *h, const char *return_path, const char *to, span message, struct hand_result *out)
{
	static const enum hand_outcome outcomes[] = {[SMTP_TAKEN] = HAND_TAKEN, [SMTP_REFUSED] = HAND_REFUSED,
	    [SMTP_LATER] = HAND_LATER, [SMTP_UNKNOWN] = HAND_UNKNOWN, [SMTP_UNUSABLE] = HAND_UNUSABLE};
	struct smtp_result r;

	smtp_send(h->smtp, return_path, to, message, &r);
	out->outcome = outcomes[r.outcome];
	put_text(out, span_str(r.text));
	queue_id_of(out);
}

enum errc hand_over(struct hand *h, const char *return_path, const char *envelope_id, const char *to, span message,
    struct hand_result *out, struct err *e)
{
	*out = (struct hand_result){.outcome = HAND_LATER};
	if (h->c->by != DELIVERY_BY_SMTP)
		return by_sendmail(h, return_path, envelope_id, to, message, out, e);
	by_smtp(h, return_path, to, message, out);
	return OK;
}
