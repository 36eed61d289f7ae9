/* Charts of the logs: how much the intruder read when, and what the logs cover of each mailbox and day. */
#include <inttypes.h>

#include "report/page.h"

enum { LEFT = 276, WIDTH = 714, TOP = 8, HEIGHT = 130, ROW = 20, DAYS_MAX = 366, MAILBOXES_MAX = 40, MARGIN_DAYS = 7 };

static int64_t x_at(int64_t i, int64_t n) { return LEFT * 100 + i * WIDTH * 100 / n; }

static void put_label(struct page *p, int64_t x, int64_t y, const char *anchor)
{
	buf_printf(&p->b, "<text class=\"label\" x=\"%" PRId64 ".%02" PRId64 "\" y=\"%" PRId64 "\"%s>", x / 100, x % 100, y, anchor);
}

/* Dates below n cells of so many seconds, as far apart as they need to be read. */
static void put_dates(struct page *p, int64_t first_utc, int64_t step, int64_t n, int64_t y)
{
	int64_t last = -100000;

	for (int64_t i = 0; i < n; i++) {
		struct civil c = time_to_civil(first_utc + i * step);
		int64_t x = x_at(i, n);

		if (x - last < 7000 || x > (LEFT + WIDTH) * 100 - 4000 || c.hour != 0)
			continue;
		last = x;
		put_label(p, x, y, "");
		buf_printf(&p->b, "%02d-%02d</text>\n", c.month, c.day);
	}
}

/* ---- volume --------------------------------------------------------------------------------------------------- */

struct volume {
	int64_t first, last, most, outside; /* most: of one bar */
	int64_t step, n;
	struct { int64_t records, syncs; } *bars; /* NULL while measuring */
};

static enum errc volume_row(void *ctx, const struct table *t, int64_t id, const struct cell *cells, struct err *e)
{
	struct volume *v = ctx;
	int64_t when = cells[0].number, i;

	(void)t;
	(void)id;
	(void)e;
	if (v->bars == NULL) {
		v->first = v->n++ == 0 ? when : v->first;
		v->last = when;
		return OK;
	}
	i = (when - v->first) / v->step;
	if (when < v->first || i >= v->n) {
		v->outside += cells[1].number;
		return OK;
	}
	v->bars[i].records += cells[1].number;
	v->bars[i].syncs += cells[2].number;
	if (v->bars[i].records > v->most)
		v->most = v->bars[i].records;
	return OK;
}

enum errc chart_volume(struct page *p, struct err *e)
{
	const struct table *t = table_named("access_hours");
	struct volume v = {0};
	enum errc rc = rows_walk(p->run->store, t, volume_row, &v, e);
	const char *unit;

	if (rc != OK || v.n == 0)
		return rc;
	v.step = v.last - v.first < 8 * 86400 ? 3600 : 86400;
	unit = v.step == 3600 ? "hour" : "day";
	v.last -= v.last % 86400;
	v.first -= v.first % 86400;
	/* Clocks can be wrong: what is further back than a year of bars is counted, not drawn. */
	if (v.last - v.first >= DAYS_MAX * (int64_t)86400)
		v.first = v.last - (DAYS_MAX - 1) * (int64_t)86400;
	v.n = (v.last - v.first + 86400) / v.step;
	if ((v.bars = arena_zero(p->a, (size_t)v.n, sizeof *v.bars)) == NULL)
		return err_memory(e);
	if ((rc = rows_walk(p->run->store, t, volume_row, &v, e)) != OK)
		return rc;
	buf_printf(&p->b, "<figure class=\"drawn\" tabindex=\"0\"><figcaption>Records of the intruder reading mail, by %s</figcaption>\n<svg viewBox=\"0 0 1000 %d\" "
			  "role=\"img\"><title>Records of the intruder reading mail, by %s; report-csv/access_hours.csv has the numbers</title>\n",
	    unit, TOP + HEIGHT + 24, unit);
	buf_printf(&p->b, "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/>\n", LEFT, LEFT + WIDTH, TOP + HEIGHT, TOP + HEIGHT);
	put_label(p, (LEFT - 12) * 100, TOP + 10, " text-anchor=\"end\"");
	page_count(p, v.most, "record", "records");
	page_put(p, "</text>\n");
	for (int64_t i = 0; i < v.n; i++) {
		int64_t w = x_at(i + 1, v.n) - x_at(i, v.n), bottom = (TOP + HEIGHT) * 100;
		int64_t h = chart_scaled(v.bars[i].records, v.most, HEIGHT * 100), s = chart_scaled(v.bars[i].syncs, v.most, HEIGHT * 100);

		if (v.bars[i].records == 0)
			continue;
		w = w > 300 ? w - 100 : w;
		chart_rect(p, "bar", x_at(i, v.n), bottom - h, w, h);
		if (s != 0)
			chart_rect(p, "exposed", x_at(i, v.n), bottom - s, w, s);
	}
	page_put(p, "\n");
	put_dates(p, v.first, v.step, v.n, TOP + HEIGHT + 20);
	page_put(p, "</svg>\n<ul class=\"key\"><li><span class=\"dot bar\"></span>messages opened</li><li><span class=\"dot exposed\">"
		    "</span>whole folders synchronised</li></ul></figure>\n");
	if (v.outside != 0) {
		page_put(p, "<p class=\"note\">");
		page_count(p, v.outside, "record is", "records are");
		page_put(p, " older than this period and not drawn.</p>\n");
	}
	return buf_check(&p->b, e);
}

/* ---- what the logs cover -------------------------------------------------------------------------------------- */

struct strip {
	struct page *p;
	int64_t first, last; /* days */
	bool drawing;
	span mailbox;        /* of the row before */
	int64_t row, covered_to; /* the day up to which cells of this row are drawn */
	int64_t throttled_day;
	int64_t mailboxes;
};

static void put_cell(const struct strip *s, const char *class, int64_t day, int64_t until, int64_t inset)
{
	int64_t n = s->last - s->first + 1, x = x_at(day - s->first, n), w = x_at(until - s->first, n) - x;

	chart_rect(s->p, class, x, TOP * 100 + s->row * ROW * 100 + inset, w > 400 ? w - 100 : w, (ROW - 4) * 100 - 2 * inset);
}

/* Days without any record, up to the one before `day`; the day after a throttled one lacks binds as well. */
static void put_gap(struct strip *s, int64_t day)
{
	for (; s->covered_to < day && s->covered_to <= s->last; s->covered_to++)
		put_cell(s, s->covered_to == s->throttled_day + 1 ? "medium" : "idle", s->covered_to, s->covered_to + 1, 0);
}

static void end_row(struct strip *s)
{
	if (s->mailboxes != 0 && s->row < MAILBOXES_MAX)
		put_gap(s, s->last + 1);
	page_put(s->p, "\n");
}

static enum errc begin_row(struct strip *s, span mailbox, struct err *e)
{
	if (s->mailboxes != 0) {
		if (s->drawing)
			end_row(s);
		s->row++;
	}
	s->mailboxes++;
	s->covered_to = s->first;
	s->throttled_day = INT64_MIN / 2;
	if ((s->mailbox = arena_copy(s->p->a, mailbox)).p == NULL)
		return err_memory(e);
	if (s->drawing && s->row < MAILBOXES_MAX) {
		put_label(s->p, (LEFT - 12) * 100, TOP + s->row * ROW + 13, " text-anchor=\"end\"");
		page_text(s->p, span_first(mailbox, 36));
		page_put(s->p, mailbox.n > 36 ? "\xe2\x80\xa6</text>" : "</text>");
	}
	return OK;
}

static enum errc strip_row(void *ctx, const struct table *t, int64_t id, const struct cell *cells, struct err *e)
{
	struct strip *s = ctx;
	bool has_day = cells[1].kind != CELL_NULL, throttled;
	int64_t day = has_day ? cells[1].number / 86400 : 0;
	enum errc rc;

	(void)t;
	(void)id;
	if ((s->mailboxes == 0 || !span_eq(s->mailbox, cells[0].text)) && (rc = begin_row(s, cells[0].text, e)) != OK)
		return rc;
	if (!has_day || !s->drawing || s->row >= MAILBOXES_MAX)
		return OK;
	throttled = cells[4].number != 0 || day == s->throttled_day + 1;
	if (day >= s->first && day <= s->last) {
		put_gap(s, day);
		put_cell(s, throttled ? "medium" : cells[3].number != 0 ? "bar" : "high", day, day + 1, 0);
		if (cells[5].number != 0)
			put_cell(s, "exposed", day, day + 1, 500);
		s->covered_to = day + 1;
	}
	if (cells[4].number != 0)
		s->throttled_day = day;
	return buf_check(&s->p->b, e);
}

/*
 * The days of the incident and some around them, until the intruder was out, and the days that verdicts name as missing: a reader looks
 * for them here. Of a case without an incident's days, all that have records.
 */
static bool choose_days(const struct page *p, struct strip *s)
{
	const struct figures *f = &p->f;
	int64_t first = f->intruder_first_utc != 0 ? f->intruder_first_utc : f->log_first_utc;
	int64_t last = f->intruder_last_utc != 0 ? f->intruder_last_utc : f->log_last_utc;

	if (f->log_first_utc == 0)
		return false;
	if (p->config->first_access_utc != TIME_NONE && p->config->first_access_utc < first)
		first = p->config->first_access_utc;
	if (p->config->last_access_utc != TIME_NONE && p->config->last_access_utc > last)
		last = p->config->last_access_utc;
	if (p->config->contained_utc != TIME_NONE && p->config->contained_utc > last)
		last = p->config->contained_utc;
	if (f->missing_last_utc != 0) {
		first = f->missing_first_utc < first ? f->missing_first_utc : first;
		last = f->missing_last_utc > last ? f->missing_last_utc : last;
	}
	s->first = first / 86400 - MARGIN_DAYS;
	s->last = last / 86400 + MARGIN_DAYS;
	if (s->last - s->first >= DAYS_MAX)
		s->first = s->last - DAYS_MAX + 1;
	return true;
}

enum errc chart_log_days(struct page *p, struct err *e)
{
	const struct table *t = table_named("mailbox_days");
	struct strip s = {.p = p};
	enum errc rc;
	int64_t rows;

	if (!choose_days(p, &s))
		return OK;
	if ((rc = rows_walk(p->run->store, t, strip_row, &s, e)) != OK || s.mailboxes == 0)
		return rc;
	rows = s.mailboxes < MAILBOXES_MAX ? s.mailboxes : MAILBOXES_MAX;
	buf_printf(&p->b, "<figure class=\"drawn\" tabindex=\"0\"><figcaption>What the logs hold of each mailbox and day</figcaption>\n<svg viewBox=\"0 0 1000 %" PRId64 "\" "
			  "role=\"img\"><title>What the logs hold of each mailbox and day; report-csv/mailbox_days.csv has the numbers</title>\n",
	    TOP + rows * ROW + 24);
	s = (struct strip){.p = p, .first = s.first, .last = s.last, .drawing = true};
	if ((rc = rows_walk(p->run->store, t, strip_row, &s, e)) != OK)
		return rc;
	end_row(&s);
	put_dates(p, s.first * 86400, 86400, s.last - s.first + 1, TOP + rows * ROW + 16);
	page_put(p, "</svg>\n<ul class=\"key\"><li><span class=\"dot bar\"></span>reading is logged</li><li><span class=\"dot high\"></span>"
		    "records, but none of reading</li><li><span class=\"dot medium\"></span>throttled: records are missing</li><li>"
		    "<span class=\"dot idle\"></span>no record: a gap</li><li><span class=\"dot exposed\"></span>the intruder</li></ul></figure>\n");
	if (s.mailboxes > MAILBOXES_MAX) {
		page_put(p, "<p class=\"more\">");
		page_count(p, s.mailboxes - MAILBOXES_MAX, "mailbox", "mailboxes");
		page_put(p, " more, not drawn: all are in <code>report-csv/mailbox_days.csv</code>.</p>\n");
	}
	return buf_check(&p->b, e);
}
