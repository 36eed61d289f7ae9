/* report resets: over all organisations, what was exposed and told, and what was claimed, read and reset of it. */
#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/fit.h"
#include "base/json.h"
#include "base/utf8.h"
#include "report/private.h"
#include "store/portal.h"

struct resets {
	struct buf *out;
	struct json j;
	enum report_resets_format format;
	struct reset_policy policy;
	struct reset_row sum;
	struct fit fit;
	struct reset_row ours; /* ours.ours: we have credentials to reset */
	size_t n, n_claimed, n_read, n_moved;
};

static const char *day(int64_t t, char out[TIME_TEXT]) { return t == TIME_NONE ? "-" : time_date(t, out); }

static const char *task_word(bool done, int64_t due_utc, int64_t now_utc)
{
	return done ? "done" : due_utc == TIME_NONE ? "-" : due_utc < now_utc ? "overdue" : "open";
}

static const struct fit_column columns[] = {{"organisation", FIT_TEXT, 36, .spared = true}, {"state", FIT_WHOLE, 13, .spared = false},
    {"claimed", FIT_WHOLE, 10, .spared = false}, {"read", FIT_WHOLE, 10, .spared = false}, {"exposed", FIT_NUMBER, 7, .spared = true},
    {"reset", FIT_NUMBER, 6, .spared = true}, {"none", FIT_NUMBER, 6, .spared = true}, {"open", FIT_NUMBER, 5, .spared = true},
    {"overdue", FIT_NUMBER, 7, .spared = true}, {"next due", FIT_WHOLE, 10, .spared = true}, {"logs", FIT_WHOLE, 7, .spared = true},
    {"content", FIT_WHOLE, 7, .spared = true}};

static void keep_row(struct fit *f, const struct reset_row *r, int64_t now_utc)
{
	const int64_t counts[] = {r->credentials, r->reset, r->needs_no_reset, r->open, r->overdue};
	char claimed[TIME_TEXT], read[TIME_TEXT], due[TIME_TEXT], numbers[sizeof counts / sizeof counts[0]][24];

	for (size_t k = 0; k < sizeof counts / sizeof counts[0]; k++)
		(void)snprintf(numbers[k], sizeof numbers[k], "%" PRId64, counts[k]);
	fit_keep(f, (const char *const[]){r->name, *r->state != '\0' ? r->state : "-", day(r->claimed_utc, claimed), day(r->read_utc, read), numbers[0],
	    numbers[1], numbers[2], numbers[3], numbers[4], day(r->due_utc, due), task_word(r->logs_done, r->logs_due_utc, now_utc),
	    task_word(r->content_done, r->content_due_utc, now_utc)});
}

/* ---- what moved ----------------------------------------------------------------------------------------------- */

static bool within(const struct reset_policy *p, int64_t t) { return t != TIME_NONE && t >= p->since_utc && t < p->now_utc; }

static bool moved(const struct reset_policy *p, const struct reset_row *r)
{
	const struct reset_changes *c = &r->since;

	return within(p, r->told_utc) || within(p, r->claimed_utc) || c->told != 0 || c->newly_overdue != 0 || c->entries != 0 ||
	    c->decided != 0 || (!r->logs_done && within(p, r->logs_due_utc)) || (!r->content_done && within(p, r->content_due_utc));
}

static void put_number(struct buf *b, int64_t n, const char *one, const char *more)
{
	if (n != 0)
		buf_printf(b, "    %" PRId64 " %s\n", n, n == 1 ? one : more);
}

static void put_day(struct buf *b, const struct reset_policy *p, const char *what, int64_t when_utc)
{
	char text[TIME_TEXT];

	if (within(p, when_utc))
		buf_printf(b, "    %s on %s\n", what, time_date(when_utc, text));
}

static void put_moved(struct buf *b, const struct reset_policy *p, const struct reset_row *r)
{
	const struct reset_changes *c = &r->since;
	char date[TIME_TEXT];

	utf8_show(b, span_str(r->name));
	if (*r->state != '\0') { /* as the reading room's log has it: another host's word */
		buf_str(b, " (");
		utf8_show(b, span_str(r->state));
		buf_byte(b, ')');
	}
	buf_byte(b, '\n');
	put_day(b, p, "told", r->told_utc);
	put_day(b, p, "claim proven", r->claimed_utc);
	put_day(b, p, "read for the first time", r->read_utc);
	put_number(b, c->told, "credential told", "credentials told");
	put_number(b, c->reset, "credential reset", "credentials reset");
	put_number(b, c->needs_no_reset, "credential needs no reset, it says", "credentials need no reset, it says");
	put_number(b, c->reopened, "credential opened again", "credentials opened again");
	put_number(b, c->newly_overdue, "credential past its day since", "credentials past their day since");
	put_number(b, c->reads, "record read", "records read");
	put_number(b, c->asked, "question asked", "questions asked");
	put_number(b, c->decided, "question decided", "questions decided");
	if (!r->logs_done)
		put_day(b, p, "logs not reviewed, due", r->logs_due_utc);
	if (!r->content_done)
		put_day(b, p, "content not read, due", r->content_due_utc);
	buf_printf(b, "  now %" PRId64 " of %" PRId64 " open, %" PRId64 " overdue", r->open, r->credentials, r->overdue);
	if (r->due_utc != TIME_NONE)
		buf_printf(b, ", next due %s", time_date(r->due_utc, date));
	buf_printf(b, "; logs %s, content %s\n\n", task_word(r->logs_done, r->logs_due_utc, p->now_utc),
	    task_word(r->content_done, r->content_due_utc, p->now_utc));
}

static void moved_object(struct json *j, const struct reset_policy *p, const struct reset_row *r)
{
	json_open(j, "since", '{');
	json_bool(j, "moved", moved(p, r));
	json_i64(j, "told", r->since.told);
	json_i64(j, "reset", r->since.reset);
	json_i64(j, "needs_no_reset", r->since.needs_no_reset);
	json_i64(j, "reopened", r->since.reopened);
	json_i64(j, "newly_overdue", r->since.newly_overdue);
	json_i64(j, "reads", r->since.reads);
	json_i64(j, "asked", r->since.asked);
	json_i64(j, "decided", r->since.decided);
	json_close(j, '}');
}

/* ---- formats -------------------------------------------------------------------------------------------------- */

static void put_counts(struct json *j, const struct reset_row *r)
{
	json_i64(j, "exposed", r->credentials);
	json_i64(j, "reset", r->reset);
	json_i64(j, "needs_no_reset", r->needs_no_reset);
	json_i64(j, "open", r->open);
	json_i64(j, "overdue", r->overdue);
}

static void put_object(struct json *j, const struct reset_policy *p, const struct reset_row *r)
{
	json_open(j, NULL, '{');
	json_str(j, "org", r->key);
	json_str(j, "name", r->name);
	json_str(j, "state", *r->state != '\0' ? r->state : NULL);
	json_time(j, "told", r->told_utc);
	json_time(j, "claimed", r->claimed_utc);
	json_time(j, "read", r->read_utc);
	put_counts(j, r);
	json_time(j, "due", r->due_utc);
	json_bool(j, "logs_reviewed", r->logs_done);
	json_bool(j, "content_analysed", r->content_done);
	json_time(j, "logs_due", r->logs_due_utc);
	json_time(j, "content_due", r->content_due_utc);
	json_i64(j, "tasks_overdue", r->tasks_overdue);
	json_i64(j, "questions", r->questions);
	if (p->since_utc != TIME_NONE)
		moved_object(j, p, r);
	json_close(j, '}');
}

/* RFC 4180; a cell that a spreadsheet would take for a formula gets an apostrophe. */
static void put_cell(struct buf *b, const char *s)
{
	buf_byte(b, '"');
	if (may_be_formula(span_str(s)))
		buf_byte(b, '\'');
	for (; *s != '\0'; s++) {
		if (*s == '"')
			buf_byte(b, '"');
		buf_byte(b, (unsigned char)*s);
	}
	buf_str(b, "\",");
}

static void put_csv(struct buf *b, const struct reset_policy *p, const struct reset_row *r)
{
	const struct reset_changes *c = &r->since;
	char logs[TIME_TEXT], content[TIME_TEXT], told[TIME_TEXT], claimed[TIME_TEXT], read[TIME_TEXT], due[TIME_TEXT];

	put_cell(b, r->key);
	put_cell(b, r->name);
	put_cell(b, r->state);
	buf_printf(b, "%s,%s,%s,%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 ",%s,%s,%s,%" PRId64 ",%s,%s", time_date(r->told_utc, told),
	    time_date(r->claimed_utc, claimed), time_date(r->read_utc, read), r->credentials, r->reset, r->needs_no_reset, r->open, r->overdue,
	    time_date(r->due_utc, due), r->logs_done ? "yes" : "no", r->content_done ? "yes" : "no", r->questions,
	    time_date(r->logs_due_utc, logs), time_date(r->content_due_utc, content));
	if (p->since_utc != TIME_NONE)
		buf_printf(b, ",%s,%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64, moved(p, r) ? "yes" : "no",
		    c->told, c->reset, c->needs_no_reset, c->reopened, c->newly_overdue, c->reads, c->asked, c->decided);
	buf_str(b, "\r\n");
}

static void count(struct resets *x, const struct reset_row *r)
{
	x->n++;
	x->n_claimed += r->claimed_utc != TIME_NONE;
	x->n_read += r->read_utc != TIME_NONE;
	x->sum.credentials += r->credentials;
	x->sum.reset += r->reset;
	x->sum.needs_no_reset += r->needs_no_reset;
	x->sum.open += r->open;
	x->sum.overdue += r->overdue;
	x->sum.tasks_overdue += r->tasks_overdue;
	x->n_moved += x->policy.since_utc != TIME_NONE && moved(&x->policy, r);
}

/* Ourselves we have not told, and do not count among those whom we have. */
static enum errc each(void *ctx, const struct reset_row *r, struct err *e)
{
	struct resets *x = ctx;

	if (r->ours) {
		x->ours = *r;
		x->ours.key = x->ours.name = x->ours.state = "ourselves";
	} else
		count(x, r);
	switch (x->format) {
	case RESETS_TEXT:
		if (x->policy.since_utc == TIME_NONE && !r->ours)
			keep_row(&x->fit, r, x->policy.now_utc);
		else if (x->policy.since_utc != TIME_NONE && moved(&x->policy, r))
			put_moved(x->out, &x->policy, r);
		break;
	case RESETS_JSON:
		if (!r->ours)
			put_object(&x->j, &x->policy, r);
		break;
	case RESETS_CSV:
		put_csv(x->out, &x->policy, r);
		break;
	}
	return buf_check(x->out, e);
}

static void head(struct resets *x)
{
	char from[TIME_TEXT], to[TIME_TEXT];

	if (x->format == RESETS_JSON) {
		json_open(&x->j, NULL, '{');
		if (x->policy.since_utc != TIME_NONE)
			json_time(&x->j, "since", x->policy.since_utc);
		json_open(&x->j, "organisations", '[');
	} else if (x->format == RESETS_CSV) {
		buf_str(x->out, UTF8_MARK "org,name,state,told,claimed,read,exposed,reset,needs_no_reset,open,overdue,due,logs_reviewed,content_analysed,questions,"
		                "logs_due,content_due");
		buf_str(x->out, x->policy.since_utc == TIME_NONE ? "\r\n" : ",moved,since_told,since_reset,since_needs_no_reset,since_reopened,"
		                "since_overdue,since_reads,since_asked,since_decided\r\n");
	} else if (x->policy.since_utc != TIME_NONE) {
		buf_printf(x->out, "What moved from %s to %s\n\n", time_rfc3339(x->policy.since_utc, from), time_rfc3339(x->policy.now_utc, to));
	}
}

static void put_sum(struct buf *b, const struct reset_row *s)
{
	buf_printf(b, "%" PRId64 " credential%s exposed, %" PRId64 " reset, %" PRId64 " need none, %" PRId64 " open, %" PRId64 " overdue", s->credentials,
	    s->credentials == 1 ? "" : "s", s->reset,
	    s->needs_no_reset, s->open, s->overdue);
}

static void foot(struct resets *x)
{
	const struct reset_row *s = &x->sum;

	if (x->format == RESETS_TEXT) {
		if (x->policy.since_utc == TIME_NONE) {
			fit_print(&x->fit, x->out, "--json has all");
			buf_byte(x->out, '\n');
		} else
			buf_printf(x->out, "%zu of %zu organisations moved\n", x->n_moved, x->n);
		buf_printf(x->out, "%zu organisations told, %zu claimed, %zu read; ", x->n, x->n_claimed, x->n_read);
		put_sum(x->out, s);
		buf_printf(x->out, "; %" PRId64 " reviews overdue\n", s->tasks_overdue);
		if (x->ours.ours) {
			buf_str(x->out, "our own: ");
			put_sum(x->out, &x->ours);
			buf_byte(x->out, '\n');
		}
	} else if (x->format == RESETS_JSON) {
		json_close(&x->j, ']');
		json_u64(&x->j, "told", x->n);
		json_u64(&x->j, "claimed", x->n_claimed);
		json_u64(&x->j, "read", x->n_read);
		put_counts(&x->j, s);
		json_i64(&x->j, "tasks_overdue", s->tasks_overdue);
		if (x->ours.ours) {
			json_open(&x->j, "ourselves", '{');
			put_counts(&x->j, &x->ours);
			json_time(&x->j, "due", x->ours.due_utc);
			json_close(&x->j, '}');
		}
		json_close(&x->j, '}');
		json_end_line(&x->j);
	}
}

enum errc report_resets(struct store *st, const struct case_config *config, enum report_resets_format format, int64_t now_utc,
    int64_t since_utc, unsigned terminal, struct buf *out, struct err *e)
{
	struct resets x = {.out = out, .format = format, .j = json_to(out), .policy = reset_policy_of(config, now_utc, since_utc)};
	enum errc rc;

	fit_init(&x.fit, terminal);
	for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
		fit_add(&x.fit, &columns[i]);
	head(&x);
	if ((rc = resets_each(st, x.policy, each, &x, e)) == OK) {
		foot(&x);
		rc = buf_check(out, e);
	}
	fit_free(&x.fit);
	return rc;
}
