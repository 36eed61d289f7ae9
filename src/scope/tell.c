/* What people ask once there are verdicts: why this one, and what happened when. */
#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "scope/scope.h"
#include "store/figures.h"
#include "store/rows.h"
#include "store/scope.h"

/* "2025-08-04 02:41" */
static const char *minute(int64_t when_utc, char out[TIME_TEXT])
{
	(void)time_rfc3339(when_utc, out);
	if (strlen(out) >= 16) {
		out[10] = ' ';
		out[16] = '\0';
	}
	return out;
}

/* ---- why this verdict? ---------------------------------------------------------------------------------------- */

/* Records of one context, one behind the other, are one line: `same` is what they have in common, as it is printed. */
struct telling {
	struct buf *out;
	struct json *j;
	struct buf same, line;
	uint64_t n;             /* in this line */
	uint64_t n_messages;
	int64_t first_utc, last_utc;
};

static enum errc tell_message(void *ctx, const struct message_told *m, struct err *e)
{
	struct telling *t = ctx;
	char hex[DIGEST_HEX], when[TIME_TEXT];

	t->n_messages++;
	if (t->j != NULL) {
		json_open(t->j, NULL, '{');
		json_digest(t->j, "message_sha256", &m->sha256);
		json_span(t->j, "message_id", m->rfc822_id);
		json_span(t->j, "from", m->from);
		json_span(t->j, "subject", m->subject);
		json_time(t->j, "date", m->when_utc);
		json_str(t->j, "verdict", verdict_name((int)m->verdict));
		json_close(t->j, '}');
		return buf_check(t->out, e);
	}
	buf_str(t->out, "Message \"");
	utf8_show(t->out, m->subject);
	buf_str(t->out, "\" from ");
	utf8_show(t->out, m->from.n != 0 ? m->from : SPAN_LIT("nobody who is named"));
	if (m->when_utc != TIME_NONE)
		buf_printf(t->out, ", dated %s UTC", minute(m->when_utc, when));
	buf_printf(t->out, " (SHA-256 %.12s)\n", digest_hex(&m->sha256, hex));
	return buf_check(t->out, e);
}

static enum errc tell_verdict(void *ctx, const struct verdict_told *v, struct err *e)
{
	struct telling *t = ctx;
	char first[TIME_TEXT], last[TIME_TEXT];

	if (t->j != NULL) {
		json_open(t->j, NULL, '{');
		json_span(t->j, "mailbox", v->mailbox);
		json_span(t->j, "message_id", v->rfc822_id);
		json_str(t->j, "verdict", verdict_name((int)v->verdict));
		json_str(t->j, "reason", verdict_reason_name((int)v->reason));
		json_str(t->j, "says", verdict_reason_says(v->reason));
		json_str(t->j, "confidence", certainty_name((int)v->confidence));
		json_u64(t->j, "records", (uint64_t)v->n_records);
		json_time(t->j, "first", v->first_utc);
		json_time(t->j, "last", v->last_utc);
		json_time(t->j, "missing", v->missing_utc);
		if (v->unread.n != 0)
			json_span(t->j, "unread_file", v->unread);
		else
			json_null(t->j, "unread_file");
		json_close(t->j, '}');
		return buf_check(t->out, e);
	}
	buf_str(t->out, "In the mailbox ");
	utf8_show(t->out, v->mailbox.n != 0 ? v->mailbox : SPAN_LIT("of nobody known"));
	buf_printf(t->out, ": %s, because %s.\n", v->verdict == VERDICT_NOT_ACCESSED ? "not accessed" : verdict_name((int)v->verdict),
	    verdict_reason_says(v->reason));
	if (v->missing_utc != TIME_NONE)
		buf_printf(t->out, "  The first such day: %s.\n", time_date(v->missing_utc, first));
	if (v->unread.n != 0) {
		buf_str(t->out, "  The file: ");
		utf8_show(t->out, v->unread);
		buf_str(t->out, ". When somebody has looked at it: accept_unreadable in tocsin-actor(5).\n");
	}
	if (v->n_records == 1)
		buf_printf(t->out, "  1 record, of %s UTC; confidence %s.\n", minute(v->first_utc, first), certainty_name((int)v->confidence));
	else if (v->n_records != 0)
		buf_printf(t->out, "  %" PRId64 " records, from %s to %s UTC; confidence %s.\n", v->n_records, minute(v->first_utc, first),
		    minute(v->last_utc, last), certainty_name((int)v->confidence));
	if (v->verdict == VERDICT_ACCESSED && v->repeats == REPEATS_AFTER_AN_HOUR)
		buf_str(t->out, "  Within an hour a repeated access is not logged: the last record need not be the last access.\n");
	if (v->verdict == VERDICT_ACCESSED && v->repeats == REPEATS_NEVER)
		buf_str(t->out, "  Gmail logs the first opening only: the last record need not be the last access.\n");
	buf_printf(t->out, "  The rule: %s in tocsin-verdicts(5).\n", verdict_reason_name((int)v->reason));
	return buf_check(t->out, e);
}

/* What stands in t->same so far. */
static void tell_line(struct telling *t)
{
	char first[TIME_TEXT], last[TIME_TEXT];

	if (t->n == 0)
		return;
	buf_printf(t->out, "  %s", minute(t->first_utc, first));
	if (t->n > 1)
		buf_printf(t->out, " to %s, %" PRIu64 " records:", minute(t->last_utc, last), t->n);
	buf_str(t->out, "  ");
	buf_put(t->out, buf_span(&t->same));
	buf_put(t->out, buf_span(&t->line));
	buf_byte(t->out, '\n');
	t->n = 0;
}

static void put_record(struct buf *b, const struct record_told *r)
{
	utf8_show(b, r->operation.n != 0 ? r->operation : r->kind);
	buf_str(b, " by ");
	utf8_show(b, r->user.n != 0 ? r->user : SPAN_LIT("nobody who is named"));
	if (r->ip.n != 0) {
		buf_str(b, " from ");
		utf8_show(b, r->ip);
	}
	if (r->client_info.n != 0) {
		buf_str(b, " with ");
		utf8_show(b, r->client_info);
	}
	buf_str(b, r->actor.n == 0 ? "" : r->certain ? ", of the intruder: " : ", may be of the intruder: ");
	utf8_show(b, r->actor);
	if (r->rule.n != 0)
		buf_str(b, ": it ");
	utf8_show(b, r->rule);
	if (r->problems.n != 0) {
		buf_str(b, " (");
		utf8_show(b, r->problems);
		buf_byte(b, ')');
	}
}

static enum errc tell_record(void *ctx, const struct record_told *r, struct err *e)
{
	struct telling *t = ctx;
	struct buf now;

	if (t->j != NULL) {
		json_open(t->j, NULL, '{');
		json_time(t->j, "when", r->when_utc);
		json_span(t->j, "kind", r->kind);
		json_span(t->j, "operation", r->operation);
		json_span(t->j, "record_id", r->record_id);
		json_span(t->j, "user", r->user);
		json_span(t->j, "ip", r->ip);
		json_span(t->j, "client_info", r->client_info);
		json_span(t->j, "actor", r->actor);
		json_bool(t->j, "certain", r->certain);
		json_span(t->j, "rule", r->rule);
		json_span(t->j, "problems", r->problems);
		json_span(t->j, "path", r->path);
		json_u64(t->j, "at_byte", (uint64_t)r->at_byte);
		json_close(t->j, '}');
		return buf_check(t->out, e);
	}
	buf_init(&now, MIB);
	put_record(&now, r);
	if (t->n == 0 || !span_eq(buf_span(&now), buf_span(&t->same))) {
		tell_line(t);
		buf_clear(&t->same);
		buf_put(&t->same, buf_span(&now));
		buf_clear(&t->line);
		buf_str(&t->line, "\n      in ");
		utf8_show(&t->line, r->path);
		buf_printf(&t->line, " at byte %" PRId64, r->at_byte);
		t->first_utc = r->when_utc;
	}
	t->n++;
	t->last_utc = r->when_utc;
	buf_free(&now);
	return buf_check(t->out, e);
}

enum errc scope_explain(struct store *st, const char *message, bool as_json, struct buf *out, struct err *e)
{
	struct json j = json_to(out);
	struct telling t = {.out = out, .j = as_json ? &j : NULL};
	span m = span_trim(span_str(message));
	uint64_t n;
	enum errc rc;

	if (m.n > 2 && m.p[0] == '<' && m.p[m.n - 1] == '>')
		m = span_sub(m, 1, m.n - 2);
	buf_init(&t.same, MIB);
	buf_init(&t.line, MIB);
	if (as_json) {
		json_open(&j, NULL, '{');
		json_open(&j, "messages", '[');
	}
	if ((rc = messages_of(st, m, tell_message, &t, e)) != OK)
		goto end;
	if (as_json) {
		json_close(&j, ']');
		json_open(&j, "verdicts", '[');
	}
	if ((rc = verdicts_of(st, m, tell_verdict, &t, &n, e)) != OK)
		goto end;
	if (n == 0) {
		rc = err_set(e, ERR_USAGE, "no verdict is about \"%.80s\": it wants a Message-ID, or the beginning of a SHA-256 (six digits or more)",
		    message);
		goto end;
	}
	if (as_json) {
		json_close(&j, ']');
		json_open(&j, "records", '[');
	} else {
		if (t.n_messages == 0)
			buf_str(out, "No mail that was read has this Message-ID: it was destroyed, or an export is missing.\n");
		buf_str(out, "Records that name it, and those behind the verdicts (UTC):\n");
	}
	if ((rc = records_of_message(st, m, tell_record, &t, e)) != OK)
		goto end;
	if (as_json) {
		json_close(&j, ']');
		json_close(&j, '}');
		json_end_line(&j);
	} else {
		n = out->n;
		tell_line(&t);
		if (buf_span(out).n != 0 && out->p[out->n - 1] == '\n' && n == out->n && t.last_utc == 0)
			buf_str(out, "  none\n");
	}
	rc = buf_check(out, e);
end:
	buf_free(&t.same);
	buf_free(&t.line);
	return rc;
}

/* ---- what happened when? ----------------------------------------------------------------------------------------- */

enum { STEP_FIRST, STEP_LAST, STEP_KIND, STEP_WHAT, STEP_MAILBOX, STEP_USER, STEP_RECORDS, STEP_IP, STEP_ACTOR, STEP_DETAIL };
enum { HOUR_HOUR, HOUR_RECORDS, HOUR_SYNCS, HOUR_ITEMS };
enum { BAR = 40, DETAIL = 300 };

struct story {
	struct buf *out;
	struct json *j;
	const struct figures *f;
	const struct case_config *config;
	int64_t most;       /* records in an hour */
	uint64_t n;
	int64_t after;      /* the intruder's records behind the containment */
};

static void put_days(struct buf *b, int64_t from_utc, int64_t to_utc)
{
	int64_t hours = (to_utc - from_utc) / 3600;

	if (hours < 48)
		buf_printf(b, "%" PRId64 " %s", hours, hours == 1 ? "hour" : "hours");
	else
		buf_printf(b, "%" PRId64 " days", hours / 24);
}

static void put_line(struct buf *b, const char *name, int64_t when_utc)
{
	char text[TIME_TEXT];

	if (when_utc != TIME_NONE)
		buf_printf(b, "%-22s %s UTC\n", name, minute(when_utc, text));
}

/* A date of case.yaml: often a day alone. */
static void put_date(struct buf *b, const char *name, int64_t when_utc, bool day)
{
	char text[TIME_TEXT];

	if (day)
		buf_printf(b, "%-22s %s\n", name, time_date(when_utc, text));
	else
		put_line(b, name, when_utc);
}

static int64_t time_or_none(int64_t when_utc) { return when_utc != 0 ? when_utc : TIME_NONE; }

static void put_head(struct story *s)
{
	const struct figures *f = s->f;
	const struct case_config *c = s->config;
	struct buf *b = s->out;

	put_line(b, "First sign", time_or_none(f->intruder_first_utc));
	put_line(b, "First mail read", time_or_none(f->read_first_utc));
	put_line(b, "Last mail read", time_or_none(f->read_last_utc));
	put_line(b, "Last record", time_or_none(f->intruder_last_utc));
	put_date(b, "Detected", c->detected_utc, c->detected_utc != TIME_NONE && c->detected_utc % 86400 == 0);
	put_date(b, "Contained", c->contained_utc, c->contained_by_utc != c->contained_utc);
	if (f->intruder_first_utc == 0) {
		buf_str(b, "No record is known to be the intruder's: see tocsin scope --suggest, and --actor.\n");
		return;
	}
	if (c->detected_utc != TIME_NONE && c->detected_utc > f->intruder_first_utc) {
		buf_str(b, "Dwell time             ");
		put_days(b, f->intruder_first_utc, c->detected_utc);
		buf_str(b, " from the first sign to detection\n");
	}
	if (c->contained_by_utc == TIME_NONE)
		return;
	if (c->contained_by_utc > f->intruder_first_utc) {
		buf_str(b, "Until containment      ");
		put_days(b, f->intruder_first_utc, c->contained_by_utc);
		buf_str(b, " from the first sign\n");
	}
	if (s->after != 0)
		buf_printf(b, "%" PRId64 " steps of the intruder reach past the containment.\n", s->after);
}

static void json_head(struct story *s)
{
	const struct figures *f = s->f;
	struct json *j = s->j;
	int64_t detected = s->config->detected_utc, contained_by = s->config->contained_by_utc, first = f->intruder_first_utc;

	json_time(j, "first_sign", time_or_none(first));
	json_time(j, "first_read", time_or_none(f->read_first_utc));
	json_time(j, "last_read", time_or_none(f->read_last_utc));
	json_time(j, "last_record", time_or_none(f->intruder_last_utc));
	json_time(j, "detected", detected);
	json_time(j, "contained", s->config->contained_utc);
	if (first != 0 && detected != TIME_NONE && detected > first)
		json_i64(j, "dwell_hours", (detected - first) / 3600);
	else
		json_null(j, "dwell_hours");
	if (first != 0 && contained_by != TIME_NONE && contained_by > first)
		json_i64(j, "contained_after_hours", (contained_by - first) / 3600);
	else
		json_null(j, "contained_after_hours");
	json_i64(j, "steps_after_containment", s->after);
}

static enum errc count_after(void *ctx, const struct table *t, int64_t id, const struct cell *c, struct err *e)
{
	struct story *s = ctx;

	(void)t;
	(void)id;
	(void)e;
	s->after += s->config->contained_by_utc != TIME_NONE && c[STEP_LAST].number > s->config->contained_by_utc;
	return OK;
}

static enum errc tell_step(void *ctx, const struct table *t, int64_t id, const struct cell *c, struct err *e)
{
	struct story *s = ctx;
	char first[TIME_TEXT], last[TIME_TEXT];

	(void)t;
	(void)id;
	if (s->j != NULL) {
		json_open(s->j, NULL, '{');
		json_time(s->j, "first", c[STEP_FIRST].number);
		json_time(s->j, "last", c[STEP_LAST].number);
		for (size_t i = STEP_KIND; i <= STEP_ACTOR; i++) {
			static const char *const names[] = {"step", "what", "mailbox", "user", "records", "ip", "actor"};

			if (i == STEP_RECORDS)
				json_i64(s->j, names[i - STEP_KIND], c[i].number);
			else
				json_span(s->j, names[i - STEP_KIND], c[i].text);
		}
		json_raw(s->j, "detail", c[STEP_DETAIL].kind == CELL_JSON ? c[STEP_DETAIL].text : SPAN_LIT("{}"));
		json_close(s->j, '}');
		return buf_check(s->out, e);
	}
	buf_printf(s->out, "%s  %-16s  ", minute(c[STEP_FIRST].number, first),
	    c[STEP_LAST].number != c[STEP_FIRST].number ? minute(c[STEP_LAST].number, last) : "");
	utf8_show(s->out, c[STEP_WHAT].text);
	if (c[STEP_MAILBOX].text.n != 0) {
		buf_str(s->out, " in ");
		utf8_show(s->out, c[STEP_MAILBOX].text);
	}
	if (c[STEP_USER].text.n != 0 && !span_eq(c[STEP_USER].text, c[STEP_MAILBOX].text)) {
		buf_str(s->out, " as ");
		utf8_show(s->out, c[STEP_USER].text);
	}
	if (c[STEP_IP].text.n != 0) {
		buf_str(s->out, " from ");
		utf8_show(s->out, c[STEP_IP].text);
	}
	buf_printf(s->out, " (%" PRId64 " %s; ", c[STEP_RECORDS].number, c[STEP_RECORDS].number == 1 ? "record" : "records");
	utf8_show(s->out, c[STEP_ACTOR].text);
	buf_str(s->out, ")\n");
	if (c[STEP_DETAIL].text.n > 2) { /* what a rule does, who was given what: more than "{}" */
		buf_str(s->out, "                                      ");
		utf8_show(s->out, span_first(c[STEP_DETAIL].text, DETAIL));
		buf_str(s->out, c[STEP_DETAIL].text.n > DETAIL ? " ...\n" : "\n");
	}
	return buf_check(s->out, e);
}

static enum errc busiest(void *ctx, const struct table *t, int64_t id, const struct cell *c, struct err *e)
{
	struct story *s = ctx;

	(void)t;
	(void)id;
	(void)e;
	s->most = c[HOUR_RECORDS].number > s->most ? c[HOUR_RECORDS].number : s->most;
	return OK;
}

static enum errc tell_hour(void *ctx, const struct table *t, int64_t id, const struct cell *c, struct err *e)
{
	struct story *s = ctx;
	int64_t n = c[HOUR_RECORDS].number;
	char text[TIME_TEXT];

	(void)t;
	(void)id;
	if (s->j != NULL) {
		json_open(s->j, NULL, '{');
		json_time(s->j, "hour", c[HOUR_HOUR].number);
		json_i64(s->j, "records", n);
		json_i64(s->j, "syncs", c[HOUR_SYNCS].number);
		json_i64(s->j, "items", c[HOUR_ITEMS].number);
		json_close(s->j, '}');
		return buf_check(s->out, e);
	}
	buf_printf(s->out, "%s  ", minute(c[HOUR_HOUR].number, text));
	for (int64_t i = 0; i < (s->most != 0 ? (n * BAR + s->most - 1) / s->most : 0); i++)
		buf_byte(s->out, '#');
	buf_printf(s->out, " %" PRId64 " %s, %" PRId64 " %s named", n, n == 1 ? "record" : "records", c[HOUR_ITEMS].number,
	    c[HOUR_ITEMS].number == 1 ? "message" : "messages");
	if (c[HOUR_SYNCS].number != 0)
		buf_printf(s->out, ", %" PRId64 " of whole folders", c[HOUR_SYNCS].number);
	buf_byte(s->out, '\n');
	return buf_check(s->out, e);
}

enum errc scope_timeline(struct store *st, const struct case_config *config, bool as_json, struct buf *out, struct err *e)
{
	const struct table *steps = table_named("incident_steps"), *hours = table_named("access_hours");
	struct json j = json_to(out);
	struct figures f;
	struct story s = {.out = out, .j = as_json ? &j : NULL, .f = &f, .config = config};
	enum errc rc;

	if ((rc = figures_read(st, &f, e)) != OK || (rc = rows_walk(st, steps, count_after, &s, e)) != OK ||
	    (rc = rows_walk(st, hours, busiest, &s, e)) != OK)
		return rc;
	if (as_json) {
		json_open(&j, NULL, '{');
		json_head(&s);
		json_open(&j, "steps", '[');
	} else {
		put_head(&s);
		if (f.intruder_first_utc == 0)
			return buf_check(out, e);
		buf_str(out, "\nWhat the intruder did (UTC; first, and last where there are several records)\n");
	}
	if ((rc = rows_walk(st, steps, tell_step, &s, e)) != OK)
		return rc;
	if (as_json) {
		json_close(&j, ']');
		json_open(&j, "hours", '[');
	} else {
		buf_str(out, "\nReading by hour (UTC)\n");
	}
	if ((rc = rows_walk(st, hours, tell_hour, &s, e)) != OK)
		return rc;
	if (as_json) {
		json_close(&j, ']');
		json_close(&j, '}');
		json_end_line(&j);
	}
	return buf_check(out, e);
}
