#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "deliver/private.h"

#define STOP_FILE "sending.stopped"

/* ---- stop -------------------------------------------------------------------------------------------------------- */

enum errc deliver_stop(const char *case_dir, const char *by, const char *why, struct err *e)
{
	char path[4096], when[TIME_TEXT];
	struct buf b;
	int n = snprintf(path, sizeof path, "%s/" STOP_FILE, case_dir);
	enum errc rc;

	if (n < 0 || (size_t)n >= sizeof path)
		return err_set(e, ERR_USAGE, "%s: path too long", case_dir);
	buf_init(&b, 65536);
	buf_str(&b, "since ");
	buf_str(&b, time_rfc3339(time_now(), when));
	buf_str(&b, ", by ");
	utf8_show(&b, span_str(by));
	buf_str(&b, ": ");
	utf8_show(&b, span_str(why));
	buf_byte(&b, '\n');
	if ((rc = buf_check(&b, e)) == OK)
		rc = io_write_file(path, buf_span(&b), 0600, e);
	buf_free(&b);
	return rc;
}

enum errc deliver_stopped(struct arena *a, const char *case_dir, const char **why, struct err *e)
{
	const char *path = arena_printf(a, "%s/" STOP_FILE, case_dir);
	span text;
	enum errc rc;

	*why = NULL;
	if (path == NULL)
		return err_memory(e);
	if (access(path, F_OK) != 0)
		return errno == ENOENT ? OK : err_sys(e, "%s", path);
	if ((rc = io_read_file(a, path, 65536, &text, e)) != OK)
		return rc;
	*why = arena_cstr(a, span_trim(text));
	return *why != NULL ? OK : err_memory(e);
}

enum errc deliver_stop_lift(const struct deliver *d, const char *by, struct err *e)
{
	struct arena *a;
	const char *why, *path;
	enum errc rc;

	if ((rc = arena_new(&a, MIB, e)) != OK)
		return rc;
	if ((rc = deliver_stopped(a, d->config->dir, &why, e)) != OK)
		goto out;
	path = arena_printf(a, "%s/" STOP_FILE, d->config->dir);
	if (why == NULL)
		rc = err_set(e, ERR_REFUSED, "sending is not stopped");
	else if (path == NULL)
		rc = err_memory(e);
	else if ((rc = ledger_say(d->store, "sending may go on", e, "by", by, "was_stopped", why, NULL)) == OK &&
	    (rc = store_commit(d->store, e)) == OK && unlink(path) != 0)
		rc = err_sys(e, "%s", path);
out:
	arena_free(a);
	return rc;
}

/* ---- what became of an uncertain notice ---------------------------------------------------------------------------- */

enum errc deliver_resolve(const struct deliver *d, struct arena *a, const char *notice_id, bool sent, const char *by, struct err *e)
{
	struct delivery v;
	struct delivery_result r = {.queue_id = "", .due_utc = TIME_NONE};
	int64_t n;
	enum errc rc;

	if ((rc = deliveries_recover(d->store, &n, e)) != OK ||
	    (rc = delivery_get(d->store, a, notice_id, d->now_utc, &v, e)) != OK)
		return rc;
	if (v.notice_id == NULL)
		return err_set(e, ERR_USAGE, "no notice %.40s was to be sent", notice_id);
	if (v.state != DELIVERY_UNCERTAIN)
		return err_set(e, ERR_REFUSED, "notice %.40s is %s, not uncertain", notice_id, delivery_state_name(v.state));
	r.state = sent ? DELIVERY_HANDED : DELIVERY_COMPOSED;
	r.note = arena_printf(a, "%s, says %s", sent ? "it left" : "it did not leave", by);
	if (r.note == NULL)
		return err_memory(e);
	if ((rc = delivery_result(d->store, notice_id, &r, v.intent_utc, e)) != OK)
		return rc;
	return store_commit(d->store, e);
}

enum errc deliver_answered(const struct deliver *d, struct arena *a, const char *notice_id, const char *by, const char *why, struct err *e)
{
	struct heard h = {.path = "", .kind = HEARD_ANSWER, .certain = true, .how = "a person says so", .sent_utc = TIME_NONE,
	    .collected_utc = d->now_utc, .sender = by, .subject = "", .status = "", .text = why};
	const char *key = arena_printf(a, "answered %s %s %s", notice_id, by, why);
	struct delivery v;
	bool added;
	enum errc rc;

	if (key == NULL)
		return err_memory(e);
	if ((rc = delivery_get(d->store, a, notice_id, d->now_utc, &v, e)) != OK)
		return rc;
	if (v.notice_id == NULL || v.intent_utc == TIME_NONE)
		return err_set(e, v.notice_id == NULL ? ERR_USAGE : ERR_REFUSED, "notice %.40s was not sent", notice_id);
	h.notice_id = v.notice_id;
	sha256_of(span_str(key), &h.digest);
	if ((rc = heard_put(d->store, &h, &added, e)) != OK ||
	    (rc = ledger_say(d->store, "notice answered", e, "notice", v.notice_id, "by", by, "why", why, NULL)) != OK)
		return rc;
	return store_commit(d->store, e);
}

struct log_search {
	const struct deliver *d;
	struct arena *a;
	span log;
	size_t n_sent, n_left;
	struct found { const char *id; const char *queue_id; int64_t intent_utc; } *v;
	size_t n, cap;
};

/* "... postfix/qmgr[1]: 4FzX: from=<bounces+tn-...>": the word before the last ": " that precedes the mark. */
static span queue_id_before(span line, size_t at)
{
	size_t end = at;

	while (end >= 2 && !(line.p[end - 1] == ' ' && line.p[end - 2] == ':'))
		end--;
	if (end < 2)
		return SPAN_EMPTY;
	end -= 2;
	for (size_t start = end;; start--)
		if (start == 0 || !ascii_is_alnum(line.p[start - 1]))
			return span_sub(line, start, end - start);
}

/* A server that refused a mail has its return path in its log, too: "NOQUEUE: reject: RCPT from ...", "temporarily rejected". */
static bool is_refusal(span line)
{
	return span_find_nocase(line, SPAN_LIT("reject")) < line.n || span_find_nocase(line, SPAN_LIT("noqueue")) < line.n;
}

static enum errc search_visit(void *ctx, const struct delivery *v, struct err *e)
{
	struct log_search *s = ctx;
	char mark[MARK_SIZE];
	span rest = s->log, line;

	if (v->state != DELIVERY_UNCERTAIN)
		return OK;
	mark_make(s->d->key, v->notice_id, v->address, mark);
	while (span_line(&rest, &line)) {
		size_t at = span_find_nocase(line, span_str(mark));

		if (at == line.n || is_refusal(line))
			continue;
		if (s->n == s->cap) {
			size_t cap = s->cap * 2 + 16;
			struct found *p = arena_zero(s->a, cap, sizeof *p);

			if (p == NULL)
				return err_memory(e);
			if (s->n != 0)
				memcpy(p, s->v, s->n * sizeof *p);
			s->v = p;
			s->cap = cap;
		}
		s->v[s->n] = (struct found){arena_cstr(s->a, span_str(v->notice_id)),
		    arena_cstr(s->a, span_first(queue_id_before(line, at), 40)), v->intent_utc};
		if (s->v[s->n].id == NULL || s->v[s->n].queue_id == NULL)
			return err_memory(e);
		s->n++;
		return OK;
	}
	s->n_left++;
	return OK;
}

enum errc deliver_resolve_log(const struct deliver *d, struct arena *a, const char *path, size_t *n_sent, size_t *n_left,
    struct err *e)
{
	struct log_search s = {.d = d, .a = a};
	int64_t n;
	enum errc rc;

	if ((rc = io_read_file(a, path, LIMIT_MAIL_LOG_BYTES, &s.log, e)) != OK || (rc = deliveries_recover(d->store, &n, e)) != OK ||
	    (rc = deliveries_each(d->store, 0, d->now_utc, search_visit, &s, e)) != OK)
		return rc;
	for (size_t i = 0; i < s.n && rc == OK; i++) {
		const struct delivery_result r = {DELIVERY_HANDED, s.v[i].queue_id, "the mail server's log has it", TIME_NONE};

		rc = delivery_result(d->store, s.v[i].id, &r, s.v[i].intent_utc, e);
	}
	*n_sent = s.n;
	*n_left = s.n_left;
	return rc == OK ? store_commit(d->store, e) : rc;
}

/* ---- holds, tasks -------------------------------------------------------------------------------------------------- */

enum errc deliver_hold(const struct deliver *d, struct arena *a, const char *org, int state, const char *why, int64_t until_utc,
    const char **key, struct err *e)
{
	char until[TIME_TEXT];
	int64_t id;
	enum errc rc;

	if ((rc = org_find(d->store, a, org, &id, key, e)) != OK)
		return rc;
	if (id == 0)
		return err_set(e, ERR_USAGE, "no organisation %.100s in this case", org);
	if ((rc = hold_set(d->store, id, state, why, d->now_utc, until_utc, e)) != OK ||
	    (rc = ledger_say(d->store, state == HOLD_HELD ? "notices held" : state == HOLD_CEASED ? "notices ceased" : "notices resumed", e,
	         "org", *key, "why", why, "until", time_rfc3339(until_utc, until), NULL)) != OK)
		return rc;
	return store_commit(d->store, e);
}

enum errc deliver_task_done(const struct deliver *d, uint64_t id, const char *by, const char *note, struct err *e)
{
	char number[24];
	bool found;
	enum errc rc = task_done(d->store, (int64_t)id, by, note, d->now_utc, &found, e);

	if (rc != OK)
		return rc;
	if (!found)
		return err_set(e, ERR_USAGE, "no open task %llu", (unsigned long long)id);
	(void)snprintf(number, sizeof number, "%llu", (unsigned long long)id);
	if ((rc = ledger_say(d->store, "task done", e, "task", number, "by", by, "note", note, NULL)) != OK)
		return rc;
	return store_commit(d->store, e);
}
