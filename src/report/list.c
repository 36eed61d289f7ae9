/* `tocsin list`: a table of the case as JSON lines, or aligned for people. */
#include <inttypes.h>

#include "base/fit.h"
#include "base/near.h"
#include "report/private.h"
#include "report/reveal.h"

struct listing {
	const struct list_run *run;
	struct list_tally *tally;
	struct revealed *revealed; /* NULL without --reveal */
	struct out o;
	struct fit fit;
	size_t n_measured;
	struct buf cell;
};

void list_kinds(struct buf *out)
{
	size_t n;
	const struct table *const *all = tables(&n);

	for (size_t i = 0; i < n && !all[i]->figures; i++)
		buf_printf(out, "%s%s", i != 0 ? ", " : "", all[i]->name);
}

static void near_kinds(struct near *near)
{
	size_t n;
	const struct table *const *all = tables(&n);

	for (size_t i = 0; i < n && !all[i]->figures; i++)
		near_try(near, span_str(all[i]->name));
}

static bool value_of(struct listing *l, int64_t finding_id, span *value)
{
	bool known = reveal_value(l->revealed, finding_id, value);

	l->tally->not_revealed += !known;
	return known;
}

static enum fit_kind fit_kind_of(enum cell_kind k)
{
	switch (k) {
	case CELL_NUMBER:
		return FIT_NUMBER;
	case CELL_BOOL:
	case CELL_TIME:
	case CELL_WORD:
	case CELL_DIGEST:
		return FIT_WHOLE;
	case CELL_NULL:
	case CELL_TEXT:
	case CELL_JSON:
	case CELL_PROBLEMS:
	case CELL_WORDS:
	case CELL_LIST:
	case CELL_ROWS:
		break;
	}
	return FIT_TEXT;
}

/* Column col of a row, in l->cell; of a digest as much as tells it from others. */
static enum errc text_cell(struct listing *l, const struct column *col, const struct cell *c, struct err *e)
{
	buf_clear(&l->cell);
	cell_text(&l->cell, col, c);
	if (l->cell.failed)
		return err_memory(e);
	if (col->kind == CELL_DIGEST && l->cell.n > col->width)
		l->cell.n = col->width;
	return OK;
}

/* A value that was asked for is shown whole, and takes at most half of the line from the others. */
static void measure_value(struct listing *l, size_t column, int64_t id)
{
	span value;

	if (l->revealed != NULL && reveal_value(l->revealed, id, &value))
		fit_measure(&l->fit, column, span_first(value, l->fit.room / 2));
}

static enum errc measure_row(void *ctx, const struct table *t, int64_t id, const struct cell *cells, struct err *e)
{
	struct listing *l = ctx;
	size_t column = 0;
	enum errc rc;

	for (size_t i = 0; i < t->n_columns; i++) {
		if (t->columns[i].width == 0)
			continue;
		if ((rc = text_cell(l, &t->columns[i], &cells[i], e)) != OK)
			return rc;
		fit_measure(&l->fit, column++, buf_span(&l->cell));
	}
	measure_value(l, column, id);
	return ++l->n_measured < FIT_MEASURED_ROWS ? OK : ERR_STOPPED;
}

static bool is_spared(const struct table *t, const struct column *col)
{
	for (span rest = span_str(t->spared != NULL ? t->spared : ""), word; rest.n != 0; rest = span_from(rest, word.n + (word.n < rest.n))) {
		word = span_first(rest, span_find_byte(rest, ' '));
		if (span_eq(word, span_str(col->name)))
			return true;
	}
	return false;
}

/* The columns of the table, as wide as its first rows want them. */
static enum errc fit_table(struct listing *l, const struct table *t, struct err *e)
{
	enum errc rc = OK;

	for (size_t i = 0; i < t->n_columns; i++)
		if (t->columns[i].width != 0)
			fit_add(&l->fit, &(struct fit_column){t->columns[i].name, fit_kind_of(t->columns[i].kind), t->columns[i].width, .spared = is_spared(t, &t->columns[i])});
	if (l->revealed != NULL)
		fit_add(&l->fit, &(struct fit_column){"value", FIT_WHOLE, 5, .spared = true});
	if (l->fit.room != 0)
		rc = rows_walk(l->run->store, t, measure_row, l, e);
	fit_settle(&l->fit);
	return rc == ERR_STOPPED ? OK : rc;
}

static enum errc text_row(struct listing *l, const struct table *t, int64_t id, const struct cell *cells, struct err *e)
{
	span value = SPAN_EMPTY;
	size_t column = 0;
	enum errc rc;

	for (size_t i = 0; i < t->n_columns; i++) {
		if (t->columns[i].width == 0)
			continue;
		if (fit_has(&l->fit, column)) {
			if ((rc = text_cell(l, &t->columns[i], &cells[i], e)) != OK)
				return rc;
			fit_cell(&l->fit, &l->o.b, column, buf_span(&l->cell));
		}
		column++;
	}
	if (l->revealed != NULL)
		fit_cell(&l->fit, &l->o.b, column, value_of(l, id, &value) ? value : SPAN_EMPTY);
	return out_row(&l->o, e);
}

static enum errc list_row(void *ctx, const struct table *t, int64_t id, const struct cell *cells, struct err *e)
{
	struct listing *l = ctx;
	struct json j = json_to(&l->o.b);
	span value;

	l->tally->rows++;
	if (!l->run->jsonl)
		return text_row(l, t, id, cells, e);
	json_open(&j, NULL, '{');
	for (size_t i = 0; i < t->n_columns; i++)
		cell_json(&j, t->columns[i].name, &t->columns[i], &cells[i]);
	if (l->revealed != NULL && value_of(l, id, &value))
		json_span(&j, "value", value);
	else if (l->revealed != NULL)
		json_null(&j, "value");
	json_close(&j, '}');
	json_end_line(&j);
	return out_row(&l->o, e);
}

enum errc report_list(const struct list_run *run, struct list_tally *tally, struct err *e)
{
	const struct table *t = table_named(run->kind);
	struct listing l = {.run = run, .tally = tally};
	struct near near = near_to(span_str(run->kind));
	enum errc rc = OK;

	*tally = (struct list_tally){0};
	if (t == NULL || t->figures) {
		near_kinds(&near);
		return err_set(e, ERR_USAGE, "nothing is called \"%.60s\"%s; tocsin list --help has all that there is", run->kind, near_says(&near));
	}
	if (run->reveal && (rc = reveal_values(&l.revealed, run, e)) != OK)
		return rc;
	out_to(&l.o, run->fd);
	buf_init(&l.cell, l.o.b.max);
	fit_init(&l.fit, run->columns);
	if (!run->jsonl && (rc = fit_table(&l, t, e)) == OK)
		fit_headings(&l.fit, &l.o.b);
	if (rc == OK)
		rc = rows_walk(run->store, t, list_row, &l, e);
	if (rc == OK && !run->jsonl)
		fit_left_out(&l.fit, &l.o.b, "--jsonl has all");
	rc = out_close(&l.o, rc, e);
	fit_free(&l.fit);
	buf_free(&l.cell);
	reveal_free(l.revealed);
	return rc;
}
