/* CSV: a folder with one file a table. JSON: one object with the incident and the tables that sum it up. */
#include <stdio.h>

#include "base/io.h"
#include "base/utf8.h"
#include "report/private.h"

struct writing {
	struct out o;
	struct json j;
	struct buf cell;
};

static enum errc csv_row(void *ctx, const struct table *t, int64_t id, const struct cell *cells, struct err *e)
{
	struct writing *w = ctx;

	(void)id;
	for (size_t i = 0; i < t->n_columns; i++) {
		buf_clear(&w->cell);
		cell_text(&w->cell, &t->columns[i], &cells[i]);
		if (i != 0)
			buf_byte(&w->o.b, ',');
		if (cells[i].kind == CELL_NUMBER)
			buf_put(&w->o.b, buf_span(&w->cell));
		else
			csv_cell(&w->o.b, buf_span(&w->cell));
	}
	buf_str(&w->o.b, "\r\n");
	return w->cell.failed ? err_memory(e) : out_row(&w->o, e);
}

static enum errc csv_table(const struct report_run *run, const struct table *t, struct err *e)
{
	struct writing w = {0};
	char path[4096];
	int n = snprintf(path, sizeof path, "%s/%s.csv", run->output, t->name);
	enum errc rc;

	if (n < 0 || (size_t)n >= sizeof path)
		return err_set(e, ERR_USAGE, "%s: path too long", run->output);
	if ((rc = out_open(&w.o, path, e)) != OK)
		return out_close(&w.o, rc, e);
	buf_init(&w.cell, w.o.b.max);
	buf_str(&w.o.b, UTF8_MARK);
	for (size_t i = 0; i < t->n_columns; i++)
		buf_printf(&w.o.b, "%s%s", i != 0 ? "," : "", t->columns[i].name);
	buf_str(&w.o.b, "\r\n");
	rc = out_close(&w.o, rows_walk(run->store, t, csv_row, &w, e), e);
	buf_free(&w.cell);
	return rc;
}

static enum errc write_csv(const struct report_run *run, struct err *e)
{
	size_t n;
	const struct table *const *all = tables(&n);
	enum errc rc = io_make_dir(run->output, 0700, e);

	for (size_t i = 0; i < n && rc == OK; i++)
		rc = csv_table(run, all[i], e);
	return rc;
}

static enum errc json_row(void *ctx, const struct table *t, int64_t id, const struct cell *cells, struct err *e)
{
	struct writing *w = ctx;

	(void)id;
	buf_str(w->j.out, w->j.comma ? ",\n" : "\n");
	w->j.comma = false;
	json_open(&w->j, NULL, '{');
	for (size_t i = 0; i < t->n_columns; i++)
		cell_json(&w->j, t->columns[i].name, &t->columns[i], &cells[i]);
	json_close(&w->j, '}');
	return out_row(&w->o, e);
}

static void json_texts(struct json *j, const char *key, const struct text_list *l)
{
	json_open(j, key, '[');
	for (size_t i = 0; i < l->n; i++)
		json_str(j, NULL, l->v[i]);
	json_close(j, ']');
}

static void json_incident(struct json *j, const struct case_config *c)
{
	json_open(j, "incident", '{');
	json_str(j, "title", c->title);
	json_str(j, "reference", c->reference);
	json_str(j, "organisation", c->our_name);
	json_texts(j, "domains", &c->our_domains);
	json_time(j, "first_access", c->first_access_utc);
	json_time(j, "last_access", c->last_access_utc);
	json_time(j, "detected", c->detected_utc);
	json_time(j, "contained", c->contained_utc);
	json_close(j, '}');
}

static enum errc json_check(void *ctx, const struct check_result *r, struct err *e)
{
	struct writing *w = ctx;

	json_open(&w->j, NULL, '{');
	json_str(&w->j, "check", r->name);
	json_str(&w->j, "says", r->says);
	json_str(&w->j, "state", r->state == CHECK_NOT_YET ? "not_yet" : r->state == CHECK_OK ? "ok" : "broken");
	json_i64(&w->j, "n_broken", r->n_broken);
	json_close(&w->j, '}');
	return out_row(&w->o, e);
}

/* Tables with a row a message, part or record stay out: `list` streams them. */
static bool in_json(const struct table *t)
{
	static const char *const long_ones[] = {"told", "sources", "events", "accesses", "verdicts", "log_failures", "log_problems", "log_days", "timeline", "mailbox_days"};

	for (size_t i = 0; i < sizeof long_ones / sizeof long_ones[0]; i++)
		if (strcmp(t->name, long_ones[i]) == 0)
			return false;
	return t->walk == WALK_ALL;
}

static enum errc write_json(const struct report_run *run, struct err *e)
{
	struct writing w = {0};
	size_t n;
	const struct table *const *all = tables(&n);
	enum errc rc;

	if ((rc = out_open(&w.o, run->output, e)) != OK)
		return out_close(&w.o, rc, e);
	w.j = json_to(&w.o.b);
	json_open(&w.j, NULL, '{');
	json_incident(&w.j, run->config);
	for (size_t i = 0; i < n && rc == OK; i++) {
		if (!in_json(all[i]))
			continue;
		json_open(&w.j, all[i]->name, '[');
		rc = rows_walk(run->store, all[i], json_row, &w, e);
		json_close(&w.j, ']');
	}
	if (rc == OK) {
		json_open(&w.j, "checks", '[');
		rc = checks_run(run->store, policy_of(run->config), json_check, &w, e);
		json_close(&w.j, ']');
		json_close(&w.j, '}');
		json_end_line(&w.j);
	}
	return out_close(&w.o, rc, e);
}

enum errc report_write(const struct report_run *run, struct err *e)
{
	switch (run->format) {
	case REPORT_HTML:
		return report_html(run, e);
	case REPORT_CSV:
		return write_csv(run, e);
	case REPORT_JSON:
		break;
	}
	return write_json(run, e);
}
