/* Charts as inline SVG. All places are whole hundredths, so that the same rows draw the same bytes. */
#include <inttypes.h>
#include <stdio.h>

#include "report/page.h"

/* Hundredths of a unit of the drawing. */
static void put_hundredths(struct page *p, const char *name, int64_t v)
{
	buf_printf(&p->b, " %s=\"%" PRId64 ".%02" PRId64 "\"", name, v / 100, v % 100);
}

void chart_rect(struct page *p, const char *class, int64_t x, int64_t y, int64_t w, int64_t h)
{
	buf_printf(&p->b, "<rect class=\"%s\"", class);
	put_hundredths(p, "x", x);
	put_hundredths(p, "y", y);
	put_hundredths(p, "width", w);
	put_hundredths(p, "height", h);
	page_put(p, "/>");
}

int64_t chart_scaled(int64_t v, int64_t whole, int64_t of)
{
	int64_t n = whole <= 0 ? 0 : (int64_t)((double)v / (double)whole * (double)of);

	return v > 0 && n < 100 ? 100 : n;
}

/* ---- shares --------------------------------------------------------------------------------------------------- */

void chart_share(struct page *p, const char *title, const struct slice *slices, size_t n)
{
	const int64_t width = 100000, height = 2200;
	int64_t whole = 0, x = 0;

	for (size_t i = 0; i < n; i++)
		whole += slices[i].n;
	if (whole == 0)
		return;
	buf_printf(&p->b, "<figure class=\"share\"><figcaption>%s</figcaption>\n"
			  "<svg viewBox=\"0 0 1000 22\" role=\"img\" preserveAspectRatio=\"none\"><title>%s</title>\n", title, title);
	for (size_t i = 0; i < n; i++) {
		int64_t w = chart_scaled(slices[i].n, whole, width);

		if (slices[i].n == 0)
			continue;
		if (w > width - x)
			w = width - x;
		chart_rect(p, slices[i].class, x, 0, w > 300 ? w - 200 : w, height);
		x += w;
	}
	page_put(p, "\n</svg>\n<ul class=\"key\">");
	for (size_t i = 0; i < n; i++) {
		if (slices[i].n == 0)
			continue;
		buf_printf(&p->b, "<li><span class=\"dot %s\"></span>%s <b>", slices[i].class, slices[i].name);
		page_percent(p, slices[i].n, whole);
		page_put(p, "</b></li>");
	}
	page_put(p, "</ul></figure>\n");
}

/* ---- classes by severity -------------------------------------------------------------------------------------- */

struct classes {
	struct page *p;
	int64_t largest, y;
	bool measuring;
};
enum { CLASS_ROWS = 16, CLASS_STEP = 28, CLASS_LEFT = 210, CLASS_WIDTH = 700 };

static enum errc class_row(void *ctx, const struct table *t, int64_t id, const struct cell *cells, struct err *e)
{
	static const char *const severities[] = {"critical", "high", "medium", "low"};
	struct classes *c = ctx;
	struct page *p = c->p;
	int64_t all = cells[5].number, x = CLASS_LEFT * 100;

	(void)t;
	(void)id;
	(void)e;
	if (c->measuring) {
		c->largest = all > c->largest ? all : c->largest;
		c->y += CLASS_STEP;
		return OK;
	}
	if (c->y >= CLASS_ROWS * CLASS_STEP)
		return OK;
	buf_printf(&p->b, "<text class=\"label\" x=\"%d\" y=\"%" PRId64 "\" text-anchor=\"end\">", CLASS_LEFT - 12, c->y + 18);
	page_class(p, cells[0].text);
	page_put(p, "</text>");
	for (size_t i = 0; i < 4; i++) {
		int64_t w = chart_scaled(cells[1 + i].number, c->largest, CLASS_WIDTH * 100);

		if (cells[1 + i].number == 0)
			continue;
		chart_rect(p, severities[i], x, (c->y + 4) * 100, w, (CLASS_STEP - 8) * 100);
		x += w;
	}
	buf_printf(&p->b, "<text class=\"label\" x=\"%" PRId64 "\" y=\"%" PRId64 "\">", x / 100 + 8, c->y + 18);
	page_number(p, all);
	page_put(p, "</text>\n");
	c->y += CLASS_STEP;
	return OK;
}

enum errc chart_classes(struct page *p, struct err *e)
{
	struct classes c = {.p = p, .measuring = true};
	const struct table *t = table_named("classes");
	enum errc rc = rows_walk(p->run->store, t, class_row, &c, e);
	int64_t rows = c.y < CLASS_ROWS * CLASS_STEP ? c.y : CLASS_ROWS * CLASS_STEP;

	if (rc != OK || c.largest == 0)
		return rc;
	c.measuring = false;
	c.y = 0;
	buf_printf(&p->b, "<figure class=\"drawn\" tabindex=\"0\"><figcaption>Distinct exposures by class and severity</figcaption>\n"
			  "<svg viewBox=\"0 0 1000 %" PRId64 "\" role=\"img\"><title>Distinct exposures by class and severity; "
			  "the table below has the same numbers</title>\n", rows + 4);
	rc = rows_walk(p->run->store, t, class_row, &c, e);
	page_put(p, "</svg>\n<ul class=\"key\"><li><span class=\"dot critical\"></span>critical</li>"
		    "<li><span class=\"dot high\"></span>high</li><li><span class=\"dot medium\"></span>medium</li>"
		    "<li><span class=\"dot low\"></span>low</li></ul></figure>\n");
	return rc;
}

/* ---- timeline ------------------------------------------------------------------------------------------------- */

enum unit { UNIT_DAY, UNIT_WEEK, UNIT_MONTH, UNIT_YEAR };
static const char *const unit_names[] = {"day", "week", "month", "year"};
enum { PLOT_LEFT = 64, PLOT_WIDTH = 920, PLOT_TOP = 74, PLOT_HEIGHT = 200, BARS_MAX = 400 };

struct bar { int64_t messages, exposed; };
struct timeline {
	enum unit unit;
	int64_t first, last; /* keys of the first and last bar */
	int64_t top;         /* messages at the upper edge */
	int64_t outside;     /* messages before and after */
	struct bar *bars;
};

/* The day, week (beginning on Monday), month or year that a day is in, counted through. */
static int64_t key_of(enum unit unit, int64_t day)
{
	struct civil c = time_to_civil(day * 86400);

	switch (unit) {
	case UNIT_DAY:
		return day;
	case UNIT_WEEK:
		/* 1970-01-01 was a Thursday. */
		return (day + 3) / 7 - ((day + 3) % 7 < 0);
	case UNIT_MONTH:
		return c.year * 12 + c.month - 1;
	case UNIT_YEAR:
		break;
	}
	return c.year;
}

static int64_t day_of(enum unit unit, int64_t key)
{
	switch (unit) {
	case UNIT_DAY:
		return key;
	case UNIT_WEEK:
		return key * 7 - 3;
	case UNIT_MONTH:
		return time_from_civil((struct civil){(int)(key / 12), (int)(key % 12) + 1, 1, 0, 0, 0}) / 86400;
	case UNIT_YEAR:
		break;
	}
	return time_from_civil((struct civil){(int)key, 1, 1, 0, 0, 0}) / 86400;
}

enum errc page_period(struct page *p, struct err *e)
{
	int64_t total = 0, sum = 0;
	enum errc rc = figures_days(p->run->store, p->a, &p->days, &p->n_days, e);

	if (rc != OK || p->n_days == 0)
		return rc;
	for (size_t i = 0; i < p->n_days; i++)
		total += p->days[i].messages;
	p->first_day = p->last_day = p->days[0].day;
	for (size_t i = 0; i < p->n_days; i++) {
		if (sum <= total / 200)
			p->first_day = p->days[i].day;
		if (sum < total - total / 200)
			p->last_day = p->days[i].day;
		sum += p->days[i].messages;
	}
	return OK;
}

/* The period, widened to the incident's dates where they are near. */
static void choose_range(const struct page *p, int64_t *lo, int64_t *hi)
{
	const int64_t dates[] = {p->config->first_access_utc, p->config->last_access_utc, p->config->detected_utc,
	    p->config->contained_utc};
	int64_t near = p->last_day - p->first_day + 30;

	*lo = p->first_day;
	*hi = p->last_day;
	for (size_t i = 0; i < 4; i++) {
		int64_t d = dates[i] / 86400;

		if (dates[i] == TIME_NONE)
			continue;
		if (d < *lo && *lo - d <= near)
			*lo = d;
		if (d > *hi && d - *hi <= near)
			*hi = d;
	}
}

static enum errc fill(struct page *p, struct timeline *t, struct err *e)
{
	int64_t lo, hi, most = 0;

	if (p->n_days == 0)
		return OK;
	choose_range(p, &lo, &hi);
	t->unit = hi - lo <= 92 ? UNIT_DAY : hi - lo <= 1000 ? UNIT_WEEK : hi - lo <= 365 * 30 ? UNIT_MONTH : UNIT_YEAR;
	t->first = key_of(t->unit, lo);
	t->last = key_of(t->unit, hi);
	if (t->last - t->first >= BARS_MAX)
		t->first = t->last - BARS_MAX + 1;
	if ((t->bars = arena_zero(p->a, (size_t)(t->last - t->first + 1), sizeof *t->bars)) == NULL)
		return err_memory(e);
	for (size_t i = 0; i < p->n_days; i++) {
		int64_t k = key_of(t->unit, p->days[i].day);

		if (k < t->first || k > t->last) {
			t->outside += p->days[i].messages;
			continue;
		}
		t->bars[k - t->first].messages += p->days[i].messages;
		t->bars[k - t->first].exposed += p->days[i].exposed;
	}
	for (int64_t k = t->first; k <= t->last; k++)
		most = t->bars[k - t->first].messages > most ? t->bars[k - t->first].messages : most;
	/* A round number above: 1, 2 or 5 times a power of ten. */
	for (t->top = 1; t->top < most;) {
		int64_t lead = t->top;

		while (lead >= 10)
			lead /= 10;
		t->top = lead == 2 ? t->top / 2 * 5 : t->top * 2;
	}
	return OK;
}

static int64_t x_of(const struct timeline *t, int64_t key)
{
	return PLOT_LEFT * 100 + (key - t->first) * PLOT_WIDTH * 100 / (t->last - t->first + 1);
}

static void put_axes(struct page *p, const struct timeline *t)
{
	int64_t last_label = -10000;

	for (int i = 0; i <= 2; i++) {
		int y = PLOT_TOP + PLOT_HEIGHT - i * PLOT_HEIGHT / 2;

		if (i == 1 && t->top % 2 != 0)
			continue;
		buf_printf(&p->b, "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/><text class=\"label\" x=\"%d\" y=\"%d\" "
				  "text-anchor=\"end\">", PLOT_LEFT, PLOT_LEFT + PLOT_WIDTH, y, y, PLOT_LEFT - 8, y + 5);
		page_number(p, t->top * i / 2);
		page_put(p, "</text>\n");
	}
	for (int64_t k = t->first; k <= t->last; k++) {
		struct civil c = time_to_civil(day_of(t->unit, k) * 86400);
		char text[24];

		if ((t->unit == UNIT_WEEK && c.day > 7) || (t->unit == UNIT_MONTH && c.month != 1 && t->last - t->first > 24) ||
		    x_of(t, k) - last_label < 7000)
			continue;
		last_label = x_of(t, k);
		if (t->unit == UNIT_DAY)
			(void)snprintf(text, sizeof text, "%02u-%02u", (unsigned)c.month % 100, (unsigned)c.day % 100);
		else if (t->unit == UNIT_YEAR || (t->unit == UNIT_MONTH && t->last - t->first > 24))
			(void)snprintf(text, sizeof text, "%u", (unsigned)c.year % 10000);
		else
			(void)snprintf(text, sizeof text, "%u-%02u", (unsigned)c.year % 10000, (unsigned)c.month % 100);
		page_put(p, "<text class=\"label\"");
		put_hundredths(p, "x", last_label);
		buf_printf(&p->b, " y=\"%d\">%s</text>\n", PLOT_TOP + PLOT_HEIGHT + 20, text);
	}
}

static void put_bars(struct page *p, const struct timeline *t)
{
	for (int64_t k = t->first; k <= t->last; k++) {
		const struct bar *b = &t->bars[k - t->first];
		int64_t x = x_of(t, k), w = x_of(t, k + 1) - x, bottom = (PLOT_TOP + PLOT_HEIGHT) * 100;
		int64_t h = chart_scaled(b->messages, t->top, PLOT_HEIGHT * 100), exposed = chart_scaled(b->exposed, t->top, PLOT_HEIGHT * 100);

		if (b->messages == 0)
			continue;
		w = w > 400 ? w - 150 : w > 150 ? w - 50 : w;
		chart_rect(p, "bar", x, bottom - h, w, h);
		if (b->exposed != 0)
			chart_rect(p, "exposed", x, bottom - exposed, w, exposed);
		page_put(p, "\n");
	}
}

/* Where a date of the incident stands, in hundredths; negative when it is outside. */
static int64_t mark_x(const struct timeline *t, int64_t when)
{
	int64_t k = when == TIME_NONE ? INT64_MIN : key_of(t->unit, when / 86400);

	return k < t->first || k > t->last ? -1 : (x_of(t, k) + x_of(t, k + 1)) / 2;
}

/* A line each; the words in rows of their own, and after all lines, so that none runs through them. */
static void put_marks(struct page *p, const struct timeline *t)
{
	const struct { const char *name; int64_t when; } marks[] = {
	    {"first access", p->config->first_access_utc}, {"last access", p->config->last_access_utc},
	    {"detected", p->config->detected_utc}, {"contained", p->config->contained_utc}};

	for (int i = 0; i < 4; i++) {
		int64_t x = mark_x(t, marks[i].when);

		if (x < 0)
			continue;
		page_put(p, "<line class=\"mark\"");
		put_hundredths(p, "x1", x);
		put_hundredths(p, "x2", x);
		buf_printf(&p->b, " y1=\"%d\" y2=\"%d\"/>\n", 6 + 16 * i, PLOT_TOP + PLOT_HEIGHT);
	}
	for (int i = 0; i < 4; i++) {
		int64_t x = mark_x(t, marks[i].when);
		bool left = x > (PLOT_LEFT + PLOT_WIDTH / 2) * 100;

		if (x < 0)
			continue;
		page_put(p, "<text class=\"markname\"");
		put_hundredths(p, "x", left ? x - 600 : x + 600);
		buf_printf(&p->b, " y=\"%d\"%s>%s ", 15 + 16 * i, left ? " text-anchor=\"end\"" : "", marks[i].name);
		page_date(p, marks[i].when);
		page_put(p, "</text>\n");
	}
}

enum errc chart_timeline(struct page *p, struct err *e)
{
	struct timeline t = {0};
	enum errc rc = fill(p, &t, e);

	if (rc != OK || t.bars == NULL)
		return rc;
	buf_printf(&p->b, "<figure class=\"drawn\" tabindex=\"0\"><figcaption>Messages by %s of their date</figcaption>\n<svg viewBox=\"0 0 1000 %d\" role=\"img\">"
			  "<title>Messages by %s, with the dates of the incident; report-csv/months.csv has the numbers</title>\n", unit_names[t.unit], PLOT_TOP + PLOT_HEIGHT + 30, unit_names[t.unit]);
	put_axes(p, &t);
	put_bars(p, &t);
	put_marks(p, &t);
	page_put(p, "</svg>\n<ul class=\"key\"><li><span class=\"dot bar\"></span>messages</li><li><span class=\"dot exposed\"></span>"
		    "of them with findings</li><li><span class=\"dot mark\"></span>the incident</li></ul></figure>\n");
	if (t.outside != 0) {
		page_put(p, "<p class=\"note\">");
		page_count(p, t.outside, "message is", "messages are");
		page_put(p, " dated outside this period and not drawn.</p>\n");
	}
	return buf_check(&p->b, e);
}
