/* What became of credentials, where the reading room does not say it. */
#include "base/clock.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "cmd/notify.h"

static enum errc say(struct cmd *c, const struct notify_mark *m, const struct notify_marked *s)
{
	struct buf out;
	struct json j;
	enum errc rc;

	buf_init(&out, 64 * KIB);
	if (c->json) {
		j = json_to(&out);
		json_open(&j, NULL, '{');
		json_str(&j, "org", s->key);
		json_str(&j, "mark", m->mark);
		json_u64(&j, "marked", s->n_marked);
		json_u64(&j, "exposed", s->n_credentials);
		json_u64(&j, "open", s->n_open);
		json_close(&j, '}');
		json_end_line(&j);
	} else {
		buf_printf(&out, "%zu credential%s of ", s->n_marked, cmd_s(s->n_marked));
		utf8_show(&out, span_str(s->name));
		buf_printf(&out, ": %s. Of %zu that it has to reset %zu %s open: tocsin report resets\n", m->mark, s->n_credentials, s->n_open, s->n_open == 1 ? "is" : "are");
	}
	rc = cmd_print(&out, &c->e);
	buf_free(&out);
	return rc;
}

enum errc notify_cmd_mark(struct cmd *c, const struct verb *v, int argc, char **argv, int *status)
{
	struct notify_mark m = {0};
	struct notify n = {.now_utc = time_now()};
	const struct cmd_option options[] = {
	    {"all", NULL, "all of its credentials that are open", .flag = &m.all},
	    {"by", "NAME", "who says so", .text = &m.by},
	    {"note", "TEXT", "how it is known; not the secret itself", .text = &m.note},
	};
	struct notify_marked s;
	const char *const *operand;
	size_t n_operands;
	enum errc rc;

	(void)status;
	if ((rc = cmd_start(c, v, argc, argv, options, sizeof options / sizeof options[0], &operand, &n_operands)) != OK)
		return rc;
	if (n_operands < 2 || m.all == (n_operands > 2) || m.by == NULL || span_trim(span_str(m.by)).n == 0 || m.note == NULL || span_trim(span_str(m.note)).n == 0)
		return err_set(&c->e, ERR_USAGE, "wants an organisation (ourselves: our own), a mark, then which credentials or --all, --by NAME and --note TEXT");
	if (m.all && strcmp(operand[1], "open") == 0) /* it would mark those that are open already, and say that all went well */
		return err_set(&c->e, ERR_USAGE, "--all are those that are open already: name those that are open again, as tocsin list remediations has them");
	m.org = operand[0];
	m.mark = operand[1];
	m.names = operand + 2;
	m.n = n_operands - 2;
	n.store = c->store;
	n.config = &c->config;
	return (rc = notify_mark(&n, c->a, &m, &s, &c->e)) == OK ? say(c, &m, &s) : rc;
}
