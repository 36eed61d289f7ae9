/* An operator's question, from his own process to the portal that runs. */
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/io.h"
#include "base/json.h"
#include "base/limits.h"
#include "serve/config.h"
#include "serve/serve.h"

static enum errc exchange(const char *path, span question, struct buf *out, struct err *e)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	enum errc rc;

	if (fd < 0)
		return err_sys(e, "socket");
	if (strlen(path) >= sizeof at.sun_path) {
		rc = err_set(e, ERR_USAGE, "%s: too long for a socket", path);
	} else {
		memcpy(at.sun_path, path, strlen(path) + 1);
		rc = connect(fd, (struct sockaddr *)&at, sizeof at) == 0 ? OK : err_sys(e,
		    "%s: does the reading room run?", path);
	}
	if (rc == OK && (rc = io_write(fd, question, e)) == OK)
		rc = io_read_fd(fd, out, e);
	(void)close(fd);
	return rc;
}

enum errc serve_operator(const struct serve_options *o, const struct serve_word *w, struct buf *out, struct err *e)
{
	struct serve_config c;
	struct arena *a;
	struct buf line;
	struct json j;
	enum errc rc;

	if ((rc = arena_new(&a, 16 * MIB, e)) != OK)
		return rc;
	buf_init(&line, 64 * KIB);
	j = json_to(&line);
	json_open(&j, NULL, '{');
	json_str(&j, "word", w->word);
	json_str(&j, "case", w->room);
	json_str(&j, "notice", w->notice);
	json_str(&j, "note", w->note);
	json_close(&j, '}');
	json_end_line(&j);
	if ((rc = config_read(a, o->config_file, o->web, &c, e)) == OK && (rc = buf_check(&line, e)) == OK) {
		if (c.operator_socket == NULL)
			rc = err_set(e, ERR_USAGE, "%s: names no operators", o->config_file);
		else
			rc = exchange(c.operator_socket, buf_span(&line), out, e);
	}
	if (rc == OK && span_starts(buf_span(out), SPAN_LIT("{\"refused\":")))
		rc = err_set(e, ERR_REFUSED, "%.*s", (int)(out->n < 300 ? out->n : 300), (const char *)out->p);
	buf_free(&line);
	arena_free(a);
	return rc;
}
