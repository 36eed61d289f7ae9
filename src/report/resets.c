/* report resets: over all organisations, what was exposed and told, and what was claimed, read and reset of it. */
#include <inttypes.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/utf8.h"
#include "report/private.h"
#include "store/portal.h"

/* States are words of up to 13 letters (doc/portal-api.md). */
enum { DAY = 86400, NAME_WIDTH = 36, STATE_WIDTH = 13 };

struct resets { struct buf *out; struct json j; enum report_resets_format format; struct reset_row sum; size_t n, n_claimed, n_read; };

static const char *day(int64_t t, char out[TIME_TEXT]) { return t == TIME_NONE ? "-" : time_date(t, out); }

/* At most so many bytes of it, in a column of so many characters. */
static void put_column(struct buf *b, const char *text, size_t width, bool right)
{
	struct buf s;
	size_t n = 0;

	buf_init(&s, 1024);
	utf8_show(&s, span_first(span_str(text), width));
	for (size_t i = 0; i < s.n; i++)
		n += (s.p[i] & 0xc0) != 0x80;
	for (size_t k = n; right && k < width; k++)
		buf_byte(b, ' ');
	buf_put(b, buf_span(&s));
	for (size_t k = n; !right && k < width; k++)
		buf_byte(b, ' ');
	buf_free(&s);
}

static void put_text(struct buf *b, const struct reset_row *r)
{
	char claimed[TIME_TEXT], read[TIME_TEXT], due[TIME_TEXT];

	put_column(b, r->name, NAME_WIDTH, false);
	buf_byte(b, ' ');
	put_column(b, *r->state != '\0' ? r->state : "-", STATE_WIDTH, true);
	buf_printf(b, " %-10s %-10s %7" PRId64 " %6" PRId64 " %6" PRId64 " %5" PRId64 " %7" PRId64 " %-10s\n",
	    day(r->claimed_utc, claimed), day(r->read_utc, read), r->credentials, r->reset, r->not_due, r->open, r->overdue, day(r->due_utc, due));
}

static void put_object(struct json *j, const struct reset_row *r)
{
	json_open(j, NULL, '{');
	json_str(j, "org", r->key);
	json_str(j, "name", r->name);
	json_str(j, "state", *r->state != '\0' ? r->state : NULL);
	json_time(j, "told", r->told_utc);
	json_time(j, "claimed", r->claimed_utc);
	json_time(j, "read", r->read_utc);
	json_i64(j, "exposed", r->credentials);
	json_i64(j, "reset", r->reset);
	json_i64(j, "not_due", r->not_due);
	json_i64(j, "open", r->open);
	json_i64(j, "overdue", r->overdue);
	json_time(j, "due", r->due_utc);
	json_bool(j, "logs_reviewed", r->logs_done);
	json_bool(j, "content_analysed", r->content_done);
	json_i64(j, "questions", r->questions);
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

static void put_csv(struct buf *b, const struct reset_row *r)
{
	char told[TIME_TEXT], claimed[TIME_TEXT], read[TIME_TEXT], due[TIME_TEXT];

	put_cell(b, r->key);
	put_cell(b, r->name);
	put_cell(b, r->state);
	buf_printf(b, "%s,%s,%s,%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 ",%s,%s,%s,%" PRId64 "\r\n", day(r->told_utc, told),
	    r->claimed_utc != TIME_NONE ? day(r->claimed_utc, claimed) : "", r->read_utc != TIME_NONE ? day(r->read_utc, read) : "", r->credentials,
	    r->reset, r->not_due, r->open, r->overdue, r->due_utc != TIME_NONE ? day(r->due_utc, due) : "", r->logs_done ? "yes" : "no",
	    r->content_done ? "yes" : "no", r->questions);
}

static enum errc each(void *ctx, const struct reset_row *r, struct err *e)
{
	struct resets *x = ctx;

	x->n++;
	x->n_claimed += r->claimed_utc != TIME_NONE;
	x->n_read += r->read_utc != TIME_NONE;
	x->sum.credentials += r->credentials;
	x->sum.reset += r->reset;
	x->sum.not_due += r->not_due;
	x->sum.open += r->open;
	x->sum.overdue += r->overdue;
	switch (x->format) {
	case RESETS_TEXT:
		put_text(x->out, r);
		break;
	case RESETS_JSON:
		put_object(&x->j, r);
		break;
	case RESETS_CSV:
		put_csv(x->out, r);
		break;
	}
	return buf_check(x->out, e);
}

enum errc report_resets(struct store *st, const struct case_config *config, enum report_resets_format format, int64_t now_utc,
    struct buf *out, struct err *e)
{
	struct resets x = {.out = out, .format = format, .j = json_to(out)};
	const struct reset_policy policy = {(int64_t)config->remediation.immediate_days * DAY,
	    (int64_t)config->remediation.credential_days * DAY, now_utc};
	enum errc rc;

	if (format == RESETS_JSON) {
		json_open(&x.j, NULL, '{');
		json_open(&x.j, "organisations", '[');
	} else if (format == RESETS_CSV) {
		buf_str(out, "org,name,state,told,claimed,read,exposed,reset,not_due,open,overdue,due,logs_reviewed,content_analysed,questions\r\n");
	} else {
		buf_printf(out, "%-36s %13s %-10s %-10s %7s %6s %6s %5s %7s %-10s\n", "organisation", "state", "claimed", "read", "exposed", "reset", "none", "open",
		    "overdue", "next due");
	}
	if ((rc = resets_each(st, policy, each, &x, e)) != OK)
		return rc;
	if (format == RESETS_TEXT)
		buf_printf(out, "\n%zu organisations told, %zu claimed, %zu read; %" PRId64 " credentials exposed, %" PRId64 " reset, %" PRId64
		                " need none, %" PRId64 " open, %" PRId64 " overdue\n", x.n, x.n_claimed, x.n_read, x.sum.credentials, x.sum.reset,
		    x.sum.not_due, x.sum.open, x.sum.overdue);
	if (format == RESETS_JSON) {
		json_close(&x.j, ']');
		json_u64(&x.j, "told", x.n);
		json_u64(&x.j, "claimed", x.n_claimed);
		json_u64(&x.j, "read", x.n_read);
		json_i64(&x.j, "exposed", x.sum.credentials);
		json_i64(&x.j, "reset", x.sum.reset);
		json_i64(&x.j, "not_due", x.sum.not_due);
		json_i64(&x.j, "open", x.sum.open);
		json_i64(&x.j, "overdue", x.sum.overdue);
		json_close(&x.j, '}');
		json_end_line(&x.j);
	}
	return buf_check(out, e);
}
