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
#include "store/named.h"

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
	char path[4096];
	int n = snprintf(path, sizeof path, "%s/" STOP_FILE, case_dir);
	span text;
	enum errc rc;

	*why = NULL;
	if (n < 0 || (size_t)n >= sizeof path)
		return err_set(e, ERR_USAGE, "%s: path too long", case_dir);
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

/* ---- what a person hands over --------------------------------------------------------------------------------------- */

enum errc deliver_by_hand(const struct deliver *d, uint64_t wave, bool not_so, const char *by, const char *how, int64_t *n, int64_t *n_held,
    struct err *e)
{
	char number[24], notices[24];
	struct wave w;
	enum errc rc = wave_to_send(d, wave, &w, e);

	if (rc != OK)
		return rc;
	if (w.by_hand != HAND_OVER_PERSON && not_so)
		return err_set(e, ERR_REFUSED, "nobody has said that wave %lld was handed over", (long long)w.number);
	if ((rc = wave_handed_over(d->store, w.number, !not_so, d->now_utc, n, n_held, e)) != OK)
		return rc;
	if (*n == 0 && *n_held != 0)
		return err_set(e, ERR_REFUSED, "what is left of wave %lld is for organisations that are held or ceased: tocsin notify resume ORG first", (long long)w.number);
	if (*n == 0 && w.by_hand == HAND_OVER_PERSON)
		return err_set(e, ERR_REFUSED, "wave %lld was handed over by hand before", (long long)w.number);
	if (*n == 0)
		return err_set(e, ERR_REFUSED, "tocsin has begun to send all of wave %lld: what became of one notice says tocsin notify resolve", (long long)w.number);
	(void)snprintf(number, sizeof number, "%lld", (long long)w.number);
	(void)snprintf(notices, sizeof notices, "%lld", (long long)*n);
	if ((rc = ledger_say(d->store, not_so ? "wave not handed over" : "wave handed over", e, "wave", number, "notices", notices, "by", by, "how", how, NULL)) != OK)
		return rc;
	return store_commit(d->store, e);
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

enum errc deliver_heard(const struct deliver *d, struct arena *a, const char *notice_id, enum heard_kind kind, const char *by,
    const char *why, struct err *e)
{
	struct heard h = {.path = "", .kind = (int)kind, .certain = true, .how = "a person says so", .sent_utc = TIME_NONE,
	    .collected_utc = d->now_utc, .sender = by, .subject = "", .status = kind == HEARD_FAILED ? why : "", .text = why};
	const char *key = arena_printf(a, "%s %s %s %s", heard_kind_name((int)kind), notice_id, by, why);
	struct delivery v;
	int64_t n_promoted, n_tasks;
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
	/* What failed is the next contact's, at the next send. */
	if ((rc = heard_put(d->store, &h, &added, e)) != OK || (rc = deliver_escalate(d, &n_promoted, &n_tasks, e)) != OK ||
	    (rc = ledger_say(d->store, kind == HEARD_FAILED ? "notice failed" : "notice answered", e, "notice", v.notice_id, "by", by, "why", why, NULL)) != OK)
		return rc;
	return store_commit(d->store, e);
}

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

/* A server that did not take a mail has its return path in its log, too: "NOQUEUE: reject: RCPT from ...", "temporarily rejected". */
static bool is_refusal(span line)
{
	return span_has_one_of_nocase(line, SPAN_WORDS("reject", "noqueue", "fatal:"));
}

/* One mark in the log: is it that of a notice of which nobody knows? */
static enum errc resolve_by_line(const struct deliver *d, struct arena *scratch, span line, span mark, size_t *n_sent, struct err *e)
{
	struct delivery_result r = {DELIVERY_HANDED, NULL, "the mail server's log has it", TIME_NONE};
	char id[MARK_ID + 1];
	struct delivery v;
	enum errc rc;

	arena_reset(scratch);
	notice_number_write(span_first(mark, MARK_ID), id);
	if ((rc = delivery_get(d->store, scratch, id, d->now_utc, &v, e)) != OK || v.notice_id == NULL || v.state != DELIVERY_UNCERTAIN ||
	    !mark_ok(d->key, mark, v.notice_id, v.address))
		return rc;
	if ((r.queue_id = arena_cstr(scratch, span_first(queue_id_before(line, (size_t)(mark.p - line.p)), 40))) == NULL)
		return err_memory(e);
	(*n_sent)++;
	return delivery_result(d->store, v.notice_id, &r, v.intent_utc, e);
}

static enum errc count_uncertain(void *ctx, const struct delivery *v, struct err *e)
{
	(void)e;
	*(size_t *)ctx += v->state == DELIVERY_UNCERTAIN;
	return OK;
}

enum errc deliver_resolve_log(const struct deliver *d, struct arena *a, const char *path, size_t *n_sent, size_t *n_left,
    struct err *e)
{
	struct arena *scratch;
	span log, line, mark;
	int64_t n;
	enum errc rc;

	*n_sent = *n_left = 0;
	if ((rc = arena_new(&scratch, MIB, e)) != OK)
		return rc;
	if ((rc = io_read_file(a, path, LIMIT_MAIL_LOG_BYTES, &log, e)) == OK)
		rc = deliveries_recover(d->store, &n, e);
	while (rc == OK && span_line(&log, &line))
		for (size_t at = 0; rc == OK && mark_find(line, &at, &mark);)
			if (!is_refusal(line))
				rc = resolve_by_line(d, scratch, line, mark, n_sent, e);
	if (rc == OK && (rc = deliveries_each(d->store, 0, d->now_utc, count_uncertain, n_left, e)) == OK)
		rc = store_commit(d->store, e);
	arena_free(scratch);
	return rc;
}

/* ---- holds, tasks -------------------------------------------------------------------------------------------------- */

enum errc deliver_hold(const struct deliver *d, struct arena *a, const char *org, int state, const char *why, int64_t until_utc,
    const char **key, struct err *e)
{
	char until[TIME_TEXT];
	struct org_named named;
	enum errc rc;

	if ((rc = org_named(d->store, a, org, &named, e)) != OK)
		return rc;
	*key = named.key;
	if ((rc = hold_set(d->store, named.id, state, why, d->now_utc, until_utc, e)) != OK ||
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
